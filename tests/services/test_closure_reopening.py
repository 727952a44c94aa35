"""恢復辦理 and 延長回覆期限 of a closure: who stands again, who goes on waiting, and what the trail says of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.services import closure_reopening
from app.services.closure_reopening import Reopened
from app.transaction import end_reading
from models import AuditEntry, Reservation
from tests import factories
from tests.services.test_closures import WHOLE_THURSDAY, Agency, inmate, prison, wife
from tests.services.test_session_bookings import THURSDAY, Relative
from tests.stillness import taiwan

__all__ = ["inmate", "prison", "wife"]
ARRIVAL = taiwan("2026-03-05 09:30")


def test_more_time_and_holding_visits_again_are_in_the_trail(wife: Relative, prison: Agency) -> None:
    wife.books(THURSDAY)
    closure = prison.closes()
    closure_reopening.extend(closure.id, date(2026, 3, 20), closure.version, prison.scope, prison.actor)
    end_reading()
    prison.reopens(closure)
    end_reading()
    found = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == closure.id).order_by(AuditEntry.seq))
    told = [(entry.event, entry.agency_id, entry.actor_name) for entry in found]
    acts = ("close", "extend", "reopen")
    assert told == [(f"visit_closure.{act}", prison.id, "王小明") for act in acts]


@pytest.mark.parametrize("is_same_inmate", [True, False])
def test_who_was_booked_anew_for_the_same_arrival_goes_on_waiting(seeded: None, is_same_inmate: bool) -> None:
    grant = factories.granted()
    agency, stopped = Agency(grant.inmate), factories.reservation(grant, ARRIVAL).id
    closure = agency.closes(WHOLE_THURSDAY)
    another = grant if is_same_inmate else factories.granted(grant.applicant, factories.inmate(grant.agency))
    factories.reservation(another, ARRIVAL, state=ReservationState.APPROVED)
    assert agency.reopens(closure) == (Reopened(0, 1) if is_same_inmate else Reopened(1, 0))
    end_reading()
    row = db.session.get_one(Reservation, stopped)
    assert (row.state is ReservationState.AWAITING_NEW_DATE) is is_same_inmate
