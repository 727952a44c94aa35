"""Filters, pages and counts of the lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app import clock
from app.extensions import db
from app.transaction import transaction
from tests import factories
from tests.views.auditor.rows import LISTS, planted
from views.auditor import pages

ROW = re.compile(r'href="/auditor/\w+/([0-9a-f-]+)/(?:\?[^"]*)?">檢視')


def shown(answer_text: str) -> list[str]:
    return ROW.findall(answer_text)


def link(text: str, word: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*>{word}<', text)
    assert found, f"no {word}"
    return found[1].replace("&amp;", "&")


def many_messages(number: int) -> list[str]:
    with transaction():
        one = factories.applicant()
        start = clock.now()
        ids = [factories.notification(one, queued_at=start + timedelta(seconds=n // 2)).id for n in range(number)]
    return ids


def test_pages_hold_every_row_once_newest_first(auditor: FlaskClient, each_database: str) -> None:
    ids = set(many_messages(60))
    seen: list[str] = []
    text = auditor.get("/auditor/messages/").text
    assert "第一頁" not in text
    while True:
        seen += shown(text)
        if ">下一頁<" not in text:
            break
        text = auditor.get(link(text, "下一頁")).text
    assert len(seen) == 60
    assert set(seen) == ids
    back = []
    while ">上一頁<" in text:
        text = auditor.get(link(text, "上一頁")).text
        back += shown(text)
    assert seen[:25] == shown(text)
    assert set(back) >= set(seen[:50])


def test_the_last_page_is_one_step_away(auditor: FlaskClient) -> None:
    ids = many_messages(60)
    first = auditor.get("/auditor/messages/").text
    last = auditor.get(link(first, "最末頁")).text
    assert ids[0] == shown(last)[-1] or ids[1] == shown(last)[-1]
    assert len(shown(last)) == pages.ROWS
    assert ">下一頁<" not in last


def test_the_oldest_come_first_where_that_is_asked_for(auditor: FlaskClient) -> None:
    wanted = many_messages(60)
    first = auditor.get(link(auditor.get("/auditor/messages/").text, "改為由舊到新排列")).text
    second = auditor.get(link(first, "下一頁")).text
    third = auditor.get(link(second, "下一頁")).text
    seen = shown(first) + shown(second) + shown(third)
    assert set(seen) == set(wanted) and len(seen) == 60 and set(wanted[:24]) < set(shown(first))
    assert shown(auditor.get(link(second, "上一頁")).text) == shown(first)
    assert shown(auditor.get(link(third, "改為由新到舊排列")).text) == seen[::-1][:25]


def test_turning_keeps_the_filters(auditor: FlaskClient) -> None:
    many_messages(30)
    text = auditor.get("/auditor/messages/?state=queued&channel=mail").text
    assert {"state=queued", "channel=mail"} <= set(link(text, "下一頁").split("?")[1].split("&"))


def test_a_record_leads_back_to_the_page_that_was_left(auditor: FlaskClient) -> None:
    many_messages(30)
    first = auditor.get("/auditor/messages/?state=queued").text
    second = auditor.get(link(first, "下一頁")).text
    record = auditor.get(link(second, "檢視")).text
    assert shown(auditor.get(link(record, "回清單")).text) == shown(second)


def test_a_row_that_comes_meanwhile_moves_no_page(auditor: FlaskClient) -> None:
    many_messages(30)
    first = auditor.get("/auditor/messages/").text
    factories.notification(queued_at=clock.now() + timedelta(hours=1))
    assert not set(shown(first)) & set(shown(auditor.get(link(first, "下一頁")).text))


def test_counting_stops_at_the_cap(auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    many_messages(8)
    assert "共8筆" in auditor.get("/auditor/messages/").text
    monkeypatch.setattr(pages, "COUNTED_UP_TO", 5)
    assert "共5+筆" in auditor.get("/auditor/messages/").text


def test_filters_narrow_the_lists(auditor: FlaskClient, each_database: str) -> None:
    rows = planted()
    other = factories.inmate(number="0777")
    factories.application(about=other)
    agency = rows.application.agency_id
    for query, found in (
        (f"agency={agency}", 2),
        ("number=0609", 2),
        ("number=0777&state=pending", 1),
        ("state=approved", 1),
        ("state=expired", 0),
        ("item=family_book", 0),
        ("applied_from=2026-03-03&applied_until=2026-03-03", 3),
        ("applied_from=2026-03-04", 0),
        ("applied_until=2026-03-02", 0),
    ):
        assert len(shown(auditor.get(f"/auditor/applications/?{query}").text)) == found, query
    for query, found in (
        (f"number={rows.reservation.number}", 1),
        ("inmate=0609&kind=lawyer_on_site&visit_from=2026-03-04&visit_until=2026-03-04", 1),
        ("visit_from=2026-03-05", 0),
    ):
        assert len(shown(auditor.get(f"/auditor/bookings/?{query}").text)) == found, query
    for query, found in (("event=service_application.approve", 1), ("actor=system", 0), ("event=roster.print", 0)):
        assert len(shown(auditor.get(f"/auditor/trail/?{query}").text)) == found, query


def test_a_day_is_a_day_in_taiwan(auditor: FlaskClient) -> None:
    factories.notification(queued_at=clock.at(clock.today(), clock.local(clock.now()).time().replace(hour=0, minute=5)))
    assert len(shown(auditor.get("/auditor/messages/?queued_from=2026-03-03&queued_until=2026-03-03").text)) == 1


def test_what_is_wrong_is_named_and_left_out(auditor: FlaskClient) -> None:
    planted()
    text = auditor.get("/auditor/applications/?applied_from=2026-02-30&state=nonsense&agency=x").text
    for field in ("申請日期", "審核狀態", "機關名稱"):
        assert f"「{field}」的內容不正確，這項條件未套用。" in text
    assert len(shown(text)) == 2


WRONG = (
    "",
    "x",
    "-1",
    "%00",
    "%0a",
    "9" * 30,
    "9" * 5000,
    "1_1",
    "99999999999999999999_00000000-0000-0000-0000-000000000001",
    "0_00000000-0000-0000-0000-000000000001",
    "0001-01-01_0_00000000-0000-0000-0000-000000000001",
    "9223372036854775808",
    "0001-01-01",
    "9999-12-31",
    "%27%20or%201=1--",
    "%F0%9F%98%80",
    "%ff%fe",
    "00000000-0000-0000-0000-000000000000",
)
#: Parameters that are tried together: of the pages, of Flask and Flask-Admin, of the filters.
TOGETHER = (
    ("after",),
    ("before",),
    ("end", "page", "page_size", "sort", "desc", "search", "flt0_0", "id", "url", "modal"),
    ("self", "endpoint", "_scheme", "_external", "_anchor", "_method"),
    ("agency", "number", "inmate", "state", "item", "kind", "channel", "actor", "event", "subject", "record"),
    ("applied_from", "visit_from", "queued_from", "at_from"),
    ("applied_until", "visit_until", "queued_until", "at_until"),
)


@pytest.mark.slow
@pytest.mark.parametrize("page", LISTS)
def test_no_parameter_breaks_a_list(auditor: FlaskClient, page: str, each_database: str) -> None:
    planted()
    for wrong in WRONG:
        for names in TOGETHER:
            query = "&".join(f"{name}={wrong}" for name in names)
            assert auditor.get(f"{page}?{query}").status_code == 200, query[:200]


@pytest.mark.parametrize("page", LISTS)
def test_no_key_breaks_a_record(auditor: FlaskClient, page: str, each_database: str) -> None:
    for wrong in WRONG[1:]:
        assert auditor.get(f"{page}{wrong}/").status_code == 404, wrong[:200]
    for record in planted().pages:
        for names in TOGETHER:
            query = "&".join(f"{name}=9999-12-31" for name in names)
            assert auditor.get(f"{record}?{query}").status_code == 200, query


@pytest.mark.parametrize("page", LISTS)
def test_more_rows_cost_no_more_statements(auditor: FlaskClient, page: str) -> None:
    planted()
    auditor.get(page)
    with counted() as few:
        auditor.get(page)
    for _number in range(8):
        planted()
    with counted() as many:
        auditor.get(page)
    assert len(many) == len(few)
    assert len(many) <= 10


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the pages asked for meanwhile; session, reader and trail's own row apart."""
    found: list[str] = []
    apart = ("browser_session", "ab_", "INSERT INTO audit_entry", "UPDATE audit_entry", "officer_agency")

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not any(word in statement for word in apart) and not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
