"""After the roster was printed: changes are told, printed as a supplement, and taken away as a table."""

from __future__ import annotations

import csv
from io import StringIO
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.transaction import transaction
from models import Agency, AuditEntry, Reservation, RosterEdition, RosterSupplement
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk
from tests.views.desk.test_booking_review import booked
from tests.views.desk.test_roster_pages import ADDRESS, APPROVED, PRINT, joined, text_of

SUPPLEMENT = "列印補充清冊"


@pytest.fixture
def edition(desk: Office, agency: Agency) -> str:
    """The address of the first edition: 鄭昱 at 14:00 decided, 周喆 at 10:00 waiting."""
    booked(agency, "2026-03-04 14:00", "鄭昱", **APPROVED)
    booked(agency, "2026-03-04 10:00", "周喆")
    desk.opens(ADDRESS)
    return desk.submits(button=PRINT).address


def cancel(name: str) -> None:
    with transaction() as session:
        for row in session.scalars(select(Reservation)):
            if row.inmate.name == name:
                row.state = ReservationState.CANCELLED


def test_changes_are_told_with_their_number_and_printed_once(desk: Office, agency: Agency, edition: str) -> None:
    assert "沒有異動" in desk.opens(edition).text
    booked(agency, "2026-03-04 09:00", "黃小萍", **APPROVED)
    cancel("鄭昱")
    sentence = "第1版列印後有2件異動，請列印補充清冊並通知中央台。"
    assert sentence in desk.opens(ADDRESS).text
    assert desk.follows("前往列印補充清冊").address == edition
    assert sentence in desk.page.text
    page = desk.submits(button=SUPPLEMENT)
    assert [row[:2] for row in page.rows("#supplements ~ .ab-table-wrap tbody tr")] == [["第1號", "2件"]]
    assert sentence not in page.text and "沒有異動" in page.text
    assert sentence not in desk.opens(ADDRESS).text


def test_the_supplements_paper(desk: Office, agency: Agency, edition: str) -> None:
    booked(agency, "2026-03-04 09:00", "黃小萍", **APPROVED)
    cancel("鄭昱")
    desk.opens(edition)
    page = desk.submits(button=SUPPLEMENT)
    answer = desk.client.get(page.link("開啟補充清冊列印"))
    paper = joined(text_of(answer.data))
    for words in ("預約現場律師接見補充清冊（第1號）", "版次：第1版", "新增", "黃小萍", "取消", "鄭昱", "中央台簽收",
                  "本次異動2件（新增1件、變更0件、取消1件）。異動後：合計1件（線上1件、電話0件）"):  # fmt: skip
        assert joined(words) in paper, words
    assert "周喆" not in paper, "who still waits is no news"
    name = unquote(desk.client.get(page.link("下載補充清冊PDF")).headers["Content-Disposition"])
    assert "預約現場律師接見補充清冊_桃園女子監獄_20260304_全部_第1版第1號.pdf" in name
    reads = db.session.scalars(select(AuditEntry.subject_kind).where(AuditEntry.event == "roster.download")).all()
    assert list(reads) == ["roster_supplement"] * 2


def test_an_empty_supplement_is_not_made(desk: Office, agency: Agency, edition: str) -> None:
    booked(agency, "2026-03-04 09:00", "黃小萍", **APPROVED)
    form = desk.opens(edition).form(button=SUPPLEMENT)
    desk.sends(form, button=SUPPLEMENT)
    page = desk.sends(form, button=SUPPLEMENT, expect=409)  # the other half of a double click
    assert page.errors == ["第1版（含其補充清冊）列印後沒有異動，無須列印補充清冊。"]
    assert len(db.session.scalars(select(RosterSupplement)).all()) == 1


def test_an_older_edition_points_to_the_newest(
    desk: Office, agency: Agency, edition: str, clock_at: StoppedClock
) -> None:
    clock_at.passes(minutes=1)
    desk.opens(ADDRESS)
    newest = desk.submits(button=PRINT).address
    booked(agency, "2026-03-04 09:00", "黃小萍", **APPROVED)
    page = desk.opens(edition)
    assert "本版次之後已列印第2版，請以最新版次為準。" in page.text and page.link("檢視第2版") == newest
    assert SUPPLEMENT not in page.text


def test_a_table_is_taken_away_after_the_password_and_written_down(desk: Office, agency: Agency, edition: str) -> None:
    booked(agency, "2026-03-04 09:00", "=1+1", **APPROVED)
    desk.opens(edition)
    desk.submits(button=SUPPLEMENT)
    key = edition.rpartition("/")[2]
    assert "/account/confirm/" in desk.client.get(f"{edition}/export/csv").location
    desk.follows("匯出（試算表）")
    page = desk.confirms()
    assert page.address == f"{edition}/export"
    answer = desk.client.get(page.link("匯出清冊第1版（CSV）"))
    assert answer.mimetype == "text/csv" and "no-store" in answer.headers["Cache-Control"]
    assert "預約現場律師接見清冊_桃園女子監獄_20260304_全部_第1版.csv" in unquote(answer.headers["Content-Disposition"])
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert rows[0][:4] == ["序號", "預計到達", "呼號", "收容人"] and rows[0][-1] == "審核情形"
    assert [(row[1], row[3], row[-1]) for row in rows[1:]] == [("14:00", "鄭昱", "審核通過"), ("10:00", "周喆", "待核")]
    supplement = desk.client.get(page.link("匯出補充清冊第1號（CSV）")).data.decode("utf-8-sig")
    [_head, line] = csv.reader(StringIO(supplement, newline=""))
    assert (line[3], line[-1]) == ("'=1+1", "新增")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "roster.export").order_by(AuditEntry.seq))
    assert [(e.subject_kind, e.subject_id == key) for e in entries] == [
        ("roster_edition", True),
        ("roster_supplement", False),
    ]
    assert desk.client.get(f"{edition}/export/exe").status_code == 404


def test_another_agencys_supplement_does_not_exist(
    desk: Office, agency: Agency, edition: str, browser_of: Desk
) -> None:
    booked(agency, "2026-03-04 09:00", "黃小萍", **APPROVED)
    desk.opens(edition)
    page = desk.submits(button=SUPPLEMENT)
    stranger = browser_of(factories.desk(factories.agency()))
    stranger.opens("/backoffice/account/confirm/")
    stranger.confirms()
    paper = page.link("開啟補充清冊列印")
    for path in (paper, f"{edition}/export", f"{edition}/export/csv", paper.replace(".pdf", "/export/csv")):
        assert stranger.client.get(path).status_code == 404, path
    token = stranger.opens(ADDRESS).form(button=PRINT).filled({}, PRINT)["csrf_token"]
    assert stranger.client.post(f"{edition}/supplements", data={"csrf_token": token}).status_code == 404
    assert len(db.session.scalars(select(RosterEdition)).all()) == 1
