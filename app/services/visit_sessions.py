"""The sessions of an agency: from its timetable, with the places taken and what is suspended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.extensions import db
from app.rules.calendar import WorkCalendar
from app.rules.closure_words import worded
from app.rules.visit_rules import VisitRulesDocument
from app.rules.visit_timetable import Slot, slots_between
from app.rules.visits_by_session import Place
from app.rules.vocabulary import SessionState, VisitKind
from app.services import closure_guard
from models import PlaceHold, VisitClosure, VisitSession


def places(
    agency_id: str,
    rules: VisitRulesDocument,
    calendar: WorkCalendar,
    first: date,
    last: date,
    besides: str | None = None,
) -> list[Place]:
    """The sessions of a span of days, both ends included, in order; two statements however many there are.

    The place that an applicant (``besides``) holds himself is not counted.
    """
    closed = closure_guard.running([agency_id], first, last, rules.kind)
    taken: Any = VisitSession.taken
    if besides is not None:
        own = select(func.count()).where(PlaceHold.session_id == VisitSession.id, PlaceHold.applicant_id == besides)
        taken = (VisitSession.taken - own.scalar_subquery()).label("taken")
    wanted = select(VisitSession.starts_at, taken, VisitSession.state)  # hundreds: no objects for them
    wanted = wanted.where(
        VisitSession.agency_id == agency_id,
        VisitSession.kind == rules.kind,
        VisitSession.visit_on.between(first, last),
    )
    rows = {row.starts_at: row for row in db.session.execute(wanted)}
    return [_place(slot, rows.get(slot.starts_at), closed) for slot in slots_between(rules, first, last, calendar)]


def place_of(row: VisitSession, slot: Slot) -> Place:
    """One session as :func:`places` has it; the caller holds its row as it is now."""
    return _place(slot, row, closure_guard.running([row.agency_id], slot.day, slot.day, row.kind))


def _place(slot: Slot, row: Any, closed: Iterable[VisitClosure]) -> Place:
    reason = next((worded(c.reason) for c in closed if c.from_at < slot.ends_at and slot.starts_at < c.until_at), None)
    if reason is None and row is not None and row.state is SessionState.SUSPENDED:
        reason = str(SessionState.SUSPENDED.label)
    return Place(slot, row.taken if row else 0, reason)


def row_for(session: Session, agency_id: str, kind: VisitKind, slot: Slot, *, lock: bool = False) -> VisitSession:
    """The row of a session, made when it is first needed; with ``lock`` locked and as it is now."""
    wanted = select(VisitSession).where(
        VisitSession.agency_id == agency_id, VisitSession.kind == kind, VisitSession.starts_at == slot.starts_at
    )
    if lock:
        wanted = wanted.with_for_update(of=VisitSession).execution_options(populate_existing=True)
    row = session.scalar(wanted)
    if row is None:
        try:
            with session.begin_nested():
                row = VisitSession(
                    agency_id=agency_id,
                    kind=kind,
                    visit_on=slot.day,
                    starts_at=slot.starts_at,
                    minutes=slot.minutes,
                    capacity=slot.places,
                )
                session.add(row)
        except IntegrityError:  # somebody else asked for the first place at the same moment
            row = session.scalars(wanted).one()
    return row


def fit(session: Session, row: VisitSession, slot: Slot) -> None:
    """Let a session's places follow the timetable, as far as what is taken allows; the row is locked."""
    session.execute(
        update(VisitSession)
        .where(VisitSession.id == row.id, VisitSession.capacity != slot.places, VisitSession.taken <= slot.places)
        .values(capacity=slot.places)
        .execution_options(synchronize_session=False)
    )


def take(session: Session, session_id: str) -> bool:
    """Take one place by one statement; False where the last one is gone."""
    taken = session.execute(
        update(VisitSession)
        .where(
            VisitSession.id == session_id,
            VisitSession.taken < VisitSession.capacity,
            VisitSession.state == SessionState.OPEN,
        )
        .values(taken=VisitSession.taken + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def give_back(session: Session, session_id: str) -> None:
    """Give one place back; the caller has made sure by a conditional move that it is given back once."""
    session.execute(
        update(VisitSession)
        .where(VisitSession.id == session_id, VisitSession.taken > 0)
        .values(taken=VisitSession.taken - 1)
        .execution_options(synchronize_session=False)
    )
