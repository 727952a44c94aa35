"""政府行政機關辦公日曆表 as a file: what it says, and where it is wrong."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from app.rules.calendar import DayInfo, official_days
from app.rules.dates import WEEKDAYS
from app.rules.office_calendar import FileNotText, FileTooLong, decode, read

YEAR = 2026
OFFICIAL = official_days(YEAR)


def lines(year: int = YEAR) -> list[list[str]]:
    """The government's file of a year, line by line."""
    found, day = [["西元日期", "星期", "是否放假", "備註"]], date(year, 1, 1)
    while day.year == year:
        info = OFFICIAL.get(day) or DayInfo(day.weekday() < 5)
        found.append([f"{day:%Y%m%d}", WEEKDAYS[day.weekday()], "0" if info.is_working else "2", info.name])
        day += timedelta(days=1)
    return found


def written(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_the_official_file_says_the_official_days(encoding: str) -> None:
    reading = read(decode(written(lines()).encode(encoding)), YEAR)
    assert reading.total == 0
    assert reading.days == OFFICIAL


@pytest.mark.parametrize(
    ("line", "column", "typed", "expected"),
    [
        (5, "西元日期", "20260230", "存在的西元日期"),
        (5, "西元日期", "=1+1", "存在的西元日期"),
        (5, "西元日期", "20250104", "2026年"),
        (5, "西元日期", "20260103", "第4行已有同一日"),
        (6, "星期", "六", "一"),
        (6, "星期", "", "一"),
        (6, "是否放假", "1", "0（上班）或2（放假）"),
        (6, "備註", "長" * 61, "至多60個字"),
    ],
)
def test_a_wrong_cell_is_named(line: int, column: str, typed: str, expected: str) -> None:
    rows = lines()
    rows[line - 1][rows[0].index(column)] = typed
    reading = read(written(rows), YEAR)
    fault = reading.faults[0]
    assert (fault.line, fault.column) == (line, column)
    assert expected in str(fault.expected) and fault.found == (typed if len(typed) < 41 else f"{typed[:40]}…")
    assert reading.days == {}


def test_missing_days_stand_in_spans() -> None:
    rows = lines()
    del rows[60:63]
    reading = read(written(rows), YEAR)
    assert reading.total == 1 and "2026/03/01~2026/03/03" in str(reading.faults[0].found)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "日期,星期\n20260101,四\n", '西元日期,星期,是否放假,備註\n"20260101,四,2,']
)
def test_what_is_no_calendar_has_faults(text: str) -> None:
    assert read(text, YEAR).total > 0


def test_a_file_of_another_year_is_one_mistake_that_names_both_years() -> None:
    reading = read(written(lines(2025)), YEAR)
    (fault,) = reading.faults
    assert (reading.total, fault.line, fault.column, fault.found) == (1, 2, "西元日期", "20250101")
    assert "2026年之日期；本檔全部為2025年" in str(fault.expected)


def test_two_years_in_one_file_are_refused_line_by_line_and_only_the_first_are_named() -> None:
    reading = read(written([*lines(2025), *lines(2024)[1:]]), YEAR)
    assert reading.total == 365 + 366 + 1 and len(reading.faults) == 100


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(FileNotText):
        decode(b"PK\x03\x04\x00\x00\xff\xff")
    with pytest.raises(FileTooLong):
        decode(b"0" * 300_000)
