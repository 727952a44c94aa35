"""Which rules of online booking the desk breaks, and which nobody may."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from app.errors import RuleError
from app.rules.arrival import ArrivalStep, ArrivalWindows
from app.rules.calendar import WorkCalendar
from app.rules.desk_arrival import (
    ArrivalPast,
    ExceptionReasonMissing,
    OnlineRule,
    broken_rules,
    check_exception,
    half_day,
)
from tests.stillness import taiwan

WINDOWS = ArrivalWindows((time(9), time(11)), (time(14), time(16)))
CALENDAR = WorkCalendar({}, {date(2026, 3, 6): "停電"})


def broken(now: datetime, day: date, at: time) -> list[OnlineRule]:
    return broken_rules(day, at, windows=WINDOWS, calendar=CALENDAR, now=now, cutoff=time(16), days_ahead=14)


@pytest.mark.parametrize(
    ("now", "day", "at", "rules"),
    [
        ("2026-03-03 15:59", date(2026, 3, 4), time(9), ""),
        ("2026-03-03 16:00", date(2026, 3, 4), time(9), "cutoff"),
        ("2026-03-03 09:00", date(2026, 3, 4), time(11, 5), "windows"),
        ("2026-03-03 09:00", date(2026, 3, 6), time(11), "day_off"),
        ("2026-03-03 09:00", date(2026, 3, 7), time(9), "day_off"),
        ("2026-03-03 09:00", date(2026, 3, 17), time(9), ""),
        ("2026-03-03 09:00", date(2026, 3, 18), time(9), "days_ahead"),
        ("2026-03-07 08:00", date(2026, 3, 7), time(12), "day_off cutoff windows"),
    ],
)
def test_what_is_broken(now: str, day: date, at: time, rules: str) -> None:
    assert " ".join(broken(taiwan(now), day, at)) == rules


@pytest.mark.parametrize(
    ("day", "at", "error"),
    [
        (date(2026, 3, 3), time(9), ArrivalPast),
        (date(2026, 3, 2), time(15), ArrivalPast),
        (date(2026, 3, 4), time(9, 1), ArrivalStep),
    ],
)
def test_what_nobody_may(day: date, at: time, error: type[RuleError]) -> None:
    with pytest.raises(error):
        broken(taiwan("2026-03-03 09:00"), day, at)


def test_a_reason_is_kept_only_where_a_rule_is_broken() -> None:
    assert check_exception([], "多餘") is None
    assert check_exception([OnlineRule.CUTOFF], " 法院囑託 ") == "法院囑託"
    with pytest.raises(ExceptionReasonMissing):
        check_exception([OnlineRule.CUTOFF], "　")


def test_outside_the_windows_noon_parts_the_day() -> None:
    assert [half_day(WINDOWS, time(*t)) for t in ((8,), (11, 55), (12,), (17,))] == [
        "morning", "morning", "afternoon", "afternoon",
    ]  # fmt: skip
    past_noon = ArrivalWindows((time(9), time(12, 30)), (time(14), time(16)))
    assert half_day(past_noon, time(12, 15)) == "morning", "a window says more than noon"
