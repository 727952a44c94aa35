"""首頁 of the back office: what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from app import clock
from app.extensions import db
from app.rules.vocabulary import ApplicationState, ReservationState, VisitKind
from app.services import visiting
from models import Reservation, ServiceApplication


@dataclass(frozen=True)
class Waiting:
    """How much waits, since when, and how many lawyers come on the next working day."""

    applications: int
    oldest_application: date | None
    bookings: int
    oldest_booking: date | None
    next_day: date
    next_day_visits: int


def waiting(scope: frozenset[str] | None) -> Waiting:
    """What waits at the agencies of a scope (``None``: all of them)."""

    def within(column: Any) -> ColumnElement[bool]:
        return true() if scope is None else column.in_(scope)

    applications = db.session.execute(
        select(func.count(), func.min(ServiceApplication.applied_on)).where(
            ServiceApplication.state == ApplicationState.PENDING, within(ServiceApplication.agency_id)
        )
    ).one()
    bookings = db.session.execute(
        select(func.count(), func.min(Reservation.requested_on)).where(
            Reservation.state == ReservationState.PENDING, within(Reservation.agency_id)
        )
    ).one()
    next_day = visiting.calendar().next_working_day(clock.today())
    visits = db.session.scalar(
        select(func.count()).where(
            Reservation.visit_on == next_day,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.state.in_((ReservationState.PENDING, ReservationState.APPROVED)),
            within(Reservation.agency_id),
        )
    )
    return Waiting(applications[0], applications[1], bookings[0], bookings[1], next_day, int(visits or 0))
