"""A session is closed while somebody confirms a place in it: nobody keeps a booking there without being told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.rules.closures import Span
from app.rules.visit_refusals import SessionSuspended
from app.rules.vocabulary import ReservationState
from app.seeds import reference
from app.services import booking_texts, closure_guard, closure_hits, closures, day_moves, queue_numbers
from app.services.closures import HitsChanged
from app.services.day_moves import MovedMeanwhile
from app.transaction import end_reading, transaction
from models import Agency as AgencyRow
from models import Inmate, Reservation, VisitClosure
from tests import factories
from tests.concurrency.contest import Meeting, contest, meets
from tests.services.test_closures import WHOLE_THURSDAY, Agency
from tests.services.test_session_bookings import THURSDAY, Relative
from tests.stillness import taiwan


@pytest.fixture
def prison(app: Flask) -> Inmate:
    """An inmate whose relatives book sessions."""
    with transaction() as session:
        reference.texts(session)
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency)
    return factories.inmate(agency)


def race(app: Flask, prison: Inmate, meeting: Meeting, patch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """Close Thursday and confirm a place on it; both stop where everything is checked and nothing committed."""
    agency, wife = Agency(prison), Relative.of(factories.relative(prison))
    wife.holds(THURSDAY)
    wanted = agency.wants()
    mark = closures.preview(wanted, agency.scope)[1]
    end_reading()

    meets(patch, closure_hits, "lock_sessions", meeting)
    meets(patch, booking_texts, "tell", meeting)
    return contest(
        app,
        lambda: closures.close(wanted, mark, agency.scope, agency.officer_id, agency.actor),
        lambda: wife.confirms(),
    )


def stands() -> tuple[bool, bool]:
    """Whether visits are stopped, and whether a booking stands all the same."""
    end_reading()
    live = select(Reservation.id).where(Reservation.state == ReservationState.PENDING)
    return db.session.scalar(select(VisitClosure.id)) is not None, db.session.scalar(live) is not None


def test_one_of_the_two_is_told(
    app: Flask, each_database: str, prison: Inmate, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(expected=False)
    officer, wife = race(app, prison, meeting, monkeypatch)
    assert meeting.held_back, "both had checked before either committed"
    if officer is None:  # the closure came first: the form that was open is told why
        assert isinstance(wife, SessionSuspended) and stands() == (True, False)
    else:  # the booking came first: the officer sees it before anything is closed
        assert isinstance(officer, HitsChanged) and wife is None and stands() == (False, True)


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_twin_without_the_guard_a_booking_stands_in_a_closed_session(
    app: Flask, dialect: str, prison: Inmate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control, where the database does not let one writer in at a time."""
    monkeypatch.setattr(closure_guard, "share", lambda session, which: [prison_id])
    monkeypatch.setattr(closure_guard, "alone", lambda session, which: session.get_one(AgencyRow, which))
    prison_id = prison.agency_id
    officer, wife = race(app, prison, Meeting(expected=True), monkeypatch)
    assert (officer, wife) == (None, None) and stands() == (True, True)


def meets_desk(app: Flask, prison: Inmate, meeting: Meeting, patch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """Stop today's visits while the desk checks somebody in; both stop where each holds its first row."""
    agency, ten = Agency(prison), taiwan("2026-03-03 10:00")
    booked = factories.session_visit(prison, starts_at=ten, state=ReservationState.APPROVED)
    row_id, version = booked.id, booked.version
    wanted = agency.wants(Span(ten, taiwan("2026-03-03 17:00"), WHOLE_THURSDAY.reason))
    mark = closures.preview(wanted, agency.scope)[1]
    end_reading()
    for where, name in ((closure_hits, "lock_rows"), (queue_numbers, "next_number")):
        meets(patch, where, name, meeting)
    return contest(
        app,
        lambda: closures.close(wanted, mark, agency.scope, agency.officer_id, agency.actor),
        lambda: day_moves.check_in(row_id, version, agency.scope, agency.actor),
    )


def test_the_desk_goes_on_while_today_is_closed(
    app: Flask, each_database: str, prison: Inmate, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, desk = meets_desk(app, prison, Meeting(expected=False), monkeypatch)
    if desk is None:  # the visitor is there: the officer sees the list anew
        assert isinstance(officer, HitsChanged)
    else:
        assert officer is None and isinstance(desk, MovedMeanwhile)


@pytest.mark.postgres
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_twin_with_the_booking_locked_first_one_of_the_two_fails(
    app: Flask, dialect: str, prison: Inmate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_numbers, "begin", lambda session, which: None)
    outcomes = meets_desk(app, prison, Meeting(expected=True), monkeypatch)
    assert OperationalError in [type(one) for one in outcomes]
