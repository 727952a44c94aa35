"""The filter bar: what is typed wrongly has its sentence, stays typed, and finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

import pytest

from app import clock
from app.rules.vocabulary import ApplicationState
from models import Officer
from tests import factories
from tests.views.backoffice.office_door import OfficeDoor, table, words
from views.backoffice.filters import parse_day

LIST = "/backoffice/applications/list/"
Enter = Callable[[Officer], OfficeDoor]


@pytest.fixture
def door(signed_in: Enter) -> OfficeDoor:
    """An officer's browser at an agency with cases in each state, on three days."""
    agency = factories.agency(name="桃園女子監獄", code="2477")
    for number, state, day in (
        ("0601", ApplicationState.PENDING, date(2026, 3, 1)),
        ("0602", ApplicationState.PENDING, date(2026, 3, 3)),
        ("0603", ApplicationState.APPROVED, date(2026, 3, 2)),
        ("0604", ApplicationState.REJECTED, date(2026, 3, 3)),
    ):
        sent = {"submitted_at": clock.at(day, time(23, 30)), "applied_on": day}
        factories.application(about=factories.inmate(agency, number=number), state=state, **sent)
    return signed_in(factories.officer(agency))


def found(door: OfficeDoor, **query: str) -> list[str]:
    return sorted(re.match(r"\d+", row[1])[0] for row in table(door.get(LIST, **query)))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["0601", "0602"]),
        ({"state": ""}, ["0601", "0602", "0603", "0604"]),
        ({"state": "approved"}, ["0603"]),
        ({"state": "", "number": "0604"}, ["0604"]),
        ({"state": "", "number": "  ０６０４ "}, ["0604"]),
        ({"number": "060"}, []),
        ({"state": "", "from": "2026-03-02"}, ["0602", "0603", "0604"]),
        ({"state": "", "until": "2026/3/2"}, ["0601", "0603"]),
        ({"state": "", "from": "20260302", "until": "2026-03-02"}, ["0603"]),
    ],
)
def test_filters_find_what_they_say(door: OfficeDoor, query: dict[str, str], numbers: list[str]) -> None:
    assert found(door, **query) == numbers


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"agency": "nonsense"}, "查無此機關，或您無權查看。"),
        ({"agency": "00000000-0000-0000-0000-000000000000"}, "查無此機關，或您無權查看。"),
        ({"state": "granted"}, "「審核狀態」沒有這個選項"),
        ({"state": "partly_approved"}, "「審核狀態」沒有這個選項"),
        ({"number": "0" * 51}, "「呼號」至多50個字"),
        ({"number": "06\x0001"}, "「呼號」含有無法辨識的字元"),
        ({"from": "2026-02-30"}, "「申請日期」須為存在的日期"),
        ({"until": "yesterday"}, "「申請日期」須為存在的日期"),
        ({"from": "9999-12-31"}, "「申請日期」須為存在的日期"),
        ({"from": "2026-03-03", "until": "2026-03-01"}, "「申請日期」之起日不可晚於迄日"),
    ],
)
def test_mistakes_have_their_sentence_and_find_nothing(
    door: OfficeDoor, query: dict[str, str], sentence: str, each_database: str
) -> None:
    answer = door.get(LIST, **query)
    assert answer.status_code == 200
    assert sentence in words(answer)
    assert table(answer) == []


def test_what_was_typed_stays(door: OfficeDoor) -> None:
    page = door.get(LIST, number="0601", state="rejected", **{"from": "2026/13/40", "until": "2026/3/3"}).text
    assert 'name="number" value="0601"' in page
    assert '<option value="rejected" selected>' in page
    assert 'type="text" id="filter-from" name="from" value="2026/13/40"' in page, "a date field would show nothing"
    assert 'type="date" id="filter-until" name="until" value="2026-03-03"' in page


def test_a_foreign_agency_reads_like_one_that_does_not_exist(door: OfficeDoor) -> None:
    foreign = factories.agency()
    assert "查無此機關，或您無權查看。" in words(door.get(LIST, agency=foreign.id))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-03", date(2026, 3, 3)),
        ("2026/3/3", date(2026, 3, 3)),
        ("２０２６．３．３", date(2026, 3, 3)),
        ("20260303", date(2026, 3, 3)),
        ("115/3/3", None),
        ("2026-03", None),
        ("2026-3-3-3", None),
        ("", None),
        ("--", None),
        ("0000-01-01", None),
        ("9223372036854775808", None),
        ("2026-03-" + "9" * 30, None),
    ],
)
def test_days_are_read_as_browsers_and_officers_write_them(typed: str, day: date | None) -> None:
    assert parse_day(typed) == day
