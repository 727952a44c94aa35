"""逾期未審核: a booking that nobody reviewed lapses when its arrival time has come, with an apology."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.security import SYSTEM
from app.services import audit, booking_texts, visit_sessions
from app.transaction import locked, transaction
from models import Reservation


def lapse_unreviewed() -> int:
    """Let every pending booking lapse whose arrival time has come, one at a time; returns how many."""
    due = list(
        db.session.scalars(
            select(Reservation.id)
            .where(
                Reservation.state == ReservationState.PENDING,
                Reservation.visit_on <= clock.today(),
                Reservation.arrives_at <= clock.now(),
            )
            .order_by(Reservation.visit_on, Reservation.arrives_at, Reservation.id)
        )
    )
    return sum(_lapse(reservation_id) for reservation_id in due)


def _lapse(reservation_id: str) -> int:
    with transaction() as session:
        reservation = locked(session, Reservation, reservation_id)
        # An officer or the booker may have been faster.
        if reservation.state != ReservationState.PENDING or reservation.arrives_at > clock.now():
            return 0
        before = reservation.move("lapse")
        reservation.attention = None
        session.flush()
        if reservation.session_id is not None:
            visit_sessions.give_back(session, reservation.session_id)
        audit.moved(session, reservation, "lapse", before, SYSTEM)
        booking_texts.tell(session, "booking_lapsed", reservation)
        booking_texts.release_companions(session, reservation)
        return 1
