"""An entry of the family book: published on a phone, read and approved at the desk, printed, and handed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.transaction import end_reading
from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Applicant, Staff
from tests.factories import PASSWORD, files

pytestmark = pytest.mark.slow  # a browser and a server of its own
SMALL = {"width": 390, "height": 844}
TEXT = "媽媽，我們都好，小寶會走路了。請保重身體。"


@pytest.mark.timeout(300)
def test_an_entry_from_publication_to_the_printed_page(live: LiveServer, new_page: Callable[..., Page]) -> None:
    with live.app.app_context():
        agency = factories.agency(name="桃園示範監獄")
        inmate = factories.inmate(agency, number="0609", name="黃小萍", unit="忠一舍")
        mail = factories.family_grant(factories.applicant(name="林小美"), inmate).applicant.mail
        factories.officer(agency, username="book.officer")
        message = factories.agency_message(agency, title="中秋節懇親活動")
        factories.book_file(message, files.jpeg("海報.jpg", (640, 480)))
        end_reading()
    family = Applicant(live, new_page(viewport=SMALL), "book")
    officer = Staff(live, new_page(), "book-officer")
    family.signs_in(mail, PASSWORD)
    the_family_publishes(family)
    officer.signs_in("book.officer", PASSWORD)
    the_officer_approves(officer)
    the_officer_prints_and_hands_over(officer)
    the_family_reads(family)


def the_family_publishes(family: Applicant) -> None:
    family.opens("/portal/family-book/entries")
    family.presses("新增")
    family.heading("發佈家庭聯絡簿")
    family.sees("呼號：0609 黃○○", "附件檔案可上傳格式：PDF、JPG、JPEG、PNG，合計限制20MB。")
    family.fills(title="小寶會走路了", text=TEXT)
    family.chooses_file("file", files.jpeg("全家福.jpg", (900, 600)))
    with family.page.expect_navigation():
        family.presses("上傳檔案")
    family.sees("全家福.jpg", TEXT)
    family.checks("draft")
    family.presses("確認")
    family.sees("待審核", TEXT)
    family.checks("published")


def the_officer_approves(officer: Staff) -> None:
    officer.opens("/backoffice/")
    officer.sees("待審核之家庭聯絡簿")
    officer.checks("home")
    officer.opens_menu("聯絡簿管理", "家庭聯絡簿審查")
    officer.sees("標題：小寶會走路了")
    officer.checks("list")
    officer.page.get_by_role("link", name="審核 0609").click()
    officer.sees("收容人資訊", "家屬資訊", "林小美", TEXT)
    officer.checks("review")
    officer.page.locator("#verdict-approve").check()
    officer.page.get_by_role("button", name="審核", exact=True).click()
    officer.sees("審核通過")


def the_officer_prints_and_hands_over(officer: Staff) -> None:
    officer.opens("/backoffice/entries/list/?state=approved")
    officer.page.get_by_role("link", name="檢視 0609").click()
    single = officer.paper("列印", "single")
    assert "小寶會走路了" in single and TEXT in single and "黃小萍" in single
    officer.opens_menu("聯絡簿管理", "家庭聯絡簿列印及交付")
    officer.sees("忠一舍")
    officer.checks("to-print")
    officer.page.get_by_role("button", name="列印 忠一舍").click()
    officer.sees("下載PDF")
    officer.checks("batch")
    batch = officer.paper("下載PDF", "unit")
    assert "忠一舍" in batch and "0609" in batch and TEXT in batch
    officer.presses("登記交付")
    officer.sees("已交付收容人")


def the_family_reads(family: Applicant) -> None:
    family.opens("/portal/family-book/entries")
    family.sees("審核通過")
    family.checks("approved")
    family.opens("/portal/family-book/messages")
    family.sees("中秋節懇親活動", "未讀", "From 桃園示範監獄")
    family.checks("messages")
    family.follows("詳細內容")
    family.sees("發佈內容", "附件下載", "海報.jpg")
    family.checks("message")
    family.follows("回上一頁")
    family.sees("From 桃園示範監獄")  # the list again, not the message that is being left
    assert "未讀" not in family.words
