"""律師接見服務項目審核 by keyboard alone: three cases one after the other, and typing that decides nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind
from models import ServiceApplication
from tests import factories
from tests.browser.driver import PHONE
from tests.browser.live import LiveServer
from tests.browser.person import Staff
from tests.factories import PASSWORD, files

pytestmark = pytest.mark.slow  # a browser and a server of its own

NUMBERS = ("0101", "0102", "0103")


@pytest.fixture(scope="module")
def username(live: LiveServer) -> str:
    """An officer with three cases that wait."""
    with live.app.app_context():
        agency = factories.agency(name="按鍵監獄")
        for number in NUMBERS:
            case = factories.application(about=factories.inmate(agency, number=number))
            for kind in (AttachmentKind.IDENTITY, AttachmentKind.MANDATE):
                factories.attachment(case, files.jpeg(), kind=kind)
        return str(factories.officer(agency).username)


def test_three_decisions_by_keyboard_alone(live: LiveServer, browser_page: Page, username: str) -> None:
    officer, page = Staff(live, browser_page, "keys"), browser_page
    officer.signs_in(username, PASSWORD)
    officer.opens("/backoffice/applications/list/")
    page.get_by_role("link", name="審核 0101").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/applications/review/**")  # loaded: the list says 0101, too, and hears no keys
    officer.sees("0101")
    page.keyboard.press("Alt+a")
    page.keyboard.press("Alt+n")

    expect(page.locator(".rv-case")).to_contain_text("0102")
    officer.sees("已審核為「審核通過」")
    page.wait_for_load_state()
    page.keyboard.press("Alt+2")
    expect(page.locator("#verdict-reject")).to_be_checked()  # a paper to be mended means 審核未通過
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("na ra 2")  # letters in a field decide nothing
    expect(page.locator(".rv-case")).to_contain_text("0102")
    page.locator(".rv-preview summary").focus()
    page.keyboard.press("Enter")
    shown = page.locator(".rv-preview-reject-papers")
    expect(shown).to_contain_text("訴訟委任文件1（")
    expect(shown).to_contain_text("：身分證明文件不清或不符：na ra 2")
    officer.checks("mend")
    page.keyboard.press("Alt+n")

    expect(page.locator(".rv-case")).to_contain_text("0103")
    page.wait_for_load_state()
    page.keyboard.press("Alt+r")
    page.keyboard.press("Alt+n")  # no reason yet
    expect(page.locator("[data-focus]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#reason").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+n")
    officer.sees("已無未審核案件。")
    assert _states(live) == [ApplicationState.APPROVED, ApplicationState.REJECTED, ApplicationState.REJECTED]


def test_taking_back_on_a_telephone(live: LiveServer, new_page: Callable[..., Page], username: str) -> None:
    page = new_page(viewport=PHONE)
    officer = Staff(live, page, "keys-phone")
    officer.signs_in(username, PASSWORD)
    officer.opens("/backoffice/grants/list/?number=0101")
    officer.checks("grants")
    officer.follows("檢視")
    officer.checks("grant")
    officer.follows("檢視原申請案件")
    page.locator(".rv-undo summary").click()
    officer.fills(undo_reason="誤認委任狀")
    officer.checks("undo")
    officer.presses("確認撤銷審核結果")
    officer.sees("0101", "本件回到未審核")
    assert _states(live)[0] is ApplicationState.PENDING


def _states(live: LiveServer) -> list[ApplicationState]:
    with live.app.app_context():
        rows = db.session.scalars(select(ServiceApplication)).all()
        return [row.state for row in sorted(rows, key=lambda row: row.inmate.number)]
