"""Lists: every row once, whatever is typed into the address, and at the same price however long they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event

from app import clock
from app.extensions import db
from app.rules.vocabulary import ApplicationState
from app.transaction import transaction
from models import Agency, Officer, ServiceApplication
from tests import factories
from tests.views.backoffice.office_door import OfficeDoor, link, table, words
from views.backoffice import paging

LIST = "/backoffice/applications/list/"
Enter = Callable[[Officer], OfficeDoor]


def pending(of: Agency, count: int, same_instant: bool = True) -> list[ServiceApplication]:
    """Applications at an agency, sent at the same instant (the order must not depend on luck) or one by one."""
    with transaction():
        subject = [factories.inmate(of) for _row in range(count)]
        applicant = factories.applicant()
        step = timedelta(0) if same_instant else timedelta(minutes=1)
        start = clock.now() - timedelta(days=1)
        return [
            factories.application(applicant, about, submitted_at=start + place * step)
            for place, about in enumerate(subject)
        ]


def inmates_on(page: object) -> list[str]:
    return [re.match(r"\d+", row[1])[0] for row in table(page)]  # type: ignore[arg-type,index]


def walk(door: OfficeDoor, start: str, turn: str) -> list[list[str]]:
    """The pages from an address on, always turning by the link with these words."""
    pages, address = [], start
    while address:
        page = door.get(address)
        pages.append(inmates_on(page))
        address = link(page, turn) or ""
    return pages


def test_every_row_stands_on_one_page_both_ways(signed_in: Enter, each_database: str) -> None:
    agency, unit = factories.agency(), factories.agency()
    pending(agency, 40), pending(unit, 25)
    door = signed_in(factories.officer(agency, unit))
    forwards = walk(door, LIST, "下一頁")
    assert [len(page) for page in forwards] == [25, 25, 15]
    everything = [number for page in forwards for number in page]
    assert len(set(everything)) == 65, "each row once, though all have the same instant"
    backwards = walk(door, f"{LIST}?end=1", "上一頁")
    assert backwards[0] == everything[-25:], "the end is the order reversed, a full page"
    assert backwards[1] == everything[-50:-25]
    assert backwards[2:] == [everything[:25]], "the way back ends on the first page, a full one"


def test_the_oldest_come_first_and_a_reader_may_turn_that_round(signed_in: Enter, each_database: str) -> None:
    agency = factories.agency()
    rows = pending(agency, 30, same_instant=False)
    numbers = [row.inmate.number for row in rows]
    door = signed_in(factories.officer(agency))
    assert inmates_on(door.get(LIST)) == numbers[:25]
    newest = door.get(LIST, sort="submitted_at", way="desc")
    assert inmates_on(newest) == numbers[::-1][:25]
    assert 'aria-sort="descending"' in newest.text
    assert inmates_on(door.get(link(newest, "下一頁") or "")) == numbers[::-1][25:]


def test_a_decided_row_still_marks_its_place(signed_in: Enter) -> None:
    agency = factories.agency()
    rows = pending(agency, 30, same_instant=False)
    door = signed_in(factories.officer(agency))
    following = link(door.get(LIST), "下一頁") or ""
    with transaction() as session:
        for row in rows[:25]:
            session.merge(row).state = ApplicationState.WITHDRAWN
    assert len(inmates_on(door.get(following))) == 5, "no jump back to the first page after deciding"
    with transaction() as session:
        for row in rows[26:]:
            session.merge(row).state = ApplicationState.WITHDRAWN
    behind = door.get(LIST, after=rows[29].id)
    assert inmates_on(behind) == [rows[25].inmate.number], "behind the end stands the end, not an empty page"


@pytest.mark.parametrize(
    "query",
    [
        {"after": "nonsense"},
        {"before": "00000000-0000-0000-0000-000000000000"},
        {"after": "' OR 1=1 --"},
        {"after": "\x00"},
        {"before": "x" * 3000},
        {"size": "100000"},
        {"size": "-1"},
        {"sort": "password"},
        {"sort": "applicant"},
        {"way": "sideways"},
        {"page_LawyerApplicationView": "abc"},
        {"page_LawyerApplicationView": "99999999999999999999"},
        {"psize_LawyerApplicationView": "100000"},
        {"_oc_LawyerApplicationView": "nope", "_od_LawyerApplicationView": "asc"},
        {"_flt_0_agency": "1"},
        {"back": "%00%ff"},
    ],
)
def test_nonsense_in_the_address_leads_to_the_first_page(
    signed_in: Enter, query: dict[str, str], each_database: str
) -> None:
    agency = factories.agency()
    pending(agency, 26, same_instant=False)
    door = signed_in(factories.officer(agency))
    answer = door.get(LIST, **query)
    assert answer.status_code == 200
    assert inmates_on(answer) == inmates_on(door.get(LIST))


def test_a_foreign_row_is_no_place_in_the_list(signed_in: Enter) -> None:
    agency = factories.agency()
    pending(agency, 26, same_instant=False)
    foreign = factories.application(submitted_at=clock.now())
    door = signed_in(factories.officer(agency))
    assert inmates_on(door.get(LIST, after=foreign.id)) == inmates_on(door.get(LIST))


def test_filters_and_size_stay_from_page_to_page(signed_in: Enter) -> None:
    agency = factories.agency()
    pending(agency, 60)
    door = signed_in(factories.officer(agency))
    page = door.get(LIST, agency=agency.id, size="50", **{"from": "2026-01-01"})
    assert len(inmates_on(page)) == 50
    following = dict(parse_qsl(urlsplit(link(page, "下一頁") or "").query))
    assert {"agency": agency.id, "size": "50", "from": "2026-01-01"}.items() <= following.items()
    review = dict(parse_qsl(urlsplit(link(page, "審核") or "").query))
    assert dict(parse_qsl(review["back"])) == {"agency": agency.id, "size": "50", "from": "2026-01-01"}


def test_counting_stops_at_a_thousand(signed_in: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = factories.agency()
    pending(agency, 12)
    door = signed_in(factories.officer(agency))
    assert "共12筆" in words(door.get(LIST))
    monkeypatch.setattr(paging, "MOST_COUNTED", 10)
    assert "共超過10筆" in words(door.get(LIST))


def statements_of(app: Flask, door: OfficeDoor, path: str) -> list[str]:
    """The statements of one page, sessions and trail apart."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        door.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return [s for s in seen if "browser_session" not in s and "audit_" not in s]


def test_a_page_costs_ten_statements_however_long_the_list_is(app: Flask, signed_in: Enter) -> None:
    agency = factories.agency()
    pending(agency, 2)
    door = signed_in(factories.officer(agency))
    short = statements_of(app, door, LIST)
    pending(agency, 60)
    long = statements_of(app, door, LIST)
    assert len(long) == len(short) <= 10, long
