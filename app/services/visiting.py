"""What an agency's parameters, the calendar and the bookings say about a visit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules import arrival, closures, parameters
from app.rules.arrival import ArrivalWindows
from app.rules.calendar import DayInfo, WorkCalendar
from app.rules.vocabulary import VisitKind
from app.services import closure_guard
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
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working, CalendarDay.name))  # hundreds of days
    return WorkCalendar({row.day: DayInfo(row.is_working, row.name) for row in rows})


def lawyers_calendar(agency_id: str) -> WorkCalendar:
    """The office calendar with the days on which an agency has stopped lawyers' visits altogether."""
    offices, today = calendar(), clock.today()
    last = today + timedelta(days=parameters.MOST_DAYS_AHEAD + 14)
    spans = closure_guard.spans(agency_id, today, last, VisitKind.LAWYER_ON_SITE)
    if not spans:
        return offices
    rows, days = _parameters(agency_id), (today + timedelta(days=n) for n in range((last - today).days + 1))
    windows = {day: _rules_on(rows, day).windows for day in days}
    return replace(offices, closures=closures.whole_days(spans, windows))


def calendar_at(agency_id: str, moment: datetime) -> WorkCalendar:
    """The office calendar for one announced arrival: its day is closed where the agency has stopped that moment."""
    offices, day = calendar(), clock.local(moment).date()
    spans = closure_guard.spans(agency_id, day, day, VisitKind.LAWYER_ON_SITE)
    reasons = [span.reason for span in spans if span.stops(moment)]
    return replace(offices, closures={day: reasons[0]}) if reasons else offices


def values_of(agency_id: str) -> dict[str, str]:
    """An agency's parameters by code, as they are set now."""
    return {row.code: row.value for row in _parameters(agency_id)}


def values_on(agency_id: str, day: date) -> dict[str, str]:
    """An agency's parameters by code, as they are in force on a day."""
    return {row.code: row.value_on(day) for row in _parameters(agency_id)}


def _parameters(agency_id: str) -> list[AgencyParameter]:
    return list(db.session.scalars(select(AgencyParameter).where(AgencyParameter.agency_id == agency_id)))


def rules_for(agency_id: str, day: date | None = None) -> VisitRules:
    """The rules for a visit at an agency on a day (today where none is given): a change may lie ahead."""
    return _rules_on(_parameters(agency_id), day or clock.today())


def _rules_on(rows: list[AgencyParameter], day: date) -> VisitRules:
    values = {row.code: row.value_on(day) for row in rows}
    return VisitRules(
        ArrivalWindows.from_parameters(values),
        parameters.time_of_day(values, parameters.ParameterCode.BOOKING_CUTOFF),
        parameters.number(values, parameters.ParameterCode.BOOKING_DAYS_AHEAD),
    )


def bookable_days(agency_id: str) -> list[date]:
    """The days for which a lawyer can announce an arrival online now, each by its own rules."""
    return [day for day, _rules in _bookable(agency_id)]


def windows_ahead(agency_id: str) -> list[tuple[date, ArrivalWindows]]:
    """The arrival windows of the bookable days: those of the first one, then each change with its first day."""
    spans: list[tuple[date, ArrivalWindows]] = []
    for day, rules in _bookable(agency_id):
        if not spans or spans[-1][1] != rules.windows:
            spans.append((day, rules.windows))
    return spans


def _bookable(agency_id: str) -> list[tuple[date, VisitRules]]:
    rows, offices, now, today = _parameters(agency_id), lawyers_calendar(agency_id), clock.now(), clock.today()
    days = [today + timedelta(days=ahead) for ahead in range(parameters.MOST_DAYS_AHEAD + 1)]
    ruled = [(day, _rules_on(rows, day)) for day in days]
    return [
        (day, rules)
        for ahead, (day, rules) in enumerate(ruled)
        if ahead <= rules.days_ahead and arrival.is_open(day, now, offices, rules.cutoff)
    ]


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
