"""A booking by session that is changed: it is asked for anew, and what stands in the way is told."""

from __future__ import annotations

import pytest

from app.errors import IllegalMove, NotFound
from app.extensions import db
from app.rules.vocabulary import Attention, ReservationState, Verdict, VisitKind
from app.security import Actor
from app.services import session_bookings, visit_facts
from app.services.booking_review import RowVerdict, decide
from app.transaction import end_reading, transaction
from models import Inmate, Reservation, ServiceGrant
from tests import factories
from tests.services.test_session_bookings import FRIDAY, THURSDAY, Relative, inmate, wife
from tests.stillness import StoppedClock, taiwan

__all__ = ["inmate", "wife"]


def decided(booked: Reservation, verdict: Verdict, of: Inmate) -> Reservation:
    """The booking after the desk's verdict."""
    desk = factories.desk(of.agency)
    reason = {"reason": "其他"} if verdict is Verdict.REJECT else {}
    row = RowVerdict(booked.id, verdict.value, booked.version, **reason)
    decide(row, frozenset({of.agency_id}), desk.id, Actor("staff", str(desk.id), "王小明"))
    end_reading()
    return db.session.get_one(Reservation, booked.id)


def test_a_changed_booking_is_asked_for_anew(wife: Relative, inmate: Inmate, clock_at: StoppedClock) -> None:
    booked = decided(wife.books(THURSDAY), Verdict.APPROVE, inmate)
    assert booked.decided_at is not None and booked.state is ReservationState.APPROVED
    with transaction() as session:
        session.get_one(Reservation, booked.id).attention = Attention.OUTSIDE_HOURS
    booked = db.session.get_one(Reservation, booked.id)
    clock_at("2026-03-04 08:00")
    wife.holds(FRIDAY, replaces_id=booked.id)
    wife.confirms("form-2", version=booked.version)
    end_reading()
    again = db.session.get_one(Reservation, booked.id)
    assert (again.state, again.decided_at, again.decided_by_id) == (ReservationState.PENDING, None, None)
    assert again.attention is None and again.requested_on.isoformat() == "2026-03-04"


def test_a_booking_that_is_over_cannot_be_changed(wife: Relative, inmate: Inmate) -> None:
    booked = wife.books(THURSDAY)
    assert session_bookings.obstacle(booked) is None
    refused = decided(booked, Verdict.REJECT, inmate)
    assert isinstance(session_bookings.obstacle(refused), IllegalMove)


def test_a_change_of_nothing_is_not_found(wife: Relative) -> None:
    with pytest.raises(NotFound):
        wife.holds(THURSDAY, replaces_id="00000000-0000-4000-8000-000000000000")


def test_a_visit_that_took_place_today_is_no_open_booking(wife: Relative, inmate: Inmate) -> None:
    grant = db.session.get_one(ServiceGrant, wife.grant_id)
    for at, state in (("08:00", ReservationState.COMPLETED), ("16:00", ReservationState.APPROVED)):
        factories.session_visit(inmate, starts_at=taiwan(f"2026-03-03 {at}"), state=state)
    asked = visit_facts.question(db.session(), grant, VisitKind.FAMILY_ON_SITE)
    assert sorted(visit.is_open for visit in asked.visits) == [False, True]
