"""合併帳號: what moves, what is refused, what nobody can undo; and a booking at the same moment."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import NotFound, Stale
from app.extensions import db
from app.rules.merging_refusals import (
    BothArrive,
    BothPending,
    BoundTheOtherWay,
    CannotMerge,
    Clash,
    NumbersDiffer,
    SameAccount,
)
from app.rules.person_looks import Purpose
from app.rules.vocabulary import AccountState, ApplicationState
from app.security import SYSTEM, Actor
from app.seeds import reference
from app.services import account_merging, accounts, reservations
from app.services.persons import Look
from app.services.reservations import BookingRequest
from app.transaction import end_reading, transaction
from models import (
    AgencyBookReading,
    Applicant,
    AuditEntry,
    Notification,
    Reservation,
    ServiceApplication,
    ServiceGrant,
    new_id,
)
from tests import factories
from tests.concurrency.contest import contest
from tests.stillness import taiwan

LOOK = Look(Purpose("correction", "公文1150001"), None)


@pytest.fixture(autouse=True)
def _texts(app: Flask) -> None:
    with transaction() as session:
        reference.texts(session)


def two(**columns: Any) -> tuple[str, str]:
    """The ids of two accounts with one ID number; the first is to go."""
    gone = factories.applicant(**columns)
    return gone.id, factories.applicant(id_number=gone.id_number).id


def merge(gone: str, kept: str, says_same: bool = False, mark: str | None = None) -> dict[str, int]:
    mark = mark or account_merging.preview(gone, kept).mark
    end_reading()
    return account_merging.merge(gone, kept, "同一人重複註冊", says_same, mark, LOOK, SYSTEM)


def test_everything_of_the_one_becomes_the_others(each_database: str) -> None:
    gone, kept = two(id_bound_at=clock.now())
    lawyer, other = db.session.get_one(Applicant, gone), db.session.get_one(Applicant, kept)
    inmate = factories.inmate()
    grant = factories.granted(lawyer, inmate)
    booking = factories.reservation(grant)
    message = factories.agency_message(grant.agency, factories.officer(grant.agency))
    for person in (lawyer, other):
        factories.saved(AgencyBookReading(entry_id=message.id, applicant_id=person.id, read_at=clock.now()))
    old_mail, grant_id, booking_id = lawyer.mail, grant.id, booking.id
    moved = merge(gone, kept)
    assert (moved["applications"], moved["grants"], moved["bookings"], moved["readings"]) == (1, 1, 1, 0)
    db.session.expire_all()
    assert {db.session.get_one(ServiceGrant, grant_id).applicant_id} == {kept}
    assert db.session.get_one(Reservation, booking_id).applicant_id == kept
    over, stays = db.session.get_one(Applicant, gone), db.session.get_one(Applicant, kept)
    assert (over.state, over.merged_into_id, over.id_bound_at) == (AccountState.DISABLED, kept, None)
    assert stays.id_bound_at is not None and stays.state is AccountState.ACTIVE
    told = select(Notification.applicant_id).where(Notification.event == "account_merged")
    assert set(db.session.scalars(told)) == {gone, kept}
    events = set(db.session.scalars(select(AuditEntry.event).where(AuditEntry.event.like("applicant.merge%"))))
    assert events == {"applicant.merge", "applicant.merged"}
    end_reading()
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(old_mail, factories.PASSWORD, Actor("anonymous", remote_address="192.0.2.1"))
    with pytest.raises(CannotMerge):
        merge(gone, kept)


def test_nobody_is_merged_with_himself() -> None:
    person = factories.applicant().id
    with pytest.raises(SameAccount):
        account_merging.preview(person, person)


def test_two_numbers_are_two_persons_unless_somebody_says_why() -> None:
    gone, kept = factories.applicant().id, factories.applicant().id
    with pytest.raises(NumbersDiffer):
        merge(gone, kept)
    merge(gone, kept, says_same=True)
    assert db.session.get_one(Applicant, gone).merged_into_id == kept


def test_two_cases_of_one_kind_are_decided_first() -> None:
    gone, kept = two()
    inmate = factories.inmate()
    first, _second = (factories.application(db.session.get_one(Applicant, who), inmate) for who in (gone, kept))
    with pytest.raises(BothPending):
        merge(gone, kept)
    with transaction() as session:
        session.get_one(ServiceApplication, first.id).state = ApplicationState.WITHDRAWN
    assert merge(gone, kept)["applications"] == 1


def test_two_visits_at_one_time_are_sorted_out_first() -> None:
    gone, kept = two()
    inmate = factories.inmate()
    for who in (gone, kept):
        factories.reservation(factories.granted(db.session.get_one(Applicant, who), inmate))
    with pytest.raises(BothArrive):
        merge(gone, kept)
    assert db.session.get_one(Applicant, gone).state is AccountState.ACTIVE


def test_what_collides_unforeseen_changes_nothing(each_database: str) -> None:
    gone, kept = two(id_bound_at=clock.now())
    inmate, mails = factories.inmate(), select(Notification.id).where(Notification.event == "account_merged")
    for who, at in ((gone, "2026-03-10 09:30"), (kept, "2026-03-10 10:30")):  # one form's key at both accounts
        grant = factories.granted(db.session.get_one(Applicant, who), inmate)
        factories.reservation(grant, taiwan(at), idempotency_key="same-form")
    with pytest.raises(Clash) as refused:
        merge(gone, kept)
    assert "未合併" in str(refused.value) and refused.value.status == 409
    end_reading()
    person = db.session.get_one(Applicant, gone)
    assert (person.state, person.merged_into_id) == (AccountState.ACTIVE, None) and person.id_bound_at is not None
    assert sorted(db.session.scalars(select(Reservation.applicant_id))) == sorted((gone, kept))
    assert (
        db.session.scalars(mails).all() == []
        and db.session.scalars(select(AuditEntry.event).where(AuditEntry.event.like("applicant.merge%"))).all() == []
    )


def test_a_bound_number_is_not_given_up_for_one_that_nobody_has_seen() -> None:
    gone, kept = factories.applicant(id_bound_at=clock.now()).id, factories.applicant().id
    with pytest.raises(BoundTheOtherWay):
        merge(gone, kept, says_same=True)


def test_what_was_not_seen_is_not_merged() -> None:
    gone, kept = two()
    mark = account_merging.preview(gone, kept).mark
    factories.application(db.session.get_one(Applicant, gone))
    end_reading()
    with pytest.raises(Stale):
        merge(gone, kept, mark=mark)


def test_a_booking_at_the_same_moment_moves_along_or_is_refused(app: Flask, each_database: str) -> None:
    gone, kept = two()
    grant = factories.granted(db.session.get_one(Applicant, gone))
    day = clock.today() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    asked = BookingRequest(grant.id, day, time(9, 30), new_id())
    mark = account_merging.preview(gone, kept).mark
    end_reading()
    merged, booked = contest(
        app,
        lambda: account_merging.merge(gone, kept, "重複註冊", False, mark, LOOK, SYSTEM),
        lambda: reservations.book(gone, asked, SYSTEM),
    )
    end_reading()
    owners = db.session.scalars(select(Reservation.applicant_id)).all()
    if merged is None:
        assert owners in ([], [kept]) and (booked is None) == bool(owners)
        assert booked is None or isinstance(booked, NotFound)
    else:  # the booking came first: it had not been seen
        assert isinstance(merged, Stale) and booked is None and owners == [gone]
