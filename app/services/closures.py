"""停止辦理接見: an agency stops visits of a time, and takes them up again; bookers are told in the same commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import closures as rules
from app.rules.closure_refusals import AlreadyReopened, ClosureOverlaps, NothingToStop
from app.rules.closure_words import period
from app.rules.closures import Span
from app.rules.dates import Shown
from app.rules.visit_timetable import slots_on
from app.rules.vocabulary import ReservationState, SessionState, VisitKind
from app.security import Actor
from app.services import (
    audit,
    booking_texts,
    closure_guard,
    closure_hits,
    closure_texts,
    visit_rules,
    visit_sessions,
    visiting,
)
from app.services.closure_hits import Hit
from app.services.visit_rules import SESSION_KINDS
from app.transaction import locked, transaction
from models import Reservation, VisitClosure


@dataclass(frozen=True)
class Wanted:
    """A closure as it is asked for; ``span`` carries the reason, ``kind`` None stops every visit."""

    agency_id: str
    kind: VisitKind | None
    span: Span
    answer_by: datetime


class HitsChanged(RuleError):
    """The bookings that it hits are others than those that the officer has seen."""

    sentence = _l("受影響之預約與先前列出者不同，尚未儲存。請確認最新清單後再按「確認停止辦理」。")
    status = 409

    def __init__(self, hits: list[Hit], mark: str) -> None:
        super().__init__()
        self.hits, self.mark = hits, mark


def preview(wanted: Wanted, scope: frozenset[str] | None) -> tuple[list[Hit], str]:
    """The bookings that a closure would hit, and the mark of having seen them; raises what forbids the closure."""
    session = db.session()
    _check(wanted, scope)
    rows = closure_hits.found(session, wanted.agency_id, wanted.kind, wanted.span)
    return [Hit.of(row) for row in rows], closure_hits.mark_of(wanted.agency_id, wanted.kind, wanted.span, rows)


def close(wanted: Wanted, accepted: str, scope: frozenset[str] | None, officer_id: int, actor: Actor) -> str:
    """Stop the visits of a time: sessions are suspended, bookings wait for another date, bookers are told.

    ``accepted`` is the mark of the list that the officer has seen. Returns the closure's id; raises
    :class:`HitsChanged`, ``NotFound`` and the errors of ``app.rules.closure_refusals``.
    """
    with transaction() as session:
        agency = closure_guard.alone(session, wanted.agency_id)
        _check(wanted, scope)
        rows = closure_hits.locked(session, agency.id, wanted.kind, wanted.span)
        mark = closure_hits.mark_of(agency.id, wanted.kind, wanted.span, rows)
        if accepted != mark:
            shown = sorted(rows, key=lambda row: (row.arrives_at, row.id))
            raise HitsChanged([Hit.of(row) for row in shown], mark)
        closure = VisitClosure(
            agency_id=agency.id,
            kind=wanted.kind,
            from_at=wanted.span.from_at,
            until_at=wanted.span.until_at,
            reason=wanted.span.reason,
            answer_by=wanted.answer_by,
            made_by_id=officer_id,
        )
        session.add(closure)
        for one in closure_hits.lock_sessions(session, agency.id, wanted.kind, wanted.span):
            one.state = SessionState.SUSPENDED
        session.flush()
        moved = [(row, _await(session, row, closure, officer_id)) for row in rows]
        session.flush()
        for row in rows:
            if row.session_id is not None:
                visit_sessions.give_back(session, row.session_id)
        told = closure_texts.Notices(session, closure)
        texts = {row.id: told.places(row) for row in rows}
        facts = {**_facts(closure), "bookings": len(rows)}
        audit.record(session, "visit_closure.close", actor, closure, agency_id=agency.id, facts=facts)
        for row, before in moved:
            audit.moved(session, row, "close", before, actor, reason=closure.reason)
            told.tell_closed(row, texts[row.id])
            booking_texts.release_companions(session, row)
        return closure.id


def _await(session: Session, row: Reservation, closure: VisitClosure, officer_id: int) -> ReservationState:
    """Let a booking wait for another date; one that nobody had reviewed counts as decided by the closure."""
    before = row.move("close")
    row.closure_id = closure.id
    if before is ReservationState.PENDING:
        row.decided_at, row.decided_by_id = clock.now(), officer_id
    return before


def _facts(closure: VisitClosure) -> dict[str, Any]:
    return {
        "kind": closure.kind.value if closure.kind else None,
        "from": closure.from_at.isoformat(),
        "until": closure.until_at.isoformat(),
        "reason": closure.reason,
        "answer_by": closure.answer_by.isoformat() if closure.answer_by else None,
    }


def _check(wanted: Wanted, scope: frozenset[str] | None) -> None:
    if scope is not None and wanted.agency_id not in scope:
        raise NotFound()
    span = wanted.span
    rules.check_span(span, clock.now())
    first, last = clock.local(span.from_at).date(), clock.local(span.until_at - timedelta(minutes=1)).date()
    for other in closure_guard.running([wanted.agency_id], first, last):
        crosses = other.from_at < span.until_at and span.from_at < other.until_at
        if crosses and rules.stops_kind(other.kind, wanted.kind):
            raise ClosureOverlaps("first", period=Shown(other, period), reason=other.reason)  # type: ignore[arg-type]
    if not _holds_visits(wanted.agency_id, wanted.kind, span, first, last):
        raise NothingToStop("first")


def _holds_visits(agency_id: str, kind: VisitKind | None, span: Span, first: date, last: date) -> bool:
    """Whether the agency would hold any visit then: on an office day for lawyers, else in a session."""
    offices = visiting.calendar()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if kind in (None, VisitKind.LAWYER_ON_SITE) and any(offices.is_working(day) for day in days):
        return True
    kinds = SESSION_KINDS if kind is None else (kind,) if kind in SESSION_KINDS else ()
    for one in kinds:
        held = visit_rules.rules_of(agency_id, one)
        if any(span.stops(slot.starts_at, slot.ends_at) for day in days for slot in slots_on(held, day, offices)):
            return True
    return False


def running_closure(session: Session, closure_id: str, version: int, scope: frozenset[str] | None) -> VisitClosure:
    """Inside a transaction: a closure that has not been lifted, locked after its agency.

    Raises ``NotFound``, ``Stale``, ``AlreadyReopened``.
    """
    glance = session.get(VisitClosure, closure_id)
    if glance is None or (scope is not None and glance.agency_id not in scope):
        raise NotFound()
    closure_guard.alone(session, glance.agency_id)
    closure = locked(session, VisitClosure, closure_id)
    if closure.reopened_at is not None:
        raise AlreadyReopened()
    if closure.version != version:
        raise Stale()
    return closure
