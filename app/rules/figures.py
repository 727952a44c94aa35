"""Figures of work: weeks and months, rates without a division by zero, the middle of many waits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from app.errors import RuleError
from app.i18n import _l

K = TypeVar("K")
#: How many weeks the charts of 首頁 show, the running one among them.
WEEKS = 12
#: Before this month the program did not exist.
FIRST_YEAR = 2000
_MONTH = re.compile(r"([0-9]{4})[-/.年]?(0?[1-9]|1[0-2])月?")


class MonthInvalid(RuleError):
    """What was asked for is no month."""

    sentence = _l("統計月份須為存在的西元年月，例如2026-03。請重新選擇。")


class MonthAhead(RuleError):
    """Nothing is known of a month that has not begun."""

    sentence = _l("該月份尚未開始，沒有統計資料。請選擇本月或以前的月份。")


def weeks_until(today: date, number: int = WEEKS) -> list[date]:
    """The Mondays of the last weeks, the running one last."""
    this_week = monday(today)
    return [this_week - timedelta(weeks=n) for n in range(number - 1, -1, -1)]


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def rate(part: int, whole: int) -> float | None:
    """A share in percent; None where there is nothing of which it could be one."""
    return part * 100 / whole if whole else None


def mean(counts: Mapping[int, int]) -> float | None:
    """The mean of values by how often each stands; None of none."""
    number = sum(counts.values())
    return sum(value * times for value, times in counts.items()) / number if number else None


def median(counts: Mapping[int, int]) -> float | None:
    """The middle of values by how often each stands, between the two middle ones where their number is even."""
    number = sum(counts.values())
    if not number:
        return None
    return (_at(counts, (number - 1) // 2) + _at(counts, number // 2)) / 2


def _at(counts: Mapping[int, int], place: int) -> int:
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError(place)


def month_of(typed: str, today: date) -> date:
    """The first day of a typed month (``2026-03``, ``2026/3``, ``202603``); without one, of this month.

    Raises :class:`MonthInvalid`, :class:`MonthAhead`.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return today.replace(day=1)
    found = _MONTH.fullmatch(text)
    if found is None or not int(found[1]) >= FIRST_YEAR:
        raise MonthInvalid("month")
    first = date(int(found[1]), int(found[2]), 1)
    if first > today:
        raise MonthAhead("month")
    return first


def following(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)
