"""機關聯絡簿: added, edited file by file, deleted and kept; families see theirs, unread until opened."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import Audience
from app.services import agency_book
from app.transaction import end_reading
from models import Agency, AgencyBookEntry, Applicant, BookAttachment, Inmate
from tests import factories
from tests.doors import Office, Portal
from tests.factories import files
from tests.stillness import StoppedClock

ADD, LIST, READ = "/backoffice/agency-book/add", "/backoffice/agency-book/list/", "/portal/family-book/messages"


def message() -> AgencyBookEntry:
    end_reading()
    return db.session.scalars(select(AgencyBookEntry)).one()


def test_a_notice_added_edited_and_deleted(officer: Office, clock_at: StoppedClock) -> None:
    officer.opens(ADD)
    fields = {"title": "懇親活動", "text": "報名開始", "file1": files.pdf("簡章.pdf"), "file2": files.jpeg("海報.jpg")}
    page = officer.submits(fields, button="確認")
    assert "機關聯絡簿已新增成功" in page.text
    (row,) = page.rows()
    assert row[1:4] == ["桃園女子監獄", "TO：-標題：懇親活動PDF檔：簡章.pdf內文：報名開始", "2026/03/03"]
    officer.follows("編輯")
    first = next(file for file in message().attachments if file.position == 1)
    page = officer.submits({"title": "懇親活動2", "remove": first.id, "file2": files.jpeg("新海報.jpg")}, button="確認")
    assert "機關聯絡簿已修改" in page.text and message().title == "懇親活動2"
    assert [file.file_name for file in message().attachments] == ["新海報.jpg"]
    officer.follows("刪除")
    assert "確認刪除?" in officer.page.text
    page = officer.submits(button="確認", form="/delete/")
    assert "機關聯絡簿已刪除" in page.text and not page.rows() and message().deleted_at is not None
    clock_at.passes(days=29)
    assert agency_book.erase() == 0
    clock_at.passes(days=1)
    assert agency_book.erase() == 1 and not db.session.scalars(select(BookAttachment)).all()


def test_one_family_by_number(officer: Office, inmate: Inmate) -> None:
    officer.opens(ADD)
    typed = {"audience": "one_family", "number": "9999", "title": "通知", "text": "內容"}
    page = officer.submits(typed, button="確認", expect=422)
    assert any("查無符合之收容人資料" in error for error in page.errors)
    page = officer.submits({"number": "0609"}, button="查詢")
    assert "0609-黃○○" in page.text
    officer.submits(button="確認")
    assert message().inmate_id == inmate.id and message().audience is Audience.ONE_FAMILY


def test_what_is_missing_is_said_and_the_text_stays(officer: Office) -> None:
    officer.opens(ADD)
    page = officer.submits({"text": "內容", "file1": files.pdf()}, button="確認", expect=422)
    assert page.errors and "請填寫標題。" in page.text and "附件請重新選擇" in page.text
    assert page.form().filled({})["text"] == ["內容"]


def test_somebody_elses_change_is_not_overwritten(officer: Office, agency: Agency) -> None:
    row = factories.agency_message(agency)
    officer.opens(f"/backoffice/agency-book/edit/{row.id}")
    form = officer.page.form()
    officer.sends(form, {"title": "甲"}, "確認")
    page = officer.sends(form, {"title": "乙"}, "確認", expect=409)
    assert "已有異動" in page.text and message().title == "甲"


def test_another_agencys_message_does_not_exist(officer: Office) -> None:
    row = factories.agency_message(factories.agency())
    headquarters = factories.agency_message(None)
    for one in (row, headquarters):
        officer.opens(f"/backoffice/agency-book/edit/{one.id}", expect=404)
        officer.opens(f"/backoffice/agency-book/delete/{one.id}", expect=404)
    assert not officer.opens(LIST).rows()


def test_a_family_reads_its_agencys_headquarters_and_its_own(
    family: Portal, agency: Agency, inmate: Inmate, wife: Applicant
) -> None:
    mine = factories.agency_message(agency, title="公告甲")
    factories.book_file(mine, files.pdf("簡章.pdf"))
    factories.agency_message(None, title="署公告")
    factories.agency_message(agency, title="給您", audience=Audience.ONE_FAMILY, inmate_id=inmate.id)
    other = factories.agency_message(
        agency, title="給別人", audience=Audience.ONE_FAMILY, inmate_id=factories.inmate(agency).id
    )
    foreign = factories.agency_message(factories.agency(), title="別的機關")
    page = family.opens(READ)
    assert all(words in page.text for words in ("公告甲", "署公告", "給您", "2026年3月", "From 矯正署"))
    assert "給別人" not in page.text and "別的機關" not in page.text and page.text.count("未讀") == 3
    assert "署公告" not in family.opens(f"{READ}?publisher={agency.id}").words(".portal-messages")
    assert "給您" not in family.opens(f"{READ}?audience=notice").words(".portal-messages")
    page = family.opens(f"{READ}/{mine.id}")
    assert "發佈單位" in page.text and "簡章.pdf" in page.text
    download = family.client.get(page.link("簡章.pdf"))
    assert download.mimetype == "application/pdf" and "attachment" in download.headers["Content-Disposition"]
    assert family.opens(READ).text.count("未讀") == 2
    for one in (other, foreign):
        family.opens(f"{READ}/{one.id}", expect=404)


def test_without_a_grant_nothing_is_shown(family: Portal, agency: Agency, grant: object) -> None:
    factories.agency_message(agency, title="公告甲")
    stranger = Portal(family.client.application.test_client()).is_signed_in_as(factories.applicant())
    assert "公告甲" not in stranger.opens(READ).text
