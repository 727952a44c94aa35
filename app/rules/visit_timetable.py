"""Which sessions a timetable holds on a day, and the clashes between its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations

from app.clock import TAIPEI
from app.rules.calendar import SATURDAY, WorkCalendar
from app.rules.visit_rules import Line, VisitRulesDocument


@dataclass(frozen=True)
class Slot:
    """One session of one day as the timetable has it."""

    name: str
    day: date
    start: time
    minutes: int
    places: int

    @property
    def starts_at(self) -> datetime:
        """The beginning, on Taiwan's clock."""
        return datetime.combine(self.day, self.start, TAIPEI)

    @property
    def ends_at(self) -> datetime:
        """The end, on Taiwan's clock."""
        return self.starts_at + timedelta(minutes=self.minutes)


def slots_on(rules: VisitRulesDocument, day: date, calendar: WorkCalendar) -> list[Slot]:
    """The sessions of a day, the earliest first; none on a day on which the agency takes no visits."""
    held = [line for line in rules.timetable if is_held(line, day, calendar)]
    return sorted((Slot(n.name, day, n.start, n.minutes, n.places) for n in held), key=lambda slot: slot.start)


def is_held(line: Line, day: date, calendar: WorkCalendar) -> bool:
    """Whether a line of the timetable has its session on this day.

    A weekday off is always off. A Saturday or Sunday is held where the line names it, and a make-up Saturday counts as
    the line's day only where the line says so.
    """
    if (line.from_on and day < line.from_on) or (line.until_on and day > line.until_on) or day in calendar.closures:
        return False
    is_weekend, is_working = day.weekday() >= SATURDAY, calendar.is_working(day)
    if is_weekend and is_working:
        return line.make_up_saturdays and _rhythm(line, day)
    if not is_weekend and not is_working:
        return False
    if is_weekend and day in calendar.days and not calendar.days[day].is_working and calendar.days[day].name:
        return False  # a named holiday that falls on a weekend
    return day.isoweekday() in line.weekdays and _rhythm(line, day)


def _rhythm(line: Line, day: date) -> bool:
    if line.nth_of_month and (day.day - 1) // 7 + 1 not in line.nth_of_month:
        return False
    if line.every_weeks > 1:
        weeks = (_monday(day) - _monday(_first_week(line))).days // 7
        return weeks % line.every_weeks == 0
    return True


def _first_week(line: Line) -> date:
    """The week from which "every n weeks" is counted."""
    return line.from_on or date(2026, 1, 5)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def slots_between(rules: VisitRulesDocument, first: date, last: date, calendar: WorkCalendar) -> Iterator[Slot]:
    """The sessions of a span of days, both ends included, in order."""
    day = first
    while day <= last:
        yield from slots_on(rules, day, calendar)
        day += timedelta(days=1)


def clashes(lines: tuple[Line, ...]) -> Iterator[tuple[Line, Line]]:
    """Pairs of lines of which a session would run into the other's on one day."""
    for one, other in combinations(lines, 2):
        if _may_meet(one, other) and _overlap(one, other):
            yield one, other


def _may_meet(one: Line, other: Line) -> bool:
    same_weekday = bool(one.weekdays & other.weekdays) or (one.make_up_saturdays and other.make_up_saturdays)
    first, last = (
        max(one.from_on or date.min, other.from_on or date.min),
        min(one.until_on or date.max, other.until_on or date.max),
    )
    if first > last or not same_weekday:
        return False
    if one.every_weeks == other.every_weeks > 1:  # in turns, week by week
        weeks = (_monday(_first_week(one)) - _monday(_first_week(other))).days // 7
        if weeks % one.every_weeks:
            return False
    return not one.nth_of_month or not other.nth_of_month or bool(one.nth_of_month & other.nth_of_month)


def _overlap(one: Line, other: Line) -> bool:
    return _minute(one.start) < _minute(other.start) + other.minutes and _minute(other.start) < (
        _minute(one.start) + one.minutes
    )


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
