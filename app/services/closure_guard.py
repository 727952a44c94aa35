"""停止辦理 beside booking: while somebody books at an agency, no closure of it begins, and the other way round.

The agency's row is taken before every other one: bookers share it, a closure has it alone. So a closure sees each
booking that was confirmed before it, and each booking that comes after it sees the closure.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.closure_words import worded
from app.rules.closures import Span
from app.rules.vocabulary import VisitKind
from models import Agency, VisitClosure

#: How far ahead closures are announced to the public.
ANNOUNCED = timedelta(days=90)


def share(session: Session, agency_id: str | Select[Any]) -> list[str]:
    """Inside a booker's transaction, before any other lock: no closure of this agency is saved until it is over.

    Returns the ids of what is shared.
    """
    wanted = select(Agency.id).where(Agency.id.in_(_ids(agency_id)))
    return list(session.scalars(wanted.with_for_update(read=True)))


def alone(session: Session, agency_id: str) -> Agency:
    """Inside the transaction of a closure: nobody books at this agency until it is over; raises ``NotFound``."""
    found = session.scalar(
        # Not the key: rows that point to the agency (messages, the trail) may still be written by others.
        select(Agency).where(Agency.id == agency_id).with_for_update(key_share=True)
    )
    if found is None:
        raise NotFound()
    return found


def _ids(agency_id: str | Select[Any]) -> Any:
    return [agency_id] if isinstance(agency_id, str) else agency_id


def running(agency_ids: list[str] | None, first: date, last: date, kind: VisitKind | None = None) -> list[VisitClosure]:
    """The closures that touch a span of days and have not been lifted, the earliest first.

    ``kind`` asks for those that stop this kind of visit; ``agency_ids`` None asks for all agencies.
    """
    from_at = datetime.combine(first, datetime.min.time(), clock.TAIPEI)
    until_at = datetime.combine(last + timedelta(days=1), datetime.min.time(), clock.TAIPEI)
    wanted = select(VisitClosure).where(
        VisitClosure.reopened_at.is_(None), VisitClosure.from_at < until_at, VisitClosure.until_at > from_at
    )
    if agency_ids is not None:
        wanted = wanted.where(VisitClosure.agency_id.in_(agency_ids))
    if kind is not None:
        wanted = wanted.where(or_(VisitClosure.kind.is_(None), VisitClosure.kind == kind))
    wanted = wanted.options(selectinload(VisitClosure.agency))
    return list(db.session.scalars(wanted.order_by(VisitClosure.from_at, VisitClosure.id)))


def coming(agency_ids: list[str] | None) -> list[VisitClosure]:
    """The closures of today and of the days that are announced."""
    return running(agency_ids, clock.today(), clock.today() + ANNOUNCED)


def spans(agency_id: str, first: date, last: date, kind: VisitKind) -> list[Span]:
    """When an agency holds no visits of a kind within a span of days."""
    return [Span(one.from_at, one.until_at, worded(one.reason)) for one in running([agency_id], first, last, kind)]
