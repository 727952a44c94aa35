"""What an agency's parameters, the calendar and the bookings say about a visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules import arrival, parameters
from app.rules.arrival import ArrivalWindows
from app.rules.calendar import DayInfo, WorkCalendar
from app.rules.vocabulary import VisitKind
from models import AgencyParameter, CalendarDay, Reservation
from models.reservation import LIVE_STATES


@dataclass(frozen=True)
class VisitRules:
    """One agency's rules for announced arrivals: windows, daily cut-off, days ahead."""

    windows: ArrivalWindows
    cutoff: time
    days_ahead: int


def calendar() -> WorkCalendar:
    """The office calendar as headquarters keeps it."""
    rows = db.session.scalars(select(CalendarDay))
    return WorkCalendar({row.day: DayInfo(row.is_working, row.name) for row in rows})


def values_of(agency_id: str) -> dict[str, str]:
    """An agency's parameters by code."""
    rows = db.session.execute(
        select(AgencyParameter.code, AgencyParameter.value).where(AgencyParameter.agency_id == agency_id)
    )
    return {code: value for code, value in rows}


def rules_for(agency_id: str) -> VisitRules:
    """The rules in force at an agency."""
    values = values_of(agency_id)
    return VisitRules(
        ArrivalWindows.from_parameters(values),
        parameters.time_of_day(values, parameters.ParameterCode.BOOKING_CUTOFF),
        parameters.number(values, parameters.ParameterCode.BOOKING_DAYS_AHEAD),
    )


def bookable_days(agency_id: str) -> list[date]:
    """The days for which a lawyer can announce an arrival online now."""
    rules = rules_for(agency_id)
    return arrival.bookable_days(clock.now(), calendar(), rules.cutoff, rules.days_ahead)


def tally(agency_id: str, day: date) -> list[tuple[Any, int]]:
    """各時段預約律師現場接見人數一覽表: live bookings of a day by band, persons without companions."""
    arrivals = db.session.scalars(
        select(Reservation.arrives_at).where(
            Reservation.agency_id == agency_id,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.visit_on == day,
            Reservation.state.in_(LIVE_STATES),
        )
    )
    return arrival.tally(clock.local(at).time() for at in arrivals)
