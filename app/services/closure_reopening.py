"""恢復辦理 of a closure (what has not been answered stands again), and 延長回覆期限."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.rules import closures as rules
from app.rules.closure_refusals import ClosureOver
from app.rules.closures import Span
from app.rules.vocabulary import ReservationState, SessionState, VisitKind
from app.security import Actor
from app.services import audit, booking_texts, closure_guard, closure_hits, visit_sessions
from app.services.closure_texts import Notices
from app.services.closures import running_closure
from app.transaction import transaction
from models import Reservation, StateMove, VisitClosure

AWAITING = ReservationState.AWAITING_NEW_DATE


@dataclass(frozen=True)
class Reopened:
    """How many bookings stand again, and how many still wait for another date."""

    restored: int
    left: int


def reopen(closure_id: str, version: int, scope: frozenset[str] | None, actor: Actor) -> Reopened:
    """Hold visits after all: sessions open, and bookings that nobody has answered stand again where they still can.

    Past visits, full sessions and what another closure stops go on waiting. Raises ``NotFound``, ``Stale``,
    ``AlreadyReopened``, ``ClosureOver``.
    """
    with transaction() as session:
        closure = running_closure(session, closure_id, version, scope)
        if closure.until_at <= clock.now():
            raise ClosureOver()
        mine = select(Reservation.id).where(Reservation.closure_id == closure.id, Reservation.state == AWAITING)
        rows = closure_hits.lock_rows(session, list(session.scalars(mine)))
        waiting = sorted((r for r in rows if r.state is AWAITING), key=lambda r: (r.arrives_at, r.id))
        span = Span(closure.from_at, closure.until_at)
        sessions = closure_hits.lock_sessions(session, closure.agency_id, closure.kind, span)
        closure.reopened_at = clock.now()
        session.flush()
        others = closure_guard.running(
            [closure.agency_id], clock.local(closure.from_at).date(), clock.local(closure.until_at).date()
        )
        for one in sessions:
            if not _stopped(others, one.kind, one.starts_at, one.starts_at + timedelta(minutes=one.minutes)):
                one.state = SessionState.OPEN
        session.flush()
        unreviewed = _unreviewed(session, [row.id for row in waiting])
        moved = [(row, move) for row in waiting if (move := _restored(session, row, others, row.id in unreviewed))]
        session.flush()
        facts = {"restored": len(moved), "left": len(waiting) - len(moved)}
        audit.record(session, "visit_closure.reopen", actor, closure, agency_id=closure.agency_id, facts=facts)
        notices = Notices(session, closure)
        for row, move in moved:
            audit.moved(session, row, move, AWAITING, actor, reason=closure.reason)
            notices.tell_reopened(row)
            if row.session_id is None:
                booking_texts.tell_companions(session, row, {})
        return Reopened(len(moved), len(waiting) - len(moved))


def _stopped(
    others: list[VisitClosure], kind: VisitKind, starts_at: datetime, ends_at: datetime | None
) -> VisitClosure | None:
    """The other closure that stops a visit, too."""
    return next(
        (
            other
            for other in others
            if rules.stops_kind(other.kind, kind) and Span(other.from_at, other.until_at).stops(starts_at, ends_at)
        ),
        None,
    )


def _unreviewed(session: Session, ids: list[str]) -> set[str]:
    """Those that nobody had reviewed when they were stopped: they wait for their review again."""
    moves = session.execute(
        select(StateMove.subject_id, StateMove.from_state)
        .where(
            StateMove.subject_kind == Reservation.__tablename__,
            StateMove.subject_id.in_(ids),
            StateMove.move == "close",
        )
        .order_by(StateMove.at, StateMove.id)
    )
    last = {row_id: before for row_id, before in moves}
    return {row_id for row_id, before in last.items() if before == ReservationState.PENDING.value}


def _restored(session: Session, row: Reservation, others: list[VisitClosure], is_unreviewed: bool) -> str | None:
    """Make the move that lets a booking stand again and return its name; None where it has to go on waiting."""
    other = _stopped(others, row.kind, row.arrives_at, closure_hits.ends_at(row))
    if other is not None:
        row.closure_id = other.id  # it asks for another date from here on
        return None
    if row.arrives_at <= clock.now() or _is_doubled(session, row):
        return None
    if row.session_id is not None and not visit_sessions.take(session, row.session_id):
        return None
    move = "reopen_unreviewed" if is_unreviewed else "reopen"
    row.move(move)
    if is_unreviewed:
        row.decided_at = row.decided_by_id = None
    return move


def _is_doubled(session: Session, row: Reservation) -> bool:
    """Whether the visitor has been booked for the very same arrival meanwhile (an exception of the desk)."""
    same = [
        Reservation.inmate_id == row.inmate_id,
        Reservation.arrives_at == row.arrives_at,
        Reservation.state.in_(closure_hits.STILL_TO_COME),
    ]
    if row.applicant_id is not None:
        same.append(Reservation.applicant_id == row.applicant_id)
    else:
        same += [
            Reservation.applicant_id.is_(None),
            Reservation.visitor_id_number_index == row.visitor_id_number_index,
        ]
    return session.scalar(select(Reservation.id).where(*same).limit(1)) is not None


def extend(closure_id: str, day: date | None, version: int, scope: frozenset[str] | None, actor: Actor) -> int:
    """Give bookers more time to answer, tell those who have not, and return how many they are.

    Raises ``NotFound``, ``Stale``, ``AlreadyReopened``, ``AnswerBy``, ``NotLater``.
    """
    with transaction() as session:
        closure = running_closure(session, closure_id, version, scope)
        before = closure.answer_by
        closure.answer_by = rules.answer_by(day, clock.now(), before)
        mine = select(Reservation.id).where(Reservation.closure_id == closure.id, Reservation.state == AWAITING)
        rows = closure_hits.lock_rows(session, list(session.scalars(mine)))
        session.flush()
        facts = {"answer_by": [before.isoformat() if before else None, closure.answer_by.isoformat()]}
        audit.record(session, "visit_closure.extend", actor, closure, agency_id=closure.agency_id, facts=facts)
        notices = Notices(session, closure)
        waiting = [row for row in rows if row.state is AWAITING]
        for row in waiting:
            notices.tell_extended(row)
        return len(waiting)
