"""Working days and the deadline on the working day before (SPEC §4.4)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import TAIPEI
from app.rules import holiday_words
from app.rules.calendar import DayInfo, WorkCalendar, official_days

OFFICIAL = {day: info for year in (2024, 2025, 2026, 2027) for day, info in official_days(year).items()}
CALENDAR = WorkCalendar(OFFICIAL)
FOUR = time(16)


@pytest.mark.parametrize(
    ("visit", "deadline_day"),
    [
        ("2026-02-23", "2026-02-13"),
        ("2026-10-12", "2026-10-08"),
        ("2026-09-29", "2026-09-24"),
        ("2026-03-02", "2026-02-26"),
        ("2026-04-07", "2026-04-02"),
        ("2027-02-11", "2027-02-03"),
        ("2025-02-10", "2025-02-08"),
        ("2026-03-10", "2026-03-09"),
    ],
)
def test_the_deadline_falls_on_the_working_day_before(visit, deadline_day):
    deadline = CALENDAR.deadline_before(date.fromisoformat(visit), FOUR)
    assert deadline == datetime.combine(date.fromisoformat(deadline_day), FOUR, TAIPEI)
    assert deadline.utcoffset() == timedelta(hours=8)


def test_the_make_up_saturday_is_worked():
    saturday = date(2025, 2, 8)
    assert saturday.weekday() == 5
    assert OFFICIAL[saturday] == DayInfo(True, "補行上班日")
    assert CALENDAR.is_working(saturday)
    assert not WorkCalendar({}).is_working(saturday)


@pytest.mark.parametrize(("year", "days_off"), [(2024, 115), (2025, 118), (2026, 120)])
def test_the_year_has_the_published_number_of_days_off(year, days_off):
    days = (date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))
    assert sum(not CALENDAR.is_working(day) for day in days) == days_off


@pytest.mark.parametrize("year", [2014, 2015, 2023, 2026])
def test_the_official_days_are_of_their_year_only_and_named(year):
    days = official_days(year)
    assert days
    assert {day.year for day in days} == {year}
    assert list(days) == sorted(days)
    assert all(info.name and "補班" not in info.name and ";" not in info.name for info in days.values())


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-10-09", "國慶日（補假）"),
        ("2026-02-28", "和平紀念日"),
        ("2025-01-27", "調整放假"),
        ("2025-04-04", "兒童節、民族掃墓節"),
        ("2026-03-14", "星期六"),
        ("2026-03-15", "星期日"),
    ],
)
def test_a_day_off_has_a_reason(day, reason):
    assert CALENDAR.reason_off(date.fromisoformat(day)) == reason


def test_a_working_day_has_no_reason():
    assert CALENDAR.reason_off(date(2026, 3, 10)) is None


def test_a_day_off_without_a_name_still_has_words():
    tuesday = date(2026, 3, 10)
    assert WorkCalendar({tuesday: DayInfo(False)}).reason_off(tuesday) == "放假日"
    assert WorkCalendar({}, {tuesday: ""}).reason_off(tuesday) == "停止辦理接見日"


def test_a_closure_stops_visits_and_moves_no_deadline():
    monday, tuesday = date(2026, 3, 9), date(2026, 3, 10)
    closed = WorkCalendar(OFFICIAL, {monday: "消毒作業"})
    assert not closed.takes_visits(monday)
    assert closed.reason_off(monday) == "消毒作業"
    assert closed.deadline_before(tuesday, FOUR) == CALENDAR.deadline_before(tuesday, FOUR)


def test_the_row_of_the_table_wins_over_the_weekday():
    sunday, monday = date(2026, 3, 15), date(2026, 3, 16)
    edited = WorkCalendar({sunday: DayInfo(True, "開放日"), monday: DayInfo(False, "颱風")})
    assert edited.is_working(sunday)
    assert not edited.is_working(monday)
    assert edited.previous_working_day(date(2026, 3, 17)) == sunday
    assert edited.next_working_day(sunday) == date(2026, 3, 17)


days = st.dates(date(2024, 2, 1), date(2027, 11, 30))


@given(days, st.times())
def test_a_deadline_is_always_a_working_day_strictly_before_with_none_between(day, at_time):
    deadline = CALENDAR.deadline_before(day, at_time)
    assert deadline.timetz().replace(tzinfo=None) == at_time
    assert deadline.date() < day
    assert CALENDAR.is_working(deadline.date())
    between = (deadline.date() + timedelta(days=n) for n in range(1, (day - deadline.date()).days))
    assert not any(CALENDAR.is_working(other) for other in between)


@given(days)
def test_next_and_previous_undo_each_other_on_working_days(day):
    working = CALENDAR.next_working_day(day)
    assert CALENDAR.next_working_day(CALENDAR.previous_working_day(working)) == working


@given(days)
def test_a_reason_stands_exactly_where_there_are_no_visits(day):
    assert (CALENDAR.reason_off(day) is None) == CALENDAR.takes_visits(day)


def test_every_official_name_has_its_words() -> None:
    names = {info.name for info in OFFICIAL.values()}
    assert {name.removesuffix("（補假）") for name in names} <= set(holiday_words.NAMES)
    assert str(holiday_words.worded("兒童節（補假）")) == "兒童節（補假）"
    assert holiday_words.worded("廠慶") == "廠慶"  # an officer's own words
