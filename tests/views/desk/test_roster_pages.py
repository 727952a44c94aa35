"""列印預約現場律師接見清冊 (CJALF247R): choose, freeze, fetch."""

from __future__ import annotations

import logging
from dataclasses import fields
from io import BytesIO
from urllib.parse import unquote

import pypdfium2
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import BookingSource, ReservationState
from models import Agency, AuditEntry, RosterEdition
from reports import fonts
from reports.roster import RosterRow
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk
from tests.views.desk.test_booking_review import booked
from views.backoffice import roster_sheets

ADDRESS = "/backoffice/desk/rosters/"
PRINT = "確認列印"
APPROVED = {"state": ReservationState.APPROVED}


@pytest.fixture
def visits(agency: Agency) -> None:
    """Tomorrow: two decided visits, one of them by telephone, and one that waits."""
    booked(agency, "2026-03-04 14:00", "鄭昱", visitor_name="陳𠮷豪", **APPROVED)
    booked(agency, "2026-03-04 09:00", "黃小萍", source=BookingSource.PHONE, **APPROVED)
    booked(agency, "2026-03-04 10:00", "周喆")


def editions() -> list[RosterEdition]:
    return list(db.session.scalars(select(RosterEdition).order_by(RosterEdition.edition)))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_next_working_day_is_offered_with_what_waits(desk: Office, visits: None) -> None:
    page = desk.opens(ADDRESS)
    assert page.form(button="查詢").filled({})["day"] == ["2026-03-04"]
    assert "審核通過 2件" in page.words(".dk-numbers") and "待審核 1件" in page.words(".dk-numbers")
    assert "2026年3月4日（星期三）尚有1件預約未審核，另列於「待核」區。" in page.text
    assert "2026年3月7日（星期六）無預約現場律師接見案件。" in desk.opens(f"{ADDRESS}?day=2026-03-07").text


def test_printing_numbers_editions_one_after_another(
    each_database: str, desk: Office, visits: None, clock_at: StoppedClock
) -> None:
    for number in (1, 2):
        clock_at.passes(minutes=1)
        desk.opens(ADDRESS)
        page = desk.submits(button=PRINT)
        assert f"版次 第{number}版" in page.words(".dk-numbers")
        assert "林美玲" in page.words(".dk-numbers")
    assert [(e.edition, e.source_filter) for e in editions()] == [(1, ""), (2, "")]
    assert [row[2] for row in page.rows()] == ["第2版", "第1版"]
    desk.opens(f"{ADDRESS}?source=phone")
    assert "版次 第1版" in desk.submits(button=PRINT).words(".dk-numbers")


def joined(text: str) -> str:
    """The text without its line breaks: a narrow cell breaks where it likes."""
    return "".join(text.split())


def test_the_paper_has_full_names_and_page_numbers(desk: Office, visits: None) -> None:
    desk.opens(ADDRESS)
    page = desk.submits(button=PRINT)
    answer = desk.client.get(page.link("開啟清冊列印"))
    assert answer.mimetype == "application/pdf"
    paper = text_of(answer.data)
    for words in (
        "法務部矯正署桃園女子監獄",
        "預約現場律師接見清冊",
        "接見日期：中華民國115年3月4日（星期三）",
        "預約方式：全部",
        "版次：第1版",
        "列印時間：中華民國115年3月3日9時0分",
        "列印人員：林美玲",
        "第1頁，共1頁",
        fonts.drawable("陳𠮷豪"),  # drawn, or named where no font of this machine has it
        "黃小萍",
        "待核（未審核案件）",
        "周喆",
        "合計2件（線上1件、電話1件），接見人2人、提帶收容人2人；各時段人數：09:00-10:00 1人、14:00-15:00 1人",
        "中央台簽收",
    ):
        assert joined(words) in joined(paper), words


def test_words_that_were_frozen_in_chinese_are_read_in_english(app: Flask) -> None:
    frozen = dict.fromkeys((field.name for field in fields(RosterRow)), "")
    frozen |= {"visitor": "李律師", "capacity": "律師", "source": "電話"}
    frozen |= {"companions": "許書瑋（學習律師）、阮氏梅（通譯）", "remarks": "須通譯、首次接見"}
    with app.test_request_context():
        assert roster_sheets._row(frozen).companions == frozen["companions"]
        with force_locale("en"):
            row = roster_sheets._row(frozen)
    assert (row.visitor, row.capacity, row.source) == ("李律師", "Lawyer", "Telephone")
    assert row.companions == "許書瑋 (Trainee lawyer), 阮氏梅 (Interpreter)" and row.remarks.startswith("Interpreter, ")


def test_the_file_has_a_chinese_name_and_is_kept_by_nobody(desk: Office, visits: None) -> None:
    desk.opens(ADDRESS)
    page = desk.submits(button=PRINT)
    for link, kind in (("開啟清冊列印", "inline"), ("下載PDF", "attachment")):
        headers = desk.client.get(page.link(link)).headers
        name = headers["Content-Disposition"]
        assert name.startswith(kind) and "no-store" in headers["Cache-Control"]
        assert "filename*=UTF-8''預約現場律師接見清冊_桃園女子監獄_20260304_全部_第1版.pdf" in unquote(name)
    reads = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "roster.download")).all()
    assert [entry.subject_id for entry in reads] == [editions()[0].id] * 2


def test_an_edition_stays_as_it_was_printed(desk: Office, agency: Agency, visits: None) -> None:
    desk.opens(ADDRESS)
    page = desk.submits(button=PRINT)
    booked(agency, "2026-03-04 11:00", "後來", **APPROVED)
    assert "後來" not in text_of(desk.client.get(page.link("下載PDF")).data)


def test_a_character_that_nobody_draws_is_told_and_logged(
    desk: Office, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    booked(agency, "2026-03-04 09:00", "黃\U000f1234", **APPROVED)
    desk.opens(ADDRESS)
    with caplog.at_level(logging.WARNING, "views.backoffice.rosters"):
        page = desk.submits(button=PRINT)
    assert any("U+F1234" in error for error in page.errors)
    assert any("U+F1234" in record.message and "黃" not in record.message for record in caplog.records)


def test_another_agencys_edition_does_not_exist(desk: Office, agency: Agency, browser_of: Desk, visits: None) -> None:
    other = factories.agency()
    stranger = browser_of(factories.desk(other))
    desk.opens(ADDRESS)
    address = desk.submits(button=PRINT).address
    for path in (address, f"{address}.pdf"):
        assert stranger.client.get(path).status_code == 404
    form = stranger.opens(ADDRESS).form(button=PRINT).filled({}, PRINT)
    assert stranger.client.post(ADDRESS, data={**form, "agency": agency.id}).status_code == 404
    assert stranger.client.get(f"{ADDRESS}?agency={agency.id}").status_code == 404
    assert len(editions()) == 1


def test_a_day_that_does_not_exist_is_told_and_kept(desk: Office, visits: None) -> None:
    page = desk.opens(f"{ADDRESS}?day=2026-13-45")
    assert page.words("#error-day") == "接見日期不正確。請以西元年月日輸入，例如2026-03-10。"
    assert page.form(button="查詢").filled({}, "查詢")["day"] == ["2026-13-45"] and not page.forms(".dk-print form")


def test_headquarters_chooses_an_agency_first(agency: Agency, browser_of: Desk, visits: None) -> None:
    office = browser_of(factories.headquarters())
    factories.agency()
    assert "請選擇機關。" in office.opens(ADDRESS).text
    page = office.submits({"agency": agency.id}, button="查詢")
    assert "審核通過 2件" in page.words(".dk-numbers")
    sent = page.form(button=PRINT).filled({}, PRINT)
    assert office.client.post(ADDRESS, data={**sent, "agency": ""}).status_code == 422
    office.submits(button=PRINT)
    assert editions()[0].agency_id == agency.id


def test_a_host_agencys_desk_begins_at_home(browser_of: Desk, seeded: None) -> None:
    home = factories.agency(name="桃園女子監獄")
    factories.agency(name="桃園分監", host_id=home.id)
    page = browser_of(factories.desk(home)).opens(ADDRESS)
    assert page.form(button="查詢").filled({}, "查詢")["agency"] == [home.id]
