"""Visits by session: held, booked, changed, cancelled; places are counted once. It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import IllegalMove, NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules import visit_refusals as why
from app.rules.vocabulary import (
    GrantState,
    ReasonScope,
    Relationship,
    ReservationState,
    RestrictionKind,
    ServiceItem,
    Verdict,
    VisitKind,
)
from app.security import Actor
from app.services import booking_lapses, booking_review, place_holds, reservations, session_bookings, visit_facts
from app.services.companions import CompanionData
from app.services.place_holds import HoldGone, NoMoreExtensions
from app.services.session_bookings import SessionBooking
from app.transaction import end_reading
from models import Inmate, Notification, PlaceHold, Reservation, ServiceGrant, VisitSession
from tests import factories
from tests.stillness import StoppedClock, taiwan

ON_SITE = VisitKind.FAMILY_ON_SITE
THURSDAY, FRIDAY = taiwan("2026-03-05 09:00"), taiwan("2026-03-06 09:00")


@dataclass
class Relative:
    """Somebody at home with a grant."""

    applicant_id: str
    grant_id: str

    @classmethod
    def of(cls, grant: ServiceGrant) -> Relative:
        return cls(grant.applicant_id, grant.id)

    @property
    def actor(self) -> Actor:
        return Actor("applicant", self.applicant_id, "林小美")

    def holds(self, at: datetime, **options: Any) -> str:
        return place_holds.take(self.applicant_id, self.grant_id, ON_SITE, at, **options)

    def confirms(self, key: str = "form-1", **options: Any) -> str:
        return session_bookings.confirm(self.applicant_id, SessionBooking(key, **options), self.actor)

    def books(self, at: datetime, key: str = "form-1", **options: Any) -> Reservation:
        self.holds(at)
        return db.session.get_one(Reservation, self.confirms(key, **options))

    def cancels(self, reservation: Reservation) -> None:
        reservations.cancel(self.applicant_id, reservation.id, reservation.version, self.actor)


@pytest.fixture
def inmate(seeded: None) -> Inmate:
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency)
    return factories.inmate(agency, number="0609", name="黃小萍")


@pytest.fixture
def wife(inmate: Inmate) -> Relative:
    return Relative.of(factories.relative(inmate))


def sister(of: Inmate) -> Relative:
    return Relative.of(factories.relative(of, relation=Relationship.SIBLING))


def taken(at: datetime) -> int:
    end_reading()
    return int(db.session.scalar(select(VisitSession.taken).where(VisitSession.starts_at == at)) or 0)


def events() -> list[str]:
    return list(db.session.scalars(select(Notification.event).order_by(Notification.queued_at, Notification.id)))


def test_a_held_place_becomes_a_booking(each_database: str, wife: Relative) -> None:
    wife.holds(THURSDAY)
    assert taken(THURSDAY) == 1
    child = CompanionData("黃小明", factories.id_number(), "child", birth_date="2015-03-10")
    booked = db.session.get_one(Reservation, wife.confirms(companions=[child]))
    assert (booked.kind, booked.state, booked.persons, booked.minutes) == (ON_SITE, ReservationState.PENDING, 1, 30)
    assert booked.number.startswith("F260305-") and booked.arrives_at == THURSDAY
    assert booked.companions[0].birth_date == date(2015, 3, 10) and booked.companions[0].grant_id is None
    assert taken(THURSDAY) == 1 and db.session.scalar(select(PlaceHold.id)) is None
    message = db.session.scalars(select(Notification)).one()
    assert message.event == "family_booking_received" and "2026-03-05(星期四) 09:00" in message.body
    assert "律師" not in message.body and "16時" not in message.body


def test_one_form_sent_nine_times_is_one_booking(each_database: str, wife: Relative) -> None:
    wife.holds(THURSDAY)
    assert len({wife.confirms() for _ in range(9)}) == 1
    assert taken(THURSDAY) == 1 and len(events()) == 1


def test_the_last_place_is_one_persons(each_database: str, inmate: Inmate, wife: Relative) -> None:
    others = [Relative.of(factories.relative(factories.inmate(inmate.agency))) for _ in range(2)]
    others[0].holds(THURSDAY)
    wife.holds(THURSDAY)
    with pytest.raises(why.SessionFull) as refused:
        others[1].holds(THURSDAY)
    assert "2026年3月5日（星期四）09:00已額滿" in str(refused.value) and "10:00。" in str(refused.value)
    assert taken(THURSDAY) == 2


def test_who_chooses_another_session_holds_one_place(each_database: str, wife: Relative) -> None:
    wife.holds(THURSDAY)
    wife.holds(FRIDAY)
    assert (taken(THURSDAY), taken(FRIDAY)) == (0, 1)


def test_holding_the_same_place_again_begins_no_new_ten_minutes(wife: Relative, clock_at: StoppedClock) -> None:
    wife.holds(THURSDAY)
    first = place_holds.current(wife.applicant_id)
    assert first is not None
    until = first.expires_at
    clock_at.passes(minutes=5)
    wife.holds(THURSDAY)
    again = place_holds.current(wife.applicant_id)
    assert again is not None and again.expires_at == until and taken(THURSDAY) == 1


def test_a_hold_is_extended_twice_and_then_ends(each_database: str, wife: Relative, clock_at: StoppedClock) -> None:
    wife.holds(THURSDAY)
    for _ in range(2):
        clock_at.passes(minutes=9)
        place_holds.extend(wife.applicant_id)
    with pytest.raises(NoMoreExtensions):
        place_holds.extend(wife.applicant_id)
    clock_at.passes(minutes=10)
    with pytest.raises(HoldGone):
        place_holds.extend(wife.applicant_id)
    with pytest.raises(HoldGone):
        wife.confirms()
    assert place_holds.lapse() == 1 and taken(THURSDAY) == 0
    assert place_holds.lapse() == 0 and taken(THURSDAY) == 0


def test_a_lapsed_hold_does_not_keep_others_out_until_the_worker_comes(
    wife: Relative, inmate: Inmate, clock_at: StoppedClock
) -> None:
    others = [Relative.of(factories.relative(factories.inmate(inmate.agency))) for _ in range(2)]
    wife.holds(THURSDAY)
    others[0].holds(THURSDAY)
    clock_at.passes(minutes=10)
    others[1].books(THURSDAY)
    assert taken(THURSDAY) == 1


def test_a_change_keeps_the_old_place_until_the_new_one_is_booked(each_database: str, wife: Relative) -> None:
    booked = wife.books(THURSDAY)
    number, version = booked.number, booked.version
    wife.holds(FRIDAY, replaces_id=booked.id)
    assert (taken(THURSDAY), taken(FRIDAY)) == (1, 1)
    assert wife.confirms("form-2", version=version) == booked.id
    assert (taken(THURSDAY), taken(FRIDAY)) == (0, 1)
    booked = db.session.get_one(Reservation, booked.id)
    assert (booked.number, booked.state, booked.arrives_at) == (number, ReservationState.PENDING, FRIDAY)
    assert sorted(events()) == ["booking_changed", "family_booking_received"]
    with pytest.raises(HoldGone):
        wife.confirms("form-3", version=version)
    assert (taken(THURSDAY), taken(FRIDAY)) == (0, 1)


def test_a_change_of_what_was_decided_meanwhile_is_stale(wife: Relative) -> None:
    booked = wife.books(THURSDAY)
    wife.holds(FRIDAY, replaces_id=booked.id)
    with pytest.raises(Stale):
        wife.confirms("form-2", version=booked.version + 1)
    assert (taken(THURSDAY), taken(FRIDAY)) == (1, 1)


def test_cancelling_gives_the_place_back_once(each_database: str, wife: Relative) -> None:
    booked = wife.books(THURSDAY)
    version = booked.version
    wife.cancels(booked)
    assert taken(THURSDAY) == 0
    with pytest.raises(IllegalMove):
        reservations.cancel(wife.applicant_id, booked.id, version, wife.actor)
    assert taken(THURSDAY) == 0 and "family_booking_cancelled" in events()


def test_cancelling_ends_at_its_deadline(wife: Relative, clock_at: StoppedClock) -> None:
    booked = wife.books(THURSDAY)
    clock_at("2026-03-04 14:59")
    assert session_bookings.obstacle(booked) is None
    clock_at("2026-03-04 15:00")
    with pytest.raises(why.ChangeTooLate) as refused:
        wife.cancels(booked)
    assert "2026年3月4日（星期三）15:00" in str(refused.value)
    assert taken(THURSDAY) == 1


def test_two_relatives_share_the_quota_and_are_not_told_of_one_another(inmate: Inmate, wife: Relative) -> None:
    other = sister(inmate)
    wife.books(THURSDAY)
    wife.books(FRIDAY, "form-2")
    with pytest.raises(why.QuotaUsed) as refused:
        other.holds(taiwan("2026-03-05 10:00"))
    sentence = str(refused.value)
    assert "該週接見次數2次" in sentence and "2026年3月9日（星期一）" in sentence
    assert "林小美" not in sentence
    other.books(taiwan("2026-03-09 09:00"))


def test_the_place_of_a_refused_booking_is_free_again(each_database: str, wife: Relative, inmate: Inmate) -> None:
    booked, officer = wife.books(THURSDAY), factories.desk(inmate.agency)
    reason = factories.rejection_reason(ReasonScope.BOOKING).text
    row = booking_review.RowVerdict(booked.id, Verdict.REJECT.value, booked.version, reason)
    booking_review.decide(row, None, officer.id, Actor("staff", str(officer.id), "王小明"))
    assert taken(THURSDAY) == 0 and "family_booking_rejected" in events()


def test_the_place_of_a_lapsed_booking_is_given_back(wife: Relative, clock_at: StoppedClock) -> None:
    wife.books(THURSDAY)
    clock_at("2026-03-05 09:00")
    assert booking_lapses.lapse_unreviewed() == 1
    assert taken(THURSDAY) == 0 and "family_booking_lapsed" in events()


@pytest.mark.parametrize("kind", list(RestrictionKind))
def test_no_restriction_can_be_told_from_another(wife: Relative, inmate: Inmate, kind: RestrictionKind) -> None:
    factories.restriction(inmate, kind)
    with pytest.raises(why.RestrictedNeutral) as refused:
        wife.holds(THURSDAY)
    assert str(refused.value) == "目前無法線上預約，請洽該機關（電話：03-319-1119）。"


def test_a_restriction_while_the_form_is_open_counts(wife: Relative, inmate: Inmate) -> None:
    wife.holds(THURSDAY)
    factories.restriction(inmate)
    with pytest.raises(why.RestrictedNeutral):
        wife.confirms()


@pytest.mark.parametrize("state", [GrantState.SUSPENDED, GrantState.REVOKED, GrantState.EXPIRED])
def test_a_grant_that_does_not_run_carries_nothing(inmate: Inmate, state: GrantState) -> None:
    with pytest.raises(why.GrantNotValid):
        Relative.of(factories.relative(inmate, state=state)).holds(THURSDAY)


def test_a_fourth_adult_is_refused_and_children_are_free(wife: Relative) -> None:
    adults = [CompanionData(f"黃大{n}", factories.id_number(), "sibling", birth_date="1990-01-01") for n in "一二三"]
    child = CompanionData("黃小明", factories.id_number(), "child", birth_date="2015-03-10")
    wife.holds(THURSDAY)
    with pytest.raises(why.TooManyPeople):
        wife.confirms(companions=adults)
    booked = wife.confirms(companions=[*adults[:2], child])
    assert db.session.get_one(Reservation, booked).persons == 3


def test_a_relatives_companion_has_a_birth_date_and_is_no_lawyer(wife: Relative) -> None:
    wife.holds(THURSDAY)
    with pytest.raises(RuleErrors) as refused:
        wife.confirms(companions=[CompanionData("林律師", factories.id_number(), "lawyer")])
    assert {error.field for error in refused.value.errors} == {"companions-0-relation", "companions-0-birth_date"}


def test_foreign_grants_and_bookings_do_not_exist(wife: Relative, inmate: Inmate) -> None:
    other, booked = sister(inmate), wife.books(THURSDAY)
    with pytest.raises(NotFound):
        place_holds.take(other.applicant_id, wife.grant_id, ON_SITE, FRIDAY)
    with pytest.raises(NotFound):
        other.holds(FRIDAY, replaces_id=booked.id)
    with pytest.raises(NotFound):
        session_bookings.cancel(other.applicant_id, booked.id, booked.version, other.actor)


def test_a_grant_of_another_item_carries_no_visit_on_site(inmate: Inmate) -> None:
    book = factories.relative(inmate, item=ServiceItem.FAMILY_BOOK)
    with pytest.raises(NotFound):
        Relative.of(book).holds(THURSDAY)


def test_a_first_grade_written_otherwise_is_the_same_grade(inmate: Inmate, wife: Relative) -> None:
    grant = db.session.get_one(ServiceGrant, wife.grant_id)
    asked = visit_facts.question(db.session(), grant, ON_SITE)
    assert asked.inmate.treatment_grade == "3"  # 三級 in the prison system
