"""What its booker can still do online about a booking, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app import clock
from app.errors import RuleError
from app.rules.calendar import WorkCalendar
from app.rules.vocabulary import ReservationState
from app.services import booking_changes, booking_rules, session_bookings, visiting
from models import Reservation
from models.reservation import RESERVATION_MOVES


@dataclass(frozen=True)
class Opening:
    """What is open, and why changing is refused; ``until`` is the deadline of changing, None where none binds."""

    refused: RuleError | None
    can_cancel: bool
    until: datetime | None

    @property
    def can_change(self) -> bool:
        """Whether it can be changed, or another session chosen."""
        return self.refused is None

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self.until is not None and clock.now() >= self.until


def of(reservation: Reservation, calendar: WorkCalendar | None = None) -> Opening:
    """What is open about one booking; who asks about many reads the ``calendar`` once."""
    by_session = reservation.session_id is not None
    until = _deadline(reservation, calendar)
    refused = (session_bookings if by_session else booking_changes).obstacle(reservation, until)
    return Opening(refused, _may_cancel(reservation) and not (by_session and refused), until)


def of_all(reservations: Iterable[Reservation]) -> dict[str, Opening]:
    """What is open about each of these bookings, by its id."""
    offices = visiting.calendar()
    return {reservation.id: of(reservation, offices) for reservation in reservations}


def _may_cancel(reservation: Reservation) -> bool:
    can_move = RESERVATION_MOVES.allows("cancel", reservation.state)
    return can_move and booking_changes.day_over(reservation) is None


def _deadline(reservation: Reservation, calendar: WorkCalendar | None) -> datetime | None:
    if reservation.state is ReservationState.AWAITING_NEW_DATE:  # its closure says until when (a lawyer's says nothing)
        closure = reservation.closure
        return None if closure is None or reservation.visitor_relation.is_lawyers else closure.answer_by
    if not RESERVATION_MOVES.allows("change", reservation.state):
        return None
    by_session = reservation.session_id is not None
    return (session_bookings if by_session else booking_rules).deadline_of(reservation, calendar)
