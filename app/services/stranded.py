"""Bookings that a change of arrival hours leaves outside: listed before it is saved, marked when it is saved anyway."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.rules import masking
from app.rules.arrival import ArrivalWindows
from app.rules.effective import Schedule, values_on
from app.rules.vocabulary import Attention, ReservationState, VisitKind
from app.security import Actor
from app.services import audit
from models import Reservation

#: Who has come already is inside, whatever the hours say.
_STILL_TO_COME = (ReservationState.PENDING, ReservationState.APPROVED)


@dataclass(frozen=True)
class Stranded:
    """One booking outside the new hours, as it is listed: no name in full."""

    id: str
    number: str
    visit_on: date
    arrives: str
    visitor: str
    state: ReservationState


def shown(rows: Sequence[Reservation]) -> list[Stranded]:
    """The bookings as a page lists them."""
    return [
        Stranded(r.id, r.number, r.visit_on, f"{r.arrives_local:%H:%M}", masking.name_circle(r.visitor_name), r.state)
        for r in rows
    ]


def mark_of(rows: Sequence[Reservation]) -> str:
    """What an officer who saves anyway has seen: other bookings than these have another mark."""
    return hashlib.sha256("\n".join(sorted(row.id for row in rows)).encode()).hexdigest()[:16]


def outside(session: Session, agency_id: str, before: Schedule, after: Schedule, since: date) -> list[Reservation]:
    """The coming bookings that were inside the old hours of their day and are outside the new ones, locked."""
    return [
        row for row in session.scalars(_to_come(agency_id, since)) if _inside(before, row) and not _inside(after, row)
    ]


def flag(session: Session, rows: Sequence[Reservation], actor: Actor) -> None:
    """Mark bookings that somebody has to look at; what was marked for a graver reason stays so."""
    for row in rows:
        if row.attention is None:
            row.attention = Attention.OUTSIDE_HOURS
            audit.record(session, "reservation.outside_hours", actor, row, agency_id=row.agency_id)


def relieve(session: Session, agency_id: str, after: Schedule, since: date, actor: Actor) -> None:
    """Take the mark from bookings that are inside again."""
    query = _to_come(agency_id, since).where(Reservation.attention == Attention.OUTSIDE_HOURS)
    clear(session, [row for row in session.scalars(query) if _inside(after, row)], actor)


def clear(session: Session, rows: Sequence[Reservation], actor: Actor) -> None:
    """Take the mark from these bookings, which are inside the hours again."""
    for row in rows:
        if row.attention is Attention.OUTSIDE_HOURS:
            row.attention = None
            audit.record(session, "reservation.inside_hours", actor, row, agency_id=row.agency_id)


def made_since(session: Session, agency_id: str, now: Schedule, since: datetime) -> list[Reservation]:
    """Bookings made while the hours were being changed, outside the new ones; the desk's exceptions are meant so."""
    query = _to_come(agency_id, clock.today()).where(
        Reservation.created_at >= since, Reservation.attention.is_(None), Reservation.exception_sealed.is_(None)
    )
    return [row for row in session.scalars(query) if not _inside(now, row)]


def _to_come(agency_id: str, since: date) -> Any:
    return (
        select(Reservation)
        .where(
            Reservation.agency_id == agency_id,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.visit_on >= since,
            Reservation.state.in_(_STILL_TO_COME),
        )
        .order_by(Reservation.visit_on, Reservation.arrives_at, Reservation.id)
        .with_for_update(of=Reservation)
    )


def _inside(schedule: Schedule, row: Reservation) -> bool:
    windows = ArrivalWindows.from_parameters(values_on(schedule, row.visit_on))
    return windows.contains(clock.local(row.arrives_at).time())
