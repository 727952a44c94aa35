"""變更其他接見人 of a visit by session. It is Tuesday, 3 March 2026, 09:00; the visit is on Friday."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import IllegalMove, NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules import visit_refusals as why
from app.rules.vocabulary import GrantState, InmateStatus, ReservationState, VisitKind
from app.security import Actor
from app.services import session_parties
from app.services.companions import CompanionData
from app.transaction import end_reading, transaction
from models import Inmate, Notification, Reservation, ServiceGrant, VisitSession
from tests import factories
from tests.stillness import StoppedClock, taiwan

FRIDAY = taiwan("2026-03-06 09:00")
SON = CompanionData("黃小明", "A123456789", "child", birth_date="1990-03-10")


def adult(n: int) -> CompanionData:
    return CompanionData("黃大明", factories.id_number(7000 + n), "sibling", birth_date="1980-01-01")


@pytest.fixture
def booked(seeded: None) -> Reservation:
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency)
    inmate = factories.inmate(agency, number="0609", name="黃小萍")
    return factories.session_visit(inmate, starts_at=FRIDAY, state=ReservationState.APPROVED)


def changes(row: Reservation, people: list[CompanionData], version: int = 1) -> bool:
    applicant_id = row.applicant_id or ""
    return session_parties.change(applicant_id, row.id, people, version, Actor("applicant", applicant_id, "林小美"))


def now(row: Reservation) -> Reservation:
    end_reading()
    return db.session.get_one(Reservation, row.id)


def test_other_people_in_the_same_place_wait_for_review(each_database: str, booked: Reservation) -> None:
    assert changes(booked, [SON])
    row = now(booked)
    assert (row.state, row.persons, row.arrives_at) == (ReservationState.PENDING, 2, FRIDAY)
    assert row.decided_at is None and [c.name for c in row.companions] == ["黃小明"] and row.version == 2
    assert db.session.get_one(VisitSession, row.session_id).taken == 1
    message = db.session.scalars(select(Notification)).one()
    assert message.event == "booking_changed" and "黃小明" in message.body
    assert not changes(booked, [SON])  # the second half of a double click
    with pytest.raises(Stale):
        changes(booked, [])
    assert changes(booked, [], version=2) and now(booked).persons == 1


def test_a_fourth_adult_is_refused_a_child_is_not(booked: Reservation) -> None:
    with pytest.raises(why.TooManyPeople, match="以3人為限"):
        changes(booked, [adult(1), adult(2), adult(3)])
    child = CompanionData("黃小小", factories.id_number(7010), "child", birth_date="2020-03-10")
    assert changes(booked, [adult(1), adult(2), child]) and now(booked).persons == 3


def test_the_rules_are_asked_again(booked: Reservation, clock_at: StoppedClock) -> None:
    with pytest.raises(RuleErrors):
        changes(booked, [CompanionData("黃小明", "A123456780", "child")])
    with pytest.raises(NotFound):
        session_parties.change(factories.applicant().id, booked.id, [SON], 1, Actor("applicant", "x", "x"))
    with transaction() as session:
        session.get_one(ServiceGrant, booked.grant_id).state = GrantState.EXPIRED
    with pytest.raises(why.GrantNotValid):
        changes(booked, [SON])
    with transaction() as session:
        session.get_one(Inmate, booked.inmate_id).status = InmateStatus.RELEASED
    with pytest.raises(why.RestrictedNeutral):
        changes(booked, [SON])
    clock_at("2026-03-05 15:00")
    with pytest.raises(why.ChangeTooLate, match="3月5日"):
        changes(booked, [SON])
    assert now(booked).version == 1 and not now(booked).companions


def test_who_waits_for_a_new_date_chooses_that_first(booked: Reservation) -> None:
    with transaction() as session:
        session.get_one(Reservation, booked.id).state = ReservationState.AWAITING_NEW_DATE
    with pytest.raises(IllegalMove):
        changes(booked, [SON], version=2)


def test_a_lawyers_companions_are_told(seeded: None) -> None:
    agency = factories.agency()
    factories.visit_rules(agency, VisitKind.LAWYER_MOBILE)
    inmate = factories.inmate(agency)
    other = factories.applicant(name="李律師", id_bound_at=taiwan("2026-01-01 09:00"))
    factories.granted(other, inmate)
    row = factories.session_visit(inmate, VisitKind.LAWYER_MOBILE, FRIDAY)
    people = [CompanionData("李律師", other.id_number, "lawyer", "律師證")]
    assert changes(row, people)
    told = {(m.event, m.applicant_id) for m in db.session.scalars(select(Notification))}
    assert told == {("booking_changed", row.applicant_id), ("companion_named", other.id)}
