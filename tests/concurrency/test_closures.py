"""A session is closed while somebody confirms a place in it: nobody keeps a booking there without being told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.visit_refusals import SessionSuspended
from app.rules.vocabulary import ReservationState
from app.seeds import reference
from app.services import booking_texts, closure_guard, closure_hits, closures
from app.services.closures import HitsChanged
from app.transaction import end_reading, transaction
from models import Agency as AgencyRow
from models import Inmate, Reservation, VisitClosure
from tests import factories
from tests.concurrency.contest import Meeting, contest
from tests.services.test_closures import Agency
from tests.services.test_session_bookings import THURSDAY, Relative


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

    def meets(act: Callable[..., Any]) -> Callable[..., Any]:
        def met(*args: Any, **values: Any) -> Any:
            meeting.wait()
            return act(*args, **values)

        return met

    patch.setattr(closure_hits, "lock_sessions", meets(closure_hits.lock_sessions))
    patch.setattr(booking_texts, "tell", meets(booking_texts.tell))
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
