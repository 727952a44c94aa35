"""A grant is stopped while its holder books, changes or is decided about: nothing slips through, nobody is stuck."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.errors import Stale
from app.extensions import db
from app.rules.visit_refusals import GrantNotValid
from app.rules.vocabulary import Attention
from app.security import Actor
from app.seeds import reference
from app.services import audit, booking_changes, booking_review, grants, place_holds, session_bookings
from app.services.booking_changes import BookingChange
from app.services.booking_rules import GrantMissing
from app.transaction import end_reading, locked, transaction
from models import Reservation, ServiceGrant
from tests import factories
from tests.concurrency.contest import Meeting, contest, meets
from tests.services.test_session_bookings import THURSDAY, Relative

WHO = Actor("staff", "1", "王小明")


@pytest.fixture(autouse=True)
def words(app: Flask) -> None:
    """Texts and reasons, and the calendar of the agencies."""
    with transaction() as session:
        reference.texts(session)
        reference.reasons(session)
        reference.calendar(session)


def revokes(grant_id: str, version: int) -> Callable[[], object]:
    """An officer's act."""
    return lambda: grants.revoke(grant_id, grants.Because(version, "解除委任"), WHO)


def marks() -> list[Attention | None]:
    """What stands on the bookings that were made."""
    end_reading()
    return list(db.session.scalars(select(Reservation.attention)))


def booking(app: Flask, meeting: Meeting, patch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """A relative confirms while an officer revokes; both stop where everything is checked and nothing committed."""
    agency = factories.agency()
    factories.visit_rules(agency)
    grant = factories.relative(factories.inmate(agency))
    wife, officer = Relative.of(grant), revokes(grant.id, grant.version)
    wife.holds(THURSDAY)
    meets(patch, grants, "tell", meeting)
    meets(patch, session_bookings, "_still_allowed", meeting)
    return contest(app, officer, lambda: wife.confirms())


def test_the_booking_is_refused_or_marked(app: Flask, each_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(expected=False)
    officer, wife = booking(app, meeting, monkeypatch)
    assert meeting.held_back and officer is None
    if wife is None:
        assert marks() == [Attention.GRANT_REVOKED]
    else:
        assert isinstance(wife, GrantNotValid) and marks() == []


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_twin_without_the_lock_a_booking_stands_on_nothing(
    app: Flask, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control, where the database does not let one writer in at a time."""
    unlocked = place_holds.own_grant
    monkeypatch.setattr(place_holds, "grant_locking", lambda *args: unlocked(*args[:4]))
    assert booking(app, Meeting(expected=True), monkeypatch) == [None, None]
    assert marks() == [None]


def changing(app: Flask, meeting: Meeting, patch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """A lawyer changes a booking while an officer revokes the grant that carries it."""
    grant = factories.granted()
    row = factories.reservation(grant)
    officer = revokes(grant.id, grant.version)
    wanted = BookingChange(date(2026, 3, 6), time(9, 30), row.version, [])
    applicant_id, row_id = str(row.applicant_id), row.id
    meets(patch, grants, "flag", meeting)
    meets(patch, booking_changes, "_check", meeting)
    return contest(app, officer, lambda: booking_changes.change(applicant_id, row_id, wanted, Actor("applicant")))


def test_a_change_and_a_stop_come_one_after_the_other(
    app: Flask, each_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, lawyer = changing(app, Meeting(expected=False), monkeypatch)
    assert officer is None and (lawyer is None or isinstance(lawyer, (GrantMissing, Stale)))
    assert marks() == [Attention.GRANT_REVOKED]


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_twin_in_another_order_one_of_the_two_fails(app: Flask, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check = booking_changes._check

    def late(session: Any, reservation: Reservation, wanted: BookingChange) -> None:
        locked(session, ServiceGrant, reservation.grant_id)
        check(session, reservation, wanted)

    monkeypatch.setattr(booking_changes, "_lock_grant", lambda *_: None)
    monkeypatch.setattr(booking_changes, "_check", late)
    outcomes = changing(app, Meeting(expected=True), monkeypatch)
    assert [type(one) for one in outcomes if one is not None] == [OperationalError]


def deciding(app: Flask, meeting: Meeting, patch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """A colleague decides about a booking while an officer revokes the grant that carries it."""
    grant = factories.granted()
    row = factories.reservation(grant)
    verdict = booking_review.RowVerdict(row.id, "approve", row.version)
    officer, colleague = revokes(grant.id, grant.version), factories.headquarters().id
    take = booking_review._take

    def taken(*args: Any) -> bool:
        found = take(*args)
        meeting.wait()
        return found

    meets(patch, grants, "flag", meeting)
    patch.setattr(booking_review, "_take", taken)
    return contest(app, officer, lambda: booking_review.decide(verdict, None, colleague, WHO))


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_nobody_holds_the_trail_while_waiting_for_a_booking(
    app: Flask, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deciding(app, Meeting(expected=True), monkeypatch) == [None, None]
    assert marks() == [Attention.GRANT_REVOKED]


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_twin_with_the_trail_written_first_one_of_the_two_fails(
    app: Flask, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "write_last", lambda session, row, writer: writer(session, [row]))
    outcomes = deciding(app, Meeting(expected=True), monkeypatch)
    assert [type(one) for one in outcomes if one is not None] == [OperationalError]
