"""A file of inmates: what is read, and what is refused with line, column, found and expected."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import inmate_cells, inmate_columns, inmate_csv
from app.rules.inmate_columns import TEMPLATE, from_rows
from app.rules.inmate_deliveries import MOST_FAULTS, Delivery
from app.rules.vocabulary import InmateStatus, RestrictionKind
from tests.factories.deliveries import delivered

TODAY = date(2026, 3, 3)


def read(*lines: dict[str, object]) -> Delivery:
    return inmate_csv.read(from_rows(list(lines)), TODAY)


def where(found: Delivery) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in found.faults]


def test_the_template_can_be_read() -> None:
    found = inmate_csv.read(inmate_columns.template(), TODAY)
    assert (found.count, found.fault_count, len(found.lines)) == (2, 0, 2)
    assert found.lines[0].values["number"] == "0609" and found.lines[0].values["birth_date"] == date(1975, 1, 2)
    assert [one.kind for one in found.lines[1].restrictions or ()] == [RestrictionKind.NO_CONTACT_ORDER]


@pytest.mark.parametrize(
    "content",
    [
        inmate_columns.template(),
        inmate_columns.template().decode("utf-8-sig").encode(),
        inmate_columns.template().decode("utf-8-sig").encode("cp950"),
        inmate_columns.template().replace(b"\r\n", b"\n"),
        inmate_columns.template() + b"\r\n,,,\r\n",
    ],
    ids=["utf-8 with a mark", "utf-8", "big5", "lf", "empty lines at the end"],
)
def test_encodings_and_line_ends(content: bytes) -> None:
    assert inmate_csv.read(content, TODAY).fault_count == 0


def test_a_byte_that_cannot_be_read_is_told_by_line() -> None:
    content = from_rows([delivered(姓名="𠮷田"), delivered()]) + b"0001,\xff\xfe,x\n"
    found = inmate_csv.read(content, TODAY)
    assert where(found) == [(4, "")] and found.faults[0].found == "0xFFFE"


@pytest.mark.parametrize("begins", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_is_called_by_its_name(begins: bytes) -> None:
    found = inmate_csv.heading(begins + bytes(range(256)))
    assert where(found) == [(1, "")] and "Excel" in found.faults[0].found.sentence  # type: ignore[union-attr]


def test_a_quoted_line_break_keeps_the_count_of_lines() -> None:
    content = from_rows([delivered(場舍="@"), delivered(出生日期="x")]).replace(b",@,", b',"one\ntwo",')
    assert where(inmate_csv.read(content, TODAY)) == [(4, "出生日期")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"呼號": "=1+1"}, "呼號"),
        ({"場舍": "@SUM(A1)"}, "場舍"),
        ({"場舍": "+886"}, "場舍"),
        ({"場舍": "-1"}, "場舍"),
        ({"場舍": "忠" * 41}, "場舍"),
        ({"呼號": "12345678901"}, "呼號"),
        ({"呼號": ""}, "呼號"),
        ({"姓名": "黃2"}, "姓名"),
        ({"身分證號": "A123456788"}, "身分證號"),
        ({"身分證號": "C1234567"}, "身分證號"),
        ({"出生日期": "113/02/30"}, "出生日期"),
        ({"出生日期": "2026/03/04", "入監所日期": "", "入本監日期": ""}, "出生日期"),
        ({"出生日期": "1800/01/01"}, "出生日期"),
        ({"入監所日期": "2026/03/04", "入本監日期": ""}, "入監所日期"),
        ({"入監所日期": "69/01/01", "入本監日期": ""}, "入監所日期"),
        ({"入本監日期": "113/05/31"}, "入本監日期"),
        ({"出監所日期": "113/05/31", "狀態": "出監"}, "出監所日期"),
        ({"出監所日期": "114/05/31"}, "出監所日期"),
        ({"狀態": "逃"}, "狀態"),
        ({"處分種類": "人犯"}, "處分種類"),
        ({"教化等級": "5"}, "教化等級"),
        ({"性別": "X"}, "性別"),
        ({"限制1種類": "禁足", "限制1起日": "115/01/01"}, "限制1種類"),
        ({"限制1種類": "禁見", "限制1起日": ""}, "限制1起日"),
        ({"限制1種類": "", "限制1起日": "115/01/01"}, "限制1種類"),
        ({"限制1種類": "", "限制1起日": "", "限制1迄日": "115/01/01"}, "限制1種類"),
        ({"限制1種類": "", "限制1起日": "", "限制1說明": "偵查中"}, "限制1種類"),
        ({"出生日期": "1895/12/31"}, "出生日期"),
        ({"身分證號": "QQ-C1234567"}, "身分證號"),
        ({"限制1種類": "禁見", "限制1起日": "115/01/02", "限制1迄日": "115/01/01"}, "限制1迄日"),
    ],
)
def test_what_a_line_may_not_say(cells: dict[str, str], column: str) -> None:
    found = read(delivered(), delivered(**cells))
    assert where(found) == [(3, column)], found.faults
    assert found.faults[0].expected


def test_the_oldest_a_passport_and_a_restriction_of_one_day_are_read() -> None:
    [line] = read(
        delivered(
            出生日期="1896/01/01",
            身分證號="vn-c1234567",
            限制1種類="禁見",
            限制1起日="115/01/02",
            限制1迄日="115/01/02",
        )
    ).lines
    assert (line.values["birth_date"], line.values["id_number"]) == (date(1896, 1, 1), "VN-C1234567")
    assert [(one.from_on, one.until_on) for one in line.restrictions or ()] == [(date(2026, 1, 2), date(2026, 1, 2))]


def test_a_file_of_nothing_is_told_once() -> None:
    head = ",".join(TEMPLATE).encode() + b"\r\n"
    for rest in (b"", b"\r\n,,\r\n", b"0609\r\n"):
        assert len(inmate_csv.read(head + rest, TODAY).faults) == 1


def test_personal_cells_are_not_repeated_in_the_report() -> None:
    found = read(delivered(身分證號="A123456788", 姓名="黃2小萍", 出生日期="113/13/40"))
    assert {fault.found for fault in found.faults} == {"A○○○○○○○○○", "黃○○○", "1○○/○○/○○"}


def test_what_nobody_can_see_is_made_visible() -> None:
    found = read(delivered(場舍="忠\x00一\u200b舍"))
    assert where(found) == [(2, "場舍")] and found.faults[0].found == "忠␀一[U+200B]舍"


def test_twins_are_told_by_line() -> None:
    one = delivered(呼號="0609")
    found = read(one, delivered(呼號="0609"), delivered(呼號="0609", 狀態="出監"), delivered(身分證號=one["身分證號"]))
    assert where(found) == [(3, "呼號"), (5, "身分證號")] and ("line", 2) in found.faults[0].expected.values


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ([*TEMPLATE, "綽號"], ["綽號"]),
        ([*TEMPLATE, "呼號"], ["呼號"]),
        ([name for name in TEMPLATE if name != "狀態"], ["狀態"]),
        ([*TEMPLATE, "限制5迄日"], ["限制5種類", "限制5起日"]),
    ],
)
def test_unknown_double_and_missing_columns(head: list[str], columns: list[str]) -> None:
    content = ",".join(head).encode()
    assert where(inmate_csv.heading(content)) == [(1, name) for name in columns]


def test_all_faults_are_counted_and_the_first_ones_listed() -> None:
    lines = [delivered(出生日期="x") for _number in range(MOST_FAULTS + 10)]
    found = read(*lines)
    assert (found.fault_count, len(found.faults)) == (MOST_FAULTS + 10, MOST_FAULTS)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("113/06/01", date(2024, 6, 1)),
        ("1130601", date(2024, 6, 1)),
        ("990601", date(2010, 6, 1)),
        ("民國113年6月1日", date(2024, 6, 1)),
        ("2024-6-1", date(2024, 6, 1)),
        ("20240601", date(2024, 6, 1)),
        ("１１３．６．１", date(2024, 6, 1)),
    ],
)
def test_days_of_both_calendars(typed: str, day: date) -> None:
    assert inmate_cells.day(typed) == day


@given(st.dates(date(1912, 1, 1), date(2200, 12, 31)))
def test_a_day_reads_the_same_in_both_calendars(day: date) -> None:
    roc = f"{day.year - 1911:02}/{day.month:02}/{day.day:02}"
    assert inmate_cells.day(roc) == inmate_cells.day(day.isoformat()) == day


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    head = ",".join(TEMPLATE).encode() + b"\n"
    for file in (content, head + content):
        found = inmate_csv.read(file, TODAY)
        assert found.fault_count or found.lines


def test_an_empty_status_is_one_fault() -> None:
    assert where(read(delivered(狀態=""))) == [(2, "狀態")]
    assert read(delivered(狀態="已出監（所）")).lines[0].values["status"] is InmateStatus.RELEASED
