"""The bookings that a closure (停止辦理接見) hits: listed before it is saved, locked while it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.rules import masking
from app.rules.closures import Span
from app.rules.vocabulary import ReservationState, VisitKind
from models import Applicant, Reservation, VisitSession

#: Whoever has come is inside; what is decided otherwise needs no other date.
STILL_TO_COME = (ReservationState.PENDING, ReservationState.APPROVED)


@dataclass(frozen=True)
class Hit:
    """One booking as it is listed: no name in full."""

    id: str
    number: str
    kind: VisitKind
    visit_on: date
    arrives: str
    visitor: str
    inmate: str
    state: ReservationState
    has_account: bool

    @classmethod
    def of(cls, row: Reservation) -> Hit:
        """The booking without what a list does not show."""
        inmate = f"{row.inmate.number}{masking.name_circle(row.inmate.name)}"
        visitor, arrives = masking.name_circle(row.visitor_name), f"{row.arrives_local:%H:%M}"
        told = row.applicant_id is not None
        return cls(row.id, row.number, row.kind, row.visit_on, arrives, visitor, inmate, row.state, told)


def mark_of(agency_id: str, kind: VisitKind | None, span: Span, rows: Sequence[Reservation]) -> str:
    """What an officer has seen before saving: another time or other bookings have another mark."""
    seen = [agency_id, kind or "", span.from_at.isoformat(), span.until_at.isoformat(), *sorted(r.id for r in rows)]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def found(session: Session, agency_id: str, kind: VisitKind | None, span: Span) -> list[Reservation]:
    """The bookings that a closure would hit, the earliest first."""
    wanted = _wanted(agency_id, kind, span).options(selectinload(Reservation.inmate))
    rows = session.scalars(wanted.order_by(Reservation.arrives_at, Reservation.id))
    return [row for row in rows if is_hit(row, span)]


def locked(session: Session, agency_id: str, kind: VisitKind | None, span: Span) -> list[Reservation]:
    """The same, locked, with the sessions of the span (``lock_sessions``); the agency's row is held already."""
    ids = [row.id for row in found(session, agency_id, kind, span)]
    return [row for row in lock_rows(session, ids) if row.state in STILL_TO_COME and is_hit(row, span)]


def lock_rows(session: Session, ids: Sequence[str]) -> list[Reservation]:
    """Bookings as they are now, locked by id, after a share in their bookers' accounts (to which messages point)."""
    mine = select(Reservation.applicant_id).where(Reservation.id.in_(ids), Reservation.applicant_id.is_not(None))
    accounts = select(Applicant.id).where(Applicant.id.in_(mine)).order_by(Applicant.id)
    session.execute(accounts.with_for_update(read=True, key_share=True))
    rows = select(Reservation).where(Reservation.id.in_(ids)).order_by(Reservation.id)
    rows = rows.with_for_update(of=Reservation).execution_options(populate_existing=True)
    return list(session.scalars(rows))


def lock_sessions(session: Session, agency_id: str, kind: VisitKind | None, span: Span) -> list[VisitSession]:
    """The sessions within a span, locked by id."""
    wanted = select(VisitSession).where(
        VisitSession.agency_id == agency_id, VisitSession.visit_on.between(*_days(span)), *_kind(VisitSession, kind)
    )
    rows = wanted.order_by(VisitSession.id).with_for_update(of=VisitSession)
    found = session.scalars(rows.execution_options(populate_existing=True))
    return [row for row in found if span.stops(row.starts_at, row.starts_at + timedelta(minutes=row.minutes))]


def is_hit(row: Reservation, span: Span) -> bool:
    """Whether a booking falls into a span and is not over yet."""
    end = ends_at(row)
    return span.stops(row.arrives_at, end) and (end or row.arrives_at) > clock.now()


def ends_at(row: Reservation) -> datetime | None:
    """When a visit by session ends; an announced arrival has no end."""
    return row.arrives_at + timedelta(minutes=row.minutes or 30) if row.session_id is not None else None


def _wanted(agency_id: str, kind: VisitKind | None, span: Span) -> Any:
    return select(Reservation).where(
        Reservation.agency_id == agency_id,
        Reservation.visit_on.between(*_days(span)),
        Reservation.state.in_(STILL_TO_COME),
        *_kind(Reservation, kind),
    )


def _days(span: Span) -> tuple[date, date]:
    return clock.local(span.from_at).date(), clock.local(span.until_at).date()


def _kind(model: Any, kind: VisitKind | None) -> list[Any]:
    return [] if kind is None else [model.kind == kind]
