"""Counting an inmate's visits: is one more allowed on a day, and which day of a period is free again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from app.rules.visit_rules import NoShows, Quota
from app.rules.vocabulary import VisitKind

#: How far ahead "again from" is looked for.
HORIZON_DAYS = 400


@dataclass(frozen=True)
class CountedVisit:
    """A visit that uses an inmate's quota: booked, held for a moment, or done. ``is_open`` is one still to come."""

    kind: VisitKind
    day: date
    is_open: bool = True


def counted(rule: Quota, kind: VisitKind, visits: Iterable[CountedVisit]) -> list[date]:
    """The days of the visits that a rule counts: those of its kinds, else of the kind that is asked for."""
    kinds = rule.kinds or {kind}
    return sorted(visit.day for visit in visits if visit.kind in kinds)


def position(rule: Quota, day: date, days: Sequence[date]) -> int:
    """Which visit of the period one more on ``day`` would be, the first being 1."""
    if rule.period == "rolling_days":
        return _fullest_window(day, days, rule.days) + 1
    first, last = _span(rule, day)
    return sum(first <= other <= last for other in days) + 1


def _span(rule: Quota, day: date) -> tuple[date, date]:
    """The first and the last day of the day, week or month in which ``day`` lies."""
    if rule.period == "day":
        return day, day
    if rule.period == "calendar_week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1)
    return first, first + relativedelta(months=1, days=-1)


def _fullest_window(day: date, days: Sequence[date], length: int) -> int:
    starts = (day - timedelta(days=back) for back in range(length))
    return max(sum(start <= other < start + timedelta(days=length) for other in days) for start in starts)


def free_again_from(rule: Quota, day: date, days: Sequence[date]) -> date | None:
    """The first day after ``day`` on which the rule allows one more; None within sight."""
    for ahead in range(1, HORIZON_DAYS):
        later = day + timedelta(days=ahead)
        if not rule.holds_on(later) or position(rule, later, days) <= rule.times:
            return later
    return None


def closed_until(rule: NoShows, missed: Iterable[date], today: date) -> date | None:
    """Until when booking is closed after missed visits, counted from the last of them; None when it is open.

    Source: 使用通訊設備接見辦法 §15 (three in six months, up to three months).
    """
    days = sorted(missed)
    for last in reversed(days):
        first = last - relativedelta(months=rule.months)
        if sum(first < day <= last for day in days) >= rule.times:
            until = last + relativedelta(months=rule.closed_months)
            if until > today:
                return until
    return None
