"""Who has answered a closure and who has not; the bookings that nobody answered end after the deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.extensions import db
from app.rules.closure_words import Answer
from app.rules.vocabulary import CancelledBy, Relationship, ReservationState
from app.security import SYSTEM
from app.services import audit, closure_hits
from app.services.closure_hits import Hit
from app.services.closure_texts import Notices
from app.transaction import transaction
from models import Reservation, StateMove, VisitClosure

AWAITING = ReservationState.AWAITING_NEW_DATE
#: The reason of the list under which an unanswered booking ends; the closure's own stands beside it.
REASON = "當日停止辦理接見"
_BY_MOVE = {"choose": Answer.CHOSEN, "reopen": Answer.RESTORED, "reopen_unreviewed": Answer.RESTORED}


@dataclass(frozen=True)
class Answered:
    """One stopped booking with what became of it."""

    hit: Hit
    answer: Answer


def answers(closure: VisitClosure) -> list[Answered]:
    """The bookings that a closure stopped, those without an answer first."""
    wanted = (
        select(Reservation)
        .where(Reservation.closure_id == closure.id)
        .options(selectinload(Reservation.inmate))
        .order_by(Reservation.arrives_at, Reservation.id)
    )
    rows = list(db.session.scalars(wanted))
    moves = _answering_moves([row.id for row in rows if row.state is not AWAITING])
    found = [Answered(Hit.of(row), _answer(row, moves.get(row.id))) for row in rows]
    return sorted(found, key=lambda one: list(Answer).index(one.answer))


def counts(found: Sequence[Answered]) -> dict[Answer, int]:
    """How many gave each answer."""
    return {answer: sum(one.answer is answer for one in found) for answer in Answer}


def waiting(closure_ids: Sequence[str]) -> dict[str, int]:
    """How many bookings of each closure wait for an answer; one statement."""
    rows = db.session.execute(
        select(Reservation.closure_id, func.count())
        .where(Reservation.closure_id.in_(closure_ids), Reservation.state == AWAITING)
        .group_by(Reservation.closure_id)
    )
    return {closure_id: number for closure_id, number in rows if closure_id}


def has_waiting() -> ColumnElement[bool]:
    """Of closures: some booking waits for an answer."""
    return VisitClosure.id.in_(select(Reservation.closure_id).where(Reservation.state == AWAITING))


def _answering_moves(ids: Sequence[str]) -> dict[str, str]:
    """The last move out of waiting, by booking."""
    moves = db.session.execute(
        select(StateMove.subject_id, StateMove.move)
        .where(
            StateMove.subject_kind == Reservation.__tablename__,
            StateMove.subject_id.in_(ids),
            StateMove.from_state == AWAITING.value,
        )
        .order_by(StateMove.at, StateMove.id)
    )
    return {row_id: move for row_id, move in moves}


def _answer(row: Reservation, move: str | None) -> Answer:
    if row.state is AWAITING:
        return Answer.WAITING
    if move in _BY_MOVE:
        return _BY_MOVE[move]
    return Answer.ENDED if row.cancelled_by is CancelledBy.AGENCY else Answer.CANCELLED


def end_unanswered() -> int:
    """Cancel for the agency what nobody has answered in time, one at a time; returns how many.

    A lawyer was given no deadline (SPEC §6): the announced arrival ends with the closure, if that is later.
    """
    now = clock.now()
    lawyers = [word for word in Relationship if word.is_lawyers]
    due = (
        select(Reservation.id)
        .join(VisitClosure, Reservation.closure_id == VisitClosure.id)
        .where(
            Reservation.state == AWAITING,
            VisitClosure.answer_by <= now,
            or_(Reservation.visitor_relation.not_in(lawyers), VisitClosure.until_at <= now),
        )
        .order_by(Reservation.id)
    )
    return sum(_end(reservation_id) for reservation_id in list(db.session.scalars(due)))


def _end(reservation_id: str) -> int:
    with transaction() as session:
        [row] = closure_hits.lock_rows(session, [reservation_id])
        closure = session.get(VisitClosure, row.closure_id) if row.closure_id else None
        # Chosen, cancelled or put back in this very moment, or the officer has just given more time.
        if row.state is not AWAITING or closure is None or closure.answer_by is None or closure.answer_by > clock.now():
            return 0
        before = row.move("cancel")
        row.cancelled_by, row.attention = CancelledBy.AGENCY, None
        row.rejection_reason, row.rejection_note = REASON, closure.reason
        session.flush()
        audit.moved(session, row, "cancel", before, SYSTEM, reason=REASON)
        Notices(session, closure).tell_ended(row)
        return 1
