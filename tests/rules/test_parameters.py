"""Parameters of an agency: the manual's rows, what each accepts, and the two windows together."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleError
from app.rules import parameters
from app.rules.parameters import (
    DEFINITIONS,
    MANUAL_DEFINITIONS,
    OTHER_DEFINITIONS,
    ParameterNotNumber,
    ParameterNotTime,
    ParameterOutOfRange,
    ParameterPathInvalid,
    ParameterRange,
    ParameterStep,
    ParameterUnknown,
    check_windows,
    number,
    parse_value,
    time_of_day,
)


def test_the_manuals_rows_stand_in_the_manuals_order_with_its_words():
    assert [(row.code.value, str(row.meaning)) for row in MANUAL_DEFINITIONS] == [
        ("A", "行動接見時間(分)"),
        ("B", "錄影檔案存放路徑"),
        ("C", "家庭聯絡簿發送間隔(天)"),
        ("RAE", "現場律師接見上午時間迄"),
        ("RAS", "現場律師接見上午時間起"),
        ("RFE", "現場律師接見下午時間迄"),
        ("RFS", "現場律師接見下午時間起"),
    ]


def test_the_defaults_are_the_manuals_with_from_before_until():
    assert {code: row.default for code, row in DEFINITIONS.items()} == {
        "A": "20",
        "B": "",
        "C": "10",
        "RAS": "09:00",
        "RAE": "11:00",
        "RFS": "14:00",
        "RFE": "16:00",
        "CUTOFF": "16:00",
        "AHEAD": "14",
        "REMIND": "24",
        "BOOKCHARS": "1000",
        "BOOKPICS": "3",
        "BOOKSTRIKES": "0",
        "BOOKSTOP": "30",
        "BOOKJUV": "0",
        "BOOKWAIT": "30",
        "MOBJOIN": "機關以您登記之聯絡方式所通知之連線方式",
        "REMJOIN": "請先洽接見機關，確認前往報到之矯正機關遠距接見室",
        "MOBJOINEN": "",
        "REMJOINEN": "",
    }
    check_windows({})


@pytest.mark.parametrize("row", MANUAL_DEFINITIONS + OTHER_DEFINITIONS, ids=lambda row: row.code.value)
def test_every_default_is_a_value_that_may_be_typed(row):
    assert parse_value(row.code.value, row.default) == row.default


@pytest.mark.parametrize(
    ("code", "typed", "stored"),
    [
        ("A", " 30 ", "30"),
        ("A", "０３０", "30"),
        ("B", r" \\nas01\錄影\律見 ", r"\\nas01\錄影\律見"),
        ("B", "", ""),
        ("B", "路" * 200, "路" * 200),
        ("RAS", "9:00", "09:00"),
        ("RAS", "０８：３０", "08:30"),
        ("CUTOFF", "15:59", "15:59"),
        ("AHEAD", "90", "90"),
        ("REMIND", "168", "168"),
        ("REMIND", "1", "1"),
    ],
)
def test_a_value_is_stored_in_one_form(code, typed, stored):
    assert parse_value(code, typed) == stored


@pytest.mark.parametrize(
    ("code", "typed", "error"),
    [
        ("A", "0", ParameterOutOfRange),
        ("A", "121", ParameterOutOfRange),
        ("C", "0", ParameterOutOfRange),
        ("C", "-5", ParameterOutOfRange),
        ("C", "9" * 5000, ParameterOutOfRange),
        ("AHEAD", "0", ParameterOutOfRange),
        ("AHEAD", "91", ParameterOutOfRange),
        ("REMIND", "0", ParameterOutOfRange),
        ("A", "二十", ParameterNotNumber),
        ("A", "10.5", ParameterNotNumber),
        ("A", "", ParameterNotNumber),
        ("RAS", "25:00", ParameterNotTime),
        ("RAS", "24:00", ParameterNotTime),
        ("RAS", "09:60", ParameterNotTime),
        ("RAS", "0900", ParameterNotTime),
        ("RAS", "", ParameterNotTime),
        ("CUTOFF", "下午四點", ParameterNotTime),
        ("RAS", "09:03", ParameterStep),
        ("RFE", "16:01", ParameterStep),
        ("B", "路" * 201, ParameterPathInvalid),
        ("B", "a\x00b", ParameterPathInvalid),
        ("B", "a\nb", ParameterPathInvalid),
        ("B", "a\u202eb", ParameterPathInvalid),
        ("X", "1", ParameterUnknown),
    ],
)
def test_a_wrong_value_is_refused_by_the_rule_it_breaks(code, typed, error):
    with pytest.raises(error) as refused:
        parse_value(code, typed)
    assert "%(" not in str(refused.value)
    assert str(refused.value).endswith("。")


def test_a_refusal_names_the_row_and_its_limits():
    with pytest.raises(ParameterOutOfRange) as refused:
        parse_value("C", "0")
    assert refused.value.field == "C"
    assert str(refused.value) == "「家庭聯絡簿發送間隔(天)」須在1至365之間，不可為0。請重新輸入。"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"RAS": "11:00", "RAE": "09:00"}, "RAS"),  # as crossed on the manual's screen
        ({"RAS": "09:00", "RAE": "09:00"}, "RAS"),
        ({"RFS": "16:00", "RFE": "14:00"}, "RFS"),
        ({"RFS": "16:00"}, "RFS"),
        ({"RAE": "14:30"}, "RFS"),
        ({"RAE": "14:00"}, "RFS"),
        ({"RAS": "14:00", "RAE": "16:00", "RFS": "09:00", "RFE": "11:00"}, "RFS"),
    ],
)
def test_windows_that_are_empty_or_overlap_are_refused(values, field):
    with pytest.raises(ParameterRange) as refused:
        check_windows(values)
    assert refused.value.field == field
    assert str(refused.value) == "「起」須早於「迄」，且上午與下午時段不得重疊。"


@pytest.mark.parametrize("values", [{"RAS": "08:30", "RAE": "13:55"}, {"RFS": "13:30", "RFE": "17:00"}])
def test_other_hours_are_an_agencys_own_affair(values):
    check_windows(values)


times = st.builds(time, st.integers(0, 23), st.integers(0, 59).map(lambda minute: minute - minute % 5))


@given(times, times, times, times)
def test_windows_pass_exactly_when_the_four_ends_rise(morning_start, morning_end, afternoon_start, afternoon_end):
    ends = [morning_start, morning_end, afternoon_start, afternoon_end]
    values = dict(zip(("RAS", "RAE", "RFS", "RFE"), (f"{end:%H:%M}" for end in ends), strict=True))
    rise = ends == sorted(set(ends))
    try:
        check_windows(values)
    except ParameterRange:
        assert not rise
    else:
        assert rise


@given(st.sampled_from(sorted(DEFINITIONS)), st.text(max_size=12))
def test_any_text_is_stored_for_good_or_refused_by_name(code, typed):
    try:
        stored = parse_value(code, typed)
    except RuleError:
        return
    assert parse_value(code, stored) == stored


def test_an_agency_reads_its_own_value_or_the_default():
    assert number({"AHEAD": "30"}, "AHEAD") == 30
    assert number({}, "AHEAD") == 14
    assert time_of_day({"CUTOFF": "15:00"}, "CUTOFF") == time(15)
    assert time_of_day({}, parameters.ParameterCode.BOOKING_CUTOFF) == time(16)
