"""家庭聯絡簿審查: list, page, verdict with its message, two officers at once, prints and hand-over, other agencies."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import EntryState
from app.services import entry_review
from models import Agency, AuditEntry, BookPrint, FamilyBookEntry, Notification, ServiceGrant
from tests import factories
from tests.doors import Office
from tests.factories import files
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk

LIST = "/backoffice/entries/list/"


@pytest.fixture
def entry(grant: ServiceGrant) -> FamilyBookEntry:
    """An entry that waits, with a picture and a document."""
    row = factories.entry(grant)
    factories.book_file(row, files.jpeg("全家福.jpg"))
    factories.book_file(row, files.pdf("卡片.pdf"))
    return row


def address(entry: FamilyBookEntry) -> str:
    return f"/backoffice/entries/review/{entry.id}"


def now(entry: FamilyBookEntry) -> FamilyBookEntry:
    return db.session.get_one(FamilyBookEntry, entry.id, populate_existing=True)


def messages() -> list[Notification]:
    return list(db.session.scalars(select(Notification)))


def test_the_list_shows_the_manuals_cell(officer: Office, entry: FamilyBookEntry) -> None:
    page = officer.opens(LIST)
    (row,) = page.rows()
    assert row[1:5] == [
        "桃園女子監獄",
        "TO：0609-黃○○標題：生日快樂PDF檔：卡片.pdf內文：爸爸生日快樂，我們都很想您。",
        "2026/03/03",
        "待審核",
    ]
    picture = page.tree.xpath("//td//img/@src")[0]
    assert officer.client.get(picture).mimetype == "image/jpeg"


def test_the_page_shows_both_blocks_and_notes_one_look(officer: Office, entry: FamilyBookEntry) -> None:
    page = officer.opens(address(entry))
    for words in ("收容人資訊", "家屬資訊", "林小美", "配偶", "教化等級", "我們都很想您", "全家福.jpg", "Email"):
        assert words in page.text
    pictures = page.tree.xpath("//figure/img/@src")
    assert [officer.client.get(one).status_code for one in pictures] == [200, 200]
    looks = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "family_book_entry.opened")).all()
    assert len(looks) == 1


def test_approving_tells_the_next_day(each_database: str, officer: Office, entry: FamilyBookEntry) -> None:
    officer.opens(address(entry))
    page = officer.submits({"verdict": "approve"}, button="審核")
    assert "0609之家庭聯絡簿已審核為「審核通過」" in page.text
    (message,) = messages()
    assert message.event == "entry_approved" and message.subject == "便民服務入口網家庭聯絡簿審核結果通知"
    for line in ("審核結果為審核通過。", "標題：生日快樂", "發佈日期：2026/03/03", "下次可發佈日期：2026/03/13"):
        assert line in message.body
    assert now(entry).decided_by_id is not None


def test_refusing_needs_a_reason_and_keeps_what_was_typed(officer: Office, entry: FamilyBookEntry) -> None:
    officer.opens(address(entry))
    page = officer.submits({"verdict": "reject", "note": "第二張"}, button="審核", expect=422)
    assert any("請選擇不通過原因" in error for error in page.errors)
    officer.submits({"reason": "照片不清或不宜"}, button="審核")
    (message,) = messages()
    assert message.event == "entry_rejected" and "不通過原因：照片不清或不宜：第二張" in message.body
    assert "下次可發佈日期：2026/03/03" in message.body  # a refused entry does not count


def test_two_officers_at_once(officer: Office, agency: Agency, browser_of: Desk, entry: FamilyBookEntry) -> None:
    second = browser_of(factories.officer(agency, last_name="張", first_name="三"))
    officer.opens(address(entry))
    second.opens(address(entry))
    second.submits({"verdict": "approve"}, button="審核")
    page = officer.submits({"verdict": "reject", "reason": "其他"}, button="審核", expect=409)
    assert any("本件已由張三於2026/3/3 上午 09:00:00審核為「審核通過」，您的結果未儲存。" in e for e in page.errors)
    assert len(messages()) == 1


def test_on_to_the_next_entry(officer: Office, grant: ServiceGrant, clock_at: StoppedClock) -> None:
    first = factories.entry(grant)
    clock_at.passes(minutes=1)
    second = factories.entry(grant, title="第二則")
    officer.opens(address(first))
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件")
    assert page.address == address(second)
    page = officer.submits({"verdict": "approve"}, button="審核並處理下一件")
    assert page.address == LIST and "已無待審核之家庭聯絡簿。" in page.text


def test_another_agencys_entry_and_a_draft_do_not_exist(officer: Office, grant: ServiceGrant) -> None:
    foreign = factories.entry()
    picture = factories.book_file(foreign, files.jpeg())
    draft = factories.entry(grant, state=EntryState.DRAFT)
    for path in (address(foreign), address(draft), f"/backoffice/entries/picture/{picture.id}/1"):
        officer.opens(path, expect=404)


def test_a_batch_per_unit_is_printed_once_and_handed_over(officer: Office, entry: FamilyBookEntry) -> None:
    officer.opens(address(entry))
    officer.submits({"verdict": "approve"}, button="審核")
    assert officer.client.get(f"/backoffice/entries/paper/{entry.id}.pdf").data.startswith(b"%PDF")
    page = officer.opens("/backoffice/entry-prints/")
    assert page.rows("#waiting tbody tr")[0][:2] == ["忠一舍", "1"]
    form = page.form(button="列印")
    officer.sends(form, {}, "列印")
    batch = db.session.scalars(select(BookPrint)).one()
    assert "已列印" in officer.page.text
    assert officer.client.get(f"/backoffice/entry-prints/{batch.id}.pdf").data.startswith(b"%PDF")
    page = officer.submits(button="登記交付")
    assert "已登記1則交付收容人。" in page.text and now(entry).handed_over_by_id is not None
    page = officer.sends(form, {}, "列印", expect=409)
    assert "沒有待列印之家庭聯絡簿" in page.text and db.session.scalars(select(BookPrint)).one()


def test_what_waits_too_long_or_whose_inmate_left_expires(
    each_database: str, seeded: None, clock_at: StoppedClock
) -> None:
    left, old = factories.entry(), factories.entry()
    clock_at.passes(days=29)
    assert entry_review.expire() == 0
    clock_at.passes(days=1)
    fresh = factories.entry()
    assert entry_review.expire() == 2 and entry_review.expire() == 0
    assert [now(row).state for row in (left, old, fresh)] == [
        EntryState.EXPIRED,
        EntryState.EXPIRED,
        EntryState.PENDING,
    ]
    assert {message.event for message in messages()} == {"entry_expired"}
    assert "您2026/03/03發佈之家庭聯絡簿「生日快樂」已過期，未交由收容人查閱。" in messages()[0].body
