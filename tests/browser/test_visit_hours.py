"""公告時段管理 in a browser: every state of the page at both widths, and the rules where families read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.extensions import db
from app.services import visit_rules, visit_rules_changes
from app.transaction import transaction
from models import Agency
from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Staff
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow  # a browser and a server of its own


SEED = Path(visit_rules.__file__).parents[1] / "seeds" / "data" / "visit_rules" / "雲林監獄.yaml"


def hours(agency_id: str, rest: str) -> str:
    return f"/backoffice/visit-hours/{agency_id}/{rest}"


@pytest.fixture
def agency_id(live: LiveServer) -> str:
    """An agency with nine sessions a day."""
    with live.app.app_context():
        agency = factories.agency()
        with transaction():
            visit_rules_changes.import_all(agency, SEED.read_text(encoding="utf-8"))
        return agency.id


@pytest.fixture
def officer(live: LiveServer, browser_page: Page, agency_id: str) -> Staff:
    """An officer there, signed in."""
    with live.app.app_context():
        username = str(factories.officer(db.session.get_one(Agency, agency_id)).username)
    person = Staff(live, browser_page, "hours")
    person.signs_in(username, PASSWORD)
    return person


def test_rules_are_read_and_written_on_the_form(officer: Staff) -> None:
    page = officer.page
    officer.opens("/backoffice/visit-hours/list/")
    officer.checks("list")
    page.get_by_role("link", name="編輯").first.click()
    officer.sees("09:00~09:30（第一梯次，6組）")
    officer.checks("edit")
    # One more session, on the first Saturday of the month; the mistake stands at its row.
    page.get_by_role("button", name="再加一列", exact=True).click()
    page.locator("#timetable-10").wait_for()
    row = "timetable-10"
    officer.fills(**{f"{row}-name": "第十梯次", f"{row}-start": "16:20", f"{row}-minutes": "30", f"{row}-places": "6"})
    page.get_by_label("第10列 星期五").check()
    officer.presses("儲存")
    officer.sees("時段「第九梯次」與「第十梯次」重疊")
    officer.checks("clash")
    page.get_by_label("第10列 星期五").uncheck()
    page.get_by_label("第10列 星期六").check()
    page.locator(f"#{row} summary").click()
    page.locator(f"#{row} [name='{row}-nth_of_month'][value='1']").check()
    officer.checks("folds")
    # One more rule beside the seven of the law.
    page.locator("#quota").get_by_role("button", name="再加一列次數限制").click()
    page.locator("#quota-8").wait_for()
    officer.fills(**{"quota-8-times": "2", "quota-8-per": "calendar_month"})
    page.locator("#quota-8").get_by_role("button", name="限定某次之時段").click()
    page.locator("#quota-8-nth_only_in-1").wait_for()
    page.get_by_label("第幾次").fill("2")
    page.locator("#quota-8-nth_only_in-1-sessions").get_by_label("第十梯次").check()
    officer.presses("預覽")
    officer.sees("星期六：16:20~16:50（第十梯次，6組，每月第1個）", "收容人：每月2次（第2次限第十梯次）")
    officer.checks("preview")
    officer.presses("儲存")
    officer.sees("已儲存。")
    officer.checks("saved")


def test_rules_are_written_as_a_text_and_published(officer: Staff, agency_id: str) -> None:
    page = officer.page
    officer.opens(hours(agency_id, "edit/family_on_site"))
    officer.follows("以文字檔編輯（進階）")
    text = page.locator("#document").input_value()
    page.locator("#document").fill(text.replace("minutes: 30", "minuts: 30", 1))
    officer.presses("儲存")
    officer.sees("timetable[1].minuts")
    officer.checks("text-mistake")
    page.locator("#document").fill(text.replace("minutes: 30", "minutes: 25", 1))
    officer.presses("預覽")
    officer.sees("09:00~09:25（第一梯次，6組）")
    officer.presses("儲存")
    officer.sees("已儲存。")
    officer.follows("以表單編輯")
    officer.follows("恢復法定預設值")
    officer.checks("restore")
    officer.opens(hours(agency_id, "import"))
    officer.checks("import")
    officer.opens(f"/portal/hours?agency_id={agency_id}")
    officer.sees("09:00~09:25（第一梯次，6組）")
    officer.checks("public")


def test_nothing_decided_yet_and_in_english(officer: Staff, agency_id: str) -> None:
    page = officer.page
    officer.opens(hours(agency_id, "edit/family_remote"))
    officer.sees("法定預設值")
    page.locator("#who-1 > summary").click()
    officer.checks("empty")
    officer.opens(hours(agency_id, "edit/lawyer_mobile"))
    officer.checks("lawyers")
    page.locator(".ab-user summary").click()
    officer.presses("English")
    officer.opens(hours(agency_id, "edit/family_on_site"))
    officer.checks("english")
