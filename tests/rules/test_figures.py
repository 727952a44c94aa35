"""Weeks, months, rates and middles: pure arithmetic that never divides by zero."""

from __future__ import annotations

from collections import Counter
from datetime import date
from statistics import median as usual_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import figures

TODAY = date(2026, 3, 3)


def test_weeks_begin_on_monday_and_end_now() -> None:
    weeks = figures.weeks_until(TODAY)
    assert (len(weeks), weeks[0], weeks[-1]) == (12, date(2025, 12, 15), date(2026, 3, 2))
    days = (date(2026, 3, 8), date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 9))
    mondays = [weeks[-1], weeks[-1], weeks[-2], date(2026, 3, 9)]
    assert [figures.monday(day) for day in days] == mondays, "Sunday still belongs to its Monday"


@given(st.lists(st.integers(0, 400), max_size=40))
def test_the_middle_is_the_usual_one(waits: list[int]) -> None:
    assert figures.median(Counter(waits)) == (usual_median(waits) if waits else None)
    mean = figures.mean(Counter(waits))
    assert mean is None if not waits else mean == pytest.approx(sum(waits) / len(waits))


def test_of_nothing_there_is_no_rate() -> None:
    assert figures.rate(0, 0) is None and figures.rate(1, 4) == 25


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("", date(2026, 3, 1)),
        ("2026-03", date(2026, 3, 1)),
        ("2025/9", date(2025, 9, 1)),
        ("２０２５１２", date(2025, 12, 1)),
    ],
)
def test_months_as_they_are_typed(typed: str, month: date) -> None:
    assert figures.month_of(typed, TODAY) == month


@pytest.mark.parametrize("typed", ["2026-13", "2026-00", "0000-01", "1911-03", "2026", "march", "2026-03-01", "=1+1"])
def test_what_is_no_month(typed: str) -> None:
    with pytest.raises(figures.MonthInvalid):
        figures.month_of(typed, TODAY)


def test_a_month_that_has_not_begun() -> None:
    assert figures.month_of("2026-03", TODAY) and figures.following(date(2025, 12, 1)) == date(2026, 1, 1)
    with pytest.raises(figures.MonthAhead):
        figures.month_of("2026-04", TODAY)
