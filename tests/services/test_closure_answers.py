"""Closures side by side, and the bookings that nobody answers: when they end, and what the trail says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.closure_refusals import ClosureOverlaps
from app.rules.vocabulary import CancelledBy, ReservationState
from app.services import closure_answers
from app.transaction import end_reading
from models import Reservation, StateMove
from tests import factories
from tests.services.test_closures import WHOLE_THURSDAY, Agency, inmate, prison, wife
from tests.services.test_session_bookings import THURSDAY, Relative
from tests.stillness import StoppedClock, taiwan

__all__ = ["inmate", "prison", "wife"]
TEN = taiwan("2026-03-05 10:00")


def test_an_end_after_the_deadline_is_the_agencys_and_stands_in_the_trail(
    wife: Relative, prison: Agency, clock_at: StoppedClock
) -> None:
    booked = wife.books(THURSDAY).id
    prison.closes()
    clock_at("2026-03-10 16:59")
    assert closure_answers.end_unanswered() == 0
    clock_at("2026-03-10 17:00")
    assert closure_answers.end_unanswered() == 1
    end_reading()
    row = db.session.get_one(Reservation, booked)
    assert (row.state, row.cancelled_by) == (ReservationState.CANCELLED, CancelledBy.AGENCY)
    move = db.session.scalars(select(StateMove).where(StateMove.move == "cancel")).one()
    assert (move.subject_id, move.actor_kind, move.reason) == (booked, "system", "當日停止辦理接見")


def test_a_lawyers_arrival_ends_with_the_closure_where_that_is_later(seeded: None, clock_at: StoppedClock) -> None:
    grant = factories.granted()
    agency = Agency(grant.inmate)
    factories.reservation(grant, taiwan("2026-03-05 09:30"))
    agency.closes(replace(WHOLE_THURSDAY, until_at=taiwan("2026-03-13 00:00")))
    clock_at("2026-03-12 23:59")
    assert closure_answers.end_unanswered() == 0
    clock_at("2026-03-13 00:00")
    assert closure_answers.end_unanswered() == 1


@pytest.mark.parametrize("first", [0, 1])
def test_two_parts_of_one_day_are_closed_one_after_the_other(app: object, prison: Agency, first: int) -> None:
    hours = [replace(WHOLE_THURSDAY, from_at=at, until_at=at + timedelta(hours=1)) for at in (THURSDAY, TEN)]
    prison.closes(hours[first])
    with pytest.raises(ClosureOverlaps):
        prison.closes(hours[first])
    prison.closes(hours[1 - first])
