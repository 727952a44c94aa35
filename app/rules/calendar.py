"""Working days: which days an agency works, which it takes visits on, and the deadline on the working day before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from holidays import country_holidays

from app.clock import TAIPEI
from app.i18n import _l
from app.rules import closure_words, holiday_words

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class DayInfo:
    """One row of the office calendar: does the agency work that day, and what the day is called."""

    is_working: bool
    name: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """The office calendar of one agency.

    ``days`` is the national calendar (a day that is not in it follows its weekday); ``closures`` are the days on which
    this agency takes no visits although it works, with the reason: they stop visits and never move a deadline.
    """

    days: Mapping[date, DayInfo]
    closures: Mapping[date, str] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether the agency's offices work on this day."""
        info = self.days.get(day)
        return info.is_working if info else day.weekday() < SATURDAY

    def takes_visits(self, day: date) -> bool:
        """Whether lawyers can come on this day: a working day without a closure."""
        return self.is_working(day) and day not in self.closures

    def reason_off(self, day: date) -> Any:
        """Why there are no visits on this day, as a word; None when there are."""
        if self.takes_visits(day):
            return None
        if self.is_working(day):
            return closure_words.worded(self.closures[day]) or _l("停止辦理接見日")
        info = self.days.get(day)
        if info and info.name:
            return holiday_words.worded(info.name)
        if day.weekday() < SATURDAY:
            return _l("放假日")
        return _l("星期六") if day.weekday() == SATURDAY else _l("星期日")

    def previous_working_day(self, day: date) -> date:
        """The last working day strictly before this one."""
        day -= ONE_DAY
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after this one."""
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def deadline_before(self, day: date, at_time: time) -> datetime:
        """The instant, on Taiwan's clock, of this time on the working day before (manual: 16:00)."""
        return datetime.combine(self.previous_working_day(day), at_time, TAIPEI)


def official_days(year: int) -> dict[date, DayInfo]:
    """The government's office calendar of one year: named days off, and the Saturdays worked in their stead.

    Source: ``holidays.Taiwan``, default category only (equal to the published calendar, SPEC §4.4); plain weekends are
    left out. The seed copies it into a table that headquarters may edit.
    """
    official = country_holidays("TW", years=year, language="zh_TW")
    days = {day: DayInfo(False, _official_name(name)) for day, name in official.items()}
    # The library also lists worked Saturdays of other years.
    worked = (day for day in official.weekend_workdays if day.year == year)
    days.update((day, DayInfo(True, "補行上班日")) for day in worked)
    return dict(sorted(days.items()))


def _official_name(name: str) -> str:
    # The library words an exchanged day as a note to itself: 放假日（2025-02-08 補班）.
    return "調整放假" if name.startswith("放假日（") else name.replace("; ", "、")
