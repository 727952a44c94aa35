"""接見完成: a visit by session that took place, with the times at which it really began and ended."""

from __future__ import annotations

from datetime import datetime, time

from app import clock
from app.rules.device_visits import TimesUnreadable
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import audit
from app.services.desk_bookings import taken_up
from app.services.desk_moves import LONGEST_NOTE
from app.transaction import transaction
from models.reservation import RESERVATION_MOVES, Reservation

#: The way of a visit that takes place, move by move.
_WAY = (
    (ReservationState.APPROVED, "check_in"),
    (ReservationState.CHECKED_IN, "start"),
    (ReservationState.IN_PROGRESS, "finish"),
)


def complete(
    reservation_id: str,
    began: time | None,
    ended: time | None,
    note: str,
    version: int,
    scope: frozenset[str] | None,
    actor: Actor,
) -> None:
    """Note after a visit that it took place; the moves that were not noted meanwhile are made in their order.

    Raises ``TimesUnreadable``, ``IllegalMove``, ``Stale``, ``NotFound``.
    """
    with transaction() as session:
        row = taken_up(session, reservation_id, version, scope, by_session=True)
        states = [state for state, _move in _WAY]
        if row.state not in states:
            RESERVATION_MOVES.target("finish", row.state)  # raises with the state in words
        start, end = _span(row, began, ended)
        kept = note.strip()[:LONGEST_NOTE] or None
        row.checked_in_at, row.started_at, row.ended_at = row.checked_in_at or start, start, end
        row.attention = None
        for _state, move in _WAY[states.index(row.state) :]:
            before = row.move(move)
            session.flush()
            audit.moved(session, row, move, before, actor, reason=kept if move == "finish" else None)


def _span(row: Reservation, began: time | None, ended: time | None) -> tuple[datetime, datetime]:
    if began is None or ended is None:
        raise TimesUnreadable("began")
    start, end = clock.at(row.visit_on, began), clock.at(row.visit_on, ended)
    if not start < end <= clock.now():
        raise TimesUnreadable("began")
    return start, end
