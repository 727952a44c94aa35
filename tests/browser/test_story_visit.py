"""A relative with a telephone applies, books a visit that the desk confirms, changes and cancels it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.transaction import end_reading
from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Applicant, Staff
from tests.factories import PASSWORD, files

pytestmark = pytest.mark.slow  # a browser and a server of its own


SMALL = {"width": 390, "height": 844}


@pytest.mark.timeout(300)
def test_a_relative_applies_books_changes_and_cancels(live: LiveServer, new_page: Callable[..., Page]) -> None:
    with live.app.app_context():
        agency = factories.agency(name="桃園示範監獄")
        factories.visit_rules(agency, timetable=factories.timetable(places=2, starts=("09:00", "09:40", "14:00")))
        factories.inmate(agency, number="0609", name="黃小萍")
        mail, agency_id = factories.applicant(name="林小美").mail, agency.id
        factories.officer(agency, username="visit.officer")
        factories.desk(agency, username="visit.desk")
        end_reading()
    person = Applicant(live, new_page(viewport=SMALL), "visit")
    person.signs_in(mail, PASSWORD)
    the_relative_applies(person, agency_id)
    the_officer_approves(Staff(live, new_page(), "visit-officer"))
    the_relative_books(person)
    the_desk_confirms(Staff(live, new_page(), "visit-desk"), person)
    the_relative_changes_and_cancels(person)


def the_relative_applies(person: Applicant, agency_id: str) -> None:
    person.opens("/portal/family-applications/new")
    person.fills(agency_id=agency_id, number="0609", relation="spouse")
    person.presses("查詢")
    person.sees("申請對象：0609黃○○")
    person.page.get_by_label("預約現場接見").check()
    person.checks("items")
    person.presses("下一步")
    person.sees("檔案可上傳尺寸合計")
    for kind in ("identity", "kinship"):
        person.uploads(kind, files.jpeg(f"{kind}.jpg", (900, 600)))
        person.sees(f"{kind}.jpg")
    person.checks("papers")
    person.presses("確認")
    person.sees("服務項目申請已送出，審核結果將寄至您信箱。")


def the_officer_approves(officer: Staff) -> None:
    officer.signs_in("visit.officer", PASSWORD)
    officer.opens_menu("服務項目管理", "審核家屬服務項目")
    officer.page.get_by_role("link", name="審核 0609").click()
    officer.sees("林小美")
    officer.page.locator(".rv-item input[value='approve']").check()
    officer.presses("儲存審核結果")
    officer.sees("已審核為「審核通過」")


def the_relative_books(person: Applicant) -> None:
    person.opens("/portal/bookings/new")
    person.presses("下一步")
    person.heading("選擇接見對象")
    person.presses("下一步")
    person.heading("選擇其他接見人")
    person.checks("family-companions")
    person.presses("下一步")
    person.heading("預約時段挑選")
    person.sees("2026-03-05(星期四)", "尚餘2名額", "截止預約")
    person.checks("week")
    person.page.get_by_role("button", name="預約09:00－09:30").first.click()
    person.heading("確認預約接見資訊")
    expect(person.page.locator("#portal-hold strong")).to_contain_text("尚餘")
    person.checks("held")
    person.presses("延長保留10分鐘（尚可延長2次）")
    person.sees("已延長保留10分鐘。")
    person.presses("確認")
    person.heading("預約接見申請完成")
    person.checks("visit-done")


def the_desk_confirms(desk: Staff, person: Applicant) -> None:
    desk.signs_in("visit.desk", PASSWORD)
    desk.opens("/backoffice/desk/bookings/")
    desk.sees("0609", "預約現場接見")
    desk.checks("review")
    desk.page.locator("tbody input[type='radio'][value='approve']").first.check()
    with desk.page.expect_navigation():
        desk.presses("儲存全部審核結果")
    desk.opens("/backoffice/desk/sessions/list/")
    expect(desk.row("0609")).to_contain_text("審核通過")
    desk.checks("sessions")
    person.opens("/portal/bookings")
    expect(person.row("0609")).to_contain_text("審核通過")


def the_relative_changes_and_cancels(person: Applicant) -> None:
    person.opens("/portal/bookings")
    person.page.get_by_role("link", name="變更").first.click()
    person.heading("預約時段挑選")
    person.page.get_by_role("button", name="預約09:00－09:30").nth(1).click()
    person.sees("原時段", "新時段")
    person.checks("visit-change")
    person.presses("確認")
    person.sees("預約已變更")
    person.page.get_by_role("button", name="取消預約").click()
    person.presses("確定取消")
    person.sees("預約已取消。")
