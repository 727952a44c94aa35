"""機關接見時段查詢: when lawyers may arrive at an agency, from which day another rule holds, and the days off ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules import arrival, holiday_words, parameters
from app.rules.arrival import ArrivalWindows
from app.rules.calendar import SATURDAY, DayInfo
from app.rules.effective import Schedule, Setting, days_of_change, values_on
from app.services import visiting
from models import Agency, AgencyParameter

#: How far ahead holidays are announced.
HOLIDAYS_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Period:
    """The arrival windows from a day on."""

    since: date
    windows: ArrivalWindows


@dataclass(frozen=True)
class Hours:
    """One agency's arrival hours of today, and those that are announced."""

    agency: Agency
    windows: ArrivalWindows
    planned: list[Period]
    cutoff: time
    days_ahead: int


@dataclass(frozen=True)
class Holiday:
    """A day that differs from the plain week: off, or a Saturday that is worked."""

    day: date
    name: Any
    is_working: bool


def of(agencies: Sequence[Agency]) -> list[Hours]:
    """The hours of these agencies, in their order; one query for all of them."""
    found: dict[str, dict[str, Setting]] = defaultdict(dict)
    rows = select(AgencyParameter).where(AgencyParameter.agency_id.in_([agency.id for agency in agencies]))
    for row in db.session.scalars(rows):
        found[row.agency_id][row.code] = Setting(row.value, row.next_value, row.next_from_on)
    return [_hours(agency, found[agency.id], clock.today()) for agency in agencies]


def bookable_days(hours: Hours) -> list[date]:
    """The days for which a lawyer can announce an arrival online now."""
    return arrival.bookable_days(
        clock.now(), visiting.lawyers_calendar(hours.agency.id), hours.cutoff, hours.days_ahead
    )


def deadline_of(hours: Hours, day: date) -> datetime:
    """Until when a visit on this day can be booked online."""
    return visiting.calendar().deadline_before(day, hours.cutoff)


def holidays_ahead() -> list[Holiday]:
    """The days of the office calendar in the coming weeks on which offices do not keep the plain week."""
    today = clock.today()
    days = [(d, i) for d, i in sorted(visiting.calendar().days.items()) if today <= d <= today + HOLIDAYS_AHEAD]
    return [Holiday(day, holiday_words.worded(info.name), info.is_working) for day, info in days if _differs(day, info)]


def _differs(day: date, info: DayInfo) -> bool:
    # A named day off on a weekday, or work on a weekend; an ordinary weekend is no news.
    return info.is_working != (day.weekday() < SATURDAY) or bool(info.name and not info.is_working)


def _hours(agency: Agency, schedule: Schedule, today: date) -> Hours:
    windows = {day: ArrivalWindows.from_parameters(values_on(schedule, day)) for day in days_of_change(schedule, today)}
    now = values_on(schedule, today)
    return Hours(
        agency,
        windows.pop(today),
        [Period(day, later) for day, later in windows.items()],
        parameters.time_of_day(now, parameters.ParameterCode.BOOKING_CUTOFF),
        parameters.number(now, parameters.ParameterCode.BOOKING_DAYS_AHEAD),
    )
