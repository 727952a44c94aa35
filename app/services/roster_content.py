"""What a roster of a day says: its visits in words, as they are frozen when an edition is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.i18n import _
from app.rules import arrival
from app.rules.vocabulary import (
    BookingSource,
    Relationship,
    ReservationState,
    RestrictionKind,
    VisitKind,
)
from app.services import notifications
from models import Inmate, Reservation

#: What stands on a roster besides the section 待核.
ON_ROSTER = (
    ReservationState.APPROVED,
    ReservationState.CHECKED_IN,
    ReservationState.IN_PROGRESS,
    ReservationState.COMPLETED,
)


def of_day(agency_id: str, day: date, source: str) -> Any:
    """The query for a day's visits by arrival; ``source`` is a ``BookingSource`` value or empty for all."""
    query = (
        select(Reservation)
        .where(
            Reservation.agency_id == agency_id,
            Reservation.visit_on == day,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.state.in_((*ON_ROSTER, ReservationState.PENDING)),
        )
        .order_by(Reservation.arrives_at, Reservation.id)
        .options(
            selectinload(Reservation.inmate).selectinload(Inmate.restrictions), selectinload(Reservation.companions)
        )
    )
    return query.where(Reservation.source == BookingSource(source)) if source else query


def frozen(session: Session, reservations: Sequence[Reservation]) -> dict[str, Any]:
    """The sheet as it is kept: decided lines, pending lines, totals; plain values that no later change reaches."""
    decided = [r for r in reservations if r.state in ON_ROSTER]
    pending = [r for r in reservations if r.state == ReservationState.PENDING]
    unreached = notifications.undelivered_for(r.id for r in reservations)
    known = _seen_before(session, reservations)
    return {
        "rows": [_row(n, r, unreached, known) for n, r in enumerate(decided, 1)],
        "pending": [_row(n, r, unreached, known) for n, r in enumerate(pending, 1)],
        "totals": {
            "visits": len(decided),
            "online": sum(r.source == BookingSource.ONLINE for r in decided),
            "phone": sum(r.source == BookingSource.PHONE for r in decided),
            "walk_in": sum(r.source == BookingSource.WALK_IN for r in decided),
            "persons": sum(1 + len(r.companions) for r in decided),
            "inmates": len({r.inmate_id for r in decided}),
            "bands": [[str(label), n] for label, n in arrival.tally(r.arrives_local.time() for r in decided) if n],
        },
    }


def _row(number: int, r: Reservation, unreached: set[str], known: set[tuple[str | None, str]]) -> dict[str, Any]:
    """One line: the columns of ``reports.roster.RosterRow``, and what tells the booking and its state."""
    remarks = []
    if r.inmate.restricted_on(r.visit_on, RestrictionKind.NO_CONTACT_ORDER):
        remarks.append(_("禁止接見通信"))
    if any(c.relation == Relationship.INTERPRETER for c in r.companions):
        remarks.append(_("須通譯"))
    if (_visitor(r), r.inmate_id) not in known:
        remarks.append(_("首次接見"))
    if r.id in unreached:
        remarks.append(_("未送達通知請電洽"))
    if r.attention is not None:
        remarks.append(str(r.attention.label))
    return {
        "id": r.id,
        "version": r.version,
        "state": r.state.value,
        "number": str(number),
        "arrives_at": f"{r.arrives_local:%H:%M}",
        "inmate_number": r.inmate.number,
        "inmate": r.inmate.name,
        "unit": r.inmate.unit or "",
        "visitor": r.visitor_name,
        "capacity": str(r.visitor_relation.label),
        "companions": "、".join(f"{c.name}（{c.relation.label}）" for c in r.companions),
        "source": str(r.source.label),
        "checked_in": _wall(r.checked_in_at),
        "from_to": f"{_wall(r.started_at)}~{_wall(r.ended_at)}" if r.started_at else "",
        "remarks": "、".join(remarks),
    }


def _wall(moment: Any) -> str:
    return f"{clock.local(moment):%H:%M}" if moment else ""


def _visitor(r: Reservation) -> str | None:
    """Who comes: the account, or the ID number of somebody without one; None for nobody who could be known again."""
    return r.applicant_id or r.visitor_id_number_index


def _seen_before(session: Session, reservations: Sequence[Reservation]) -> set[tuple[str | None, str]]:
    inmates = {r.inmate_id for r in reservations}
    rows = session.execute(
        select(Reservation.applicant_id, Reservation.visitor_id_number_index, Reservation.inmate_id).where(
            Reservation.inmate_id.in_(inmates), Reservation.state == ReservationState.COMPLETED
        )
    )
    return {(applicant or stranger, inmate) for applicant, stranger, inmate in rows if applicant or stranger}
