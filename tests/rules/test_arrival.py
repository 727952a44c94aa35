"""A lawyer's announced arrival: which day and time may be booked, told in words when not, and the tally."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import TAIPEI
from app.errors import RuleError
from app.rules.arrival import (
    STEPS,
    ArrivalOutside,
    ArrivalStep,
    ArrivalWindows,
    CutoffPassed,
    DayOff,
    DayPast,
    TooFarAhead,
    bookable_days,
    check_arrival,
    next_bookable_day,
    tally,
)
from app.rules.calendar import WorkCalendar, official_days

CALENDAR = WorkCalendar({day: info for year in (2025, 2026, 2027) for day, info in official_days(year).items()})
WINDOWS = ArrivalWindows.from_parameters({})
CUTOFF = time(16)
LABELS = [
    "8:30-09:00",
    "09:00-10:00",
    "10:00-11:00",
    "11:00-12:00",
    "13:30-14:00",
    "14:00-15:00",
    "15:00-16:00",
    "其他",
]


def taiwan(text: str) -> datetime:
    """An instant as the database keeps it (UTC), from what a clock in Taiwan shows."""
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI).astimezone(UTC)


def book(day: str, at: str = "10:30", *, now: str, calendar: WorkCalendar = CALENDAR, days_ahead: int = 14) -> None:
    check_arrival(
        date.fromisoformat(day),
        time.fromisoformat(at),
        windows=WINDOWS,
        calendar=calendar,
        now=taiwan(now),
        cutoff=CUTOFF,
        days_ahead=days_ahead,
        agency_name="桃園女子監獄",
    )


@pytest.mark.parametrize(
    ("day", "at", "now"),
    [
        ("2026-03-10", "09:00", "2026-03-09 15:59:59"),
        ("2026-03-10", "11:00", "2026-03-09 00:00"),
        ("2026-03-10", "14:00", "2026-03-06 23:00"),
        ("2026-03-24", "16:00", "2026-03-10 12:00"),
        ("2026-02-23", "10:30", "2026-02-13 15:59"),
        ("2025-02-08", "10:30", "2025-02-07 15:00"),
        ("2025-02-10", "10:30", "2025-02-08 15:59"),
    ],
)
def test_an_arrival_within_the_rules_is_taken(day, at, now):
    book(day, at, now=now)


@pytest.mark.parametrize(
    ("day", "at", "now", "error", "sentence"),
    [
        (
            "2026-03-09",
            "10:30",
            "2026-03-10 10:00",
            DayPast,
            "2026年3月9日（星期一）已過，無法預約。最近可預約日期為2026年3月11日（星期三）。",
        ),
        (
            "2026-03-25",
            "10:30",
            "2026-03-10 10:00",
            TooFarAhead,
            "目前僅開放預約至2026年3月24日（星期二）（14天內）。請改選該日以前之日期，或屆時再行預約。",
        ),
        (
            "2026-10-10",
            "10:30",
            "2026-10-05 10:00",
            DayOff,
            "2026年10月10日（星期六）為國慶日，該機關不辦理接見。最近可預約日期為2026年10月12日（星期一）。",
        ),
        (
            "2026-03-10",
            "10:30",
            "2026-03-09 16:00:00",
            CutoffPassed,
            "2026年3月10日（星期二）之接見已於2026年3月9日（星期一）16:00截止線上預約。"
            "請改選2026年3月11日（星期三）以後日期，或電洽機關、逕至現場辦理。",
        ),
        (
            "2026-02-23",
            "10:30",
            "2026-02-13 16:00",
            CutoffPassed,
            "2026年2月23日（星期一）之接見已於2026年2月13日（星期五）16:00截止線上預約。"
            "請改選2026年2月24日（星期二）以後日期，或電洽機關、逕至現場辦理。",
        ),
        (
            "2026-03-12",
            "10:32",
            "2026-03-10 10:00",
            ArrivalStep,
            "預計到達時間以5分鐘為單位。請重新選擇，例如10點30分或10點35分。",
        ),
        (
            "2026-03-12",
            "11:05",
            "2026-03-10 10:00",
            ArrivalOutside,
            "預計到達時間須在桃園女子監獄開放之09:00~11:00或14:00~16:00內。",
        ),
    ],
)
def test_a_refusal_names_the_rule_and_the_way_out(day, at, now, error, sentence):
    with pytest.raises(error) as refused:
        book(day, at, now=now)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("day", "at", "now", "error"),
    [
        ("2026-03-08", "23:03", "2026-03-10 10:00", DayPast),  # a past Sunday
        ("0001-01-01", "10:30", "2026-03-10 10:00", DayPast),
        ("9999-12-31", "10:30", "2026-03-10 10:00", TooFarAhead),
        ("2026-03-29", "23:03", "2026-03-10 10:00", TooFarAhead),  # a Sunday too far ahead
        ("2026-03-15", "23:03", "2026-03-13 17:00", DayOff),
        ("2026-03-11", "23:03", "2026-03-10 17:00", CutoffPassed),
        ("2026-03-10", "10:30", "2026-03-10 00:00", CutoffPassed),  # today is closed, not past
        ("2026-03-14", "10:30", "2026-03-14 10:00", DayOff),
        ("2026-03-12", "23:03", "2026-03-10 10:00", ArrivalStep),
        ("2026-03-12", "10:30:01", "2026-03-10 10:00", ArrivalStep),
        ("2026-03-12", "08:55", "2026-03-10 10:00", ArrivalOutside),
        ("2026-03-12", "13:55", "2026-03-10 10:00", ArrivalOutside),
    ],
)
def test_the_first_broken_rule_is_the_one_told(day, at, now, error):
    with pytest.raises(error):
        book(day, at, now=now)


def test_the_day_in_taiwan_counts_not_the_day_in_utc():
    """At 07:00 on the 11th in Taiwan it is still the 10th in UTC."""
    with pytest.raises(DayPast):
        book("2026-03-10", now="2026-03-11 07:00")


def test_a_closure_is_told_with_the_next_day_that_can_be_booked():
    closed = WorkCalendar(CALENDAR.days, {date(2026, 3, 12): "消毒作業"})
    with pytest.raises(DayOff) as refused:
        book("2026-03-12", now="2026-03-10 10:00", calendar=closed)
    assert "為消毒作業，" in str(refused.value)
    assert "2026年3月13日（星期五）" in str(refused.value)


def test_a_day_off_at_the_end_of_the_window_points_back_to_what_is_open():
    with pytest.raises(DayOff) as refused:
        book("2026-03-15", now="2026-03-10 10:00", days_ahead=5)
    assert str(refused.value.values["next"]) == "2026年3月11日（星期三）"


def test_the_days_on_offer_over_the_new_year():
    days = bookable_days(taiwan("2026-02-13 15:59:59"), CALENDAR, CUTOFF, 14)
    assert days == [date(2026, 2, day) for day in (23, 24, 25, 26)]
    assert bookable_days(taiwan("2026-02-13 16:00"), CALENDAR, CUTOFF, 14) == days[1:]
    assert bookable_days(taiwan("2026-02-13 16:00"), CALENDAR, CUTOFF, 5) == []
    assert next_bookable_day(taiwan("2026-02-13 16:00"), CALENDAR, CUTOFF) == date(2026, 2, 24)


def test_the_windows_offer_their_ends_and_every_five_minutes():
    choices = WINDOWS.choices()
    assert [choices[0], choices[24], choices[25], choices[-1]] == [time(9), time(11), time(14), time(16)]
    assert len(choices) == 50
    assert (WINDOWS.morning_text, WINDOWS.afternoon_text) == ("09:00~11:00", "14:00~16:00")


@pytest.mark.parametrize(
    ("at", "half_day"),
    [
        ("08:59", None),
        ("09:00", "morning"),
        ("11:00", "morning"),
        ("11:00:01", None),
        ("14:00", "afternoon"),
        ("16:00", "afternoon"),
        ("16:01", None),
    ],
)
def test_both_ends_belong_to_a_window(at, half_day):
    assert WINDOWS.half_day(time.fromisoformat(at)) == half_day
    assert WINDOWS.contains(time.fromisoformat(at)) == (half_day is not None)


def test_an_agencys_own_hours_are_read_from_its_parameters():
    own = ArrivalWindows.from_parameters({"RAS": "08:30", "RFE": "17:00"})
    assert (own.morning_text, own.afternoon_text) == ("08:30~11:00", "14:00~17:00")


@pytest.mark.parametrize(
    ("at", "label"),
    [
        ("08:29:59", "其他"),
        ("08:30", "8:30-09:00"),
        ("09:00", "09:00-10:00"),
        ("10:30", "10:00-11:00"),
        ("11:00", "11:00-12:00"),
        ("12:00", "其他"),
        ("13:30", "13:30-14:00"),
        ("14:00", "14:00-15:00"),
        ("15:59", "15:00-16:00"),
        ("16:00", "15:00-16:00"),
        ("16:05", "其他"),
    ],
)
def test_each_arrival_counts_in_one_band(at, label):
    assert [str(band) for band, count in tally([time.fromisoformat(at)]) if count] == [label]


def test_an_empty_tally_shows_every_band():
    assert [(str(label), count) for label, count in tally([])] == [(label, 0) for label in LABELS]


@given(st.lists(st.times()))
def test_the_tally_counts_everybody_once(arrivals):
    counted = tally(arrivals)
    assert [str(label) for label, _ in counted] == LABELS
    assert sum(count for _, count in counted) == len(arrivals)


ends = st.lists(st.sampled_from(STEPS), min_size=4, max_size=4, unique=True).map(sorted)


@given(ends)
def test_exactly_the_choices_are_taken(four):
    windows = ArrivalWindows((four[0], four[1]), (four[2], four[3]))
    choices = windows.choices()
    assert set(four) <= set(choices)
    assert choices == sorted(choices)
    assert all(windows.contains(at) for at in choices)
    assert not any(windows.contains(at) for at in STEPS if at not in choices)


@given(st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)), st.integers(1, 60), st.integers(-3, 70))
def test_a_day_is_taken_exactly_when_it_is_on_offer(moment, days_ahead, distance):
    now = moment.replace(tzinfo=TAIPEI)
    day = now.date() + timedelta(days=distance)
    offered = bookable_days(now, CALENDAR, CUTOFF, days_ahead)
    try:
        book(day.isoformat(), now=moment.isoformat(), days_ahead=days_ahead)
    except RuleError as refusal:
        assert day not in offered
        assert "%(" not in str(refusal)
    else:
        assert day in offered
        assert now.date() < day <= now.date() + timedelta(days=days_ahead)
        assert now < CALENDAR.deadline_before(day, CUTOFF)


@given(st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)))
def test_the_next_bookable_day_is_the_first_on_offer(moment):
    now = moment.replace(tzinfo=TAIPEI)
    assert bookable_days(now, CALENDAR, CUTOFF, 30)[0] == next_bookable_day(now, CALENDAR, CUTOFF)
