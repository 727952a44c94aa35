"""From which day on a value is another one, and whether the four windows fit on each day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.effective import (
    EffectiveDayPast,
    EffectiveDayTooFar,
    ParameterRangeLater,
    Setting,
    check_effective_day,
    check_schedule,
    days_of_change,
    values_on,
)
from app.rules.parameters import ParameterRange

TODAY, LATER = date(2026, 3, 3), date(2026, 4, 1)
CODES = ("RAS", "RAE", "RFS", "RFE")


@pytest.mark.parametrize("day", [None, TODAY])
def test_today_and_no_day_mean_at_once(day: date | None) -> None:
    assert check_effective_day(day, TODAY) is None


def test_a_change_begins_within_a_year_and_not_before_today() -> None:
    assert check_effective_day(TODAY + timedelta(days=365), TODAY) == date(2027, 3, 3)
    with pytest.raises(EffectiveDayPast):
        check_effective_day(TODAY - timedelta(days=1), TODAY)
    with pytest.raises(EffectiveDayTooFar) as refused:
        check_effective_day(TODAY + timedelta(days=366), TODAY)
    assert "2027年3月3日（星期三）" in str(refused.value)


def test_the_planned_value_holds_from_its_day_on() -> None:
    setting = Setting("09:00", "08:30", LATER)
    assert [setting.on(LATER + timedelta(days=n)) for n in (-1, 0, 1)] == ["09:00", "08:30", "08:30"]


def test_each_day_of_change_is_checked_and_named() -> None:
    schedule = {"RAS": Setting("09:00", "11:30", LATER), "RAE": Setting("11:00")}
    with pytest.raises(ParameterRangeLater) as refused:
        check_schedule(schedule, TODAY, TODAY)
    assert str(refused.value).startswith("自2026年4月1日（星期三）起之到達時間合併檢查不符：")
    check_schedule({**schedule, "RAE": Setting("11:00", "12:30", LATER)}, TODAY, TODAY)
    with pytest.raises(ParameterRange) as refused:
        check_schedule({"RAS": Setting("11:00")}, TODAY, TODAY)
    assert not isinstance(refused.value, ParameterRangeLater)


def test_other_parameters_are_no_day_of_change() -> None:
    schedule = {"A": Setting("20", "30", LATER), "RFE": Setting("16:00", "16:30", LATER + timedelta(days=1))}
    assert days_of_change(schedule, TODAY) == [TODAY, LATER + timedelta(days=1)]
    assert values_on(schedule, LATER) == {"A": "30", "RFE": "16:00"}


rising = st.lists(st.integers(0, 287), min_size=4, max_size=4, unique=True).map(sorted)


@given(rising, rising)
def test_any_windows_can_be_planned_one_parameter_at_a_time_in_some_order(old: list[int], new: list[int]) -> None:
    """What the form's hint promises: there always is an order in which no step is refused."""

    def text(step: int) -> str:
        return f"{step * 5 // 60:02}:{step * 5 % 60:02}"

    def is_possible(order: tuple[int, ...]) -> bool:
        schedule = {code: Setting(text(step)) for code, step in zip(CODES, old, strict=True)}
        try:
            for place in order:
                code = CODES[place]
                schedule[code] = schedule[code]._replace(next_value=text(new[place]), next_from_on=LATER)
                check_schedule(schedule, LATER, TODAY)
        except ParameterRange:
            return False
        return True

    later = [place for place in (3, 2, 1, 0) if new[place] >= old[place]]
    earlier = [place for place in (0, 1, 2, 3) if new[place] < old[place]]
    assert is_possible((*later, *earlier))
    assert any(map(is_possible, permutations(range(4))))
