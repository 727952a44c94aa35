"""公告時段管理 in a browser: every state of the page at both widths, and the rules where families read them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.extensions import db
from models import Agency, VisitRules
from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Staff
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow  # a browser and a server of its own

NAME = "時段監獄"


@pytest.fixture(scope="module")
def username(live: LiveServer) -> str:
    """An officer of an agency with rules of its own."""
    with live.app.app_context():
        agency = factories.agency(name=NAME)
        factories.visit_rules(agency)
        return str(factories.officer(agency).username)


def test_rules_are_read_written_and_published(live: LiveServer, browser_page: Page, username: str) -> None:
    officer, page = Staff(live, browser_page, "hours"), browser_page
    officer.signs_in(username, PASSWORD)
    officer.opens("/backoffice/visit-hours/list/")
    officer.checks("list")
    page.get_by_role("link", name="編輯").first.click()
    officer.sees("星期一至星期五：09:00~09:30（第1梯次，2組）")
    officer.checks("edit")
    text = page.locator("#document").input_value()
    page.locator("#document").fill(text.replace("minutes: 30", "minuts: 30"))
    officer.presses("儲存")
    officer.sees("timetable[1].minuts")
    officer.checks("mistake")
    page.locator("#document").fill(text.replace("minutes: 30", "minutes: 45"))
    officer.presses("預覽")
    officer.sees("09:00~09:45（第1梯次，2組）")
    officer.presses("儲存")
    officer.sees("已儲存。")
    officer.follows("恢復法定預設值")
    officer.checks("restore")
    with live.app.app_context():
        agency_id = db.session.scalars(select(VisitRules.agency_id).join(Agency).where(Agency.name == NAME)).one()
    officer.opens(f"/backoffice/visit-hours/{agency_id}/import")
    officer.checks("import")
    officer.opens(f"/portal/hours?agency_id={agency_id}")
    officer.sees("09:00~09:45（第1梯次，2組）")
    officer.checks("public")
