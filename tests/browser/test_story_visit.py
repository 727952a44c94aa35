"""A relative with a telephone books a visit, changes and cancels it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.transaction import end_reading
from tests import factories
from tests.browser.driver import PHONE
from tests.browser.live import LiveServer
from tests.browser.person import Applicant
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow  # a browser and a server of its own


def test_a_relative_books_changes_and_cancels(live: LiveServer, new_page: Callable[..., Page]) -> None:
    with live.app.app_context():
        agency = factories.agency(name="桃園示範監獄")
        factories.visit_rules(agency, timetable=factories.timetable(places=2, starts=("09:00", "09:40", "14:00")))
        grant = factories.relative(factories.inmate(agency, number="0609", name="黃小萍"))
        mail = grant.applicant.mail
        end_reading()
    person = Applicant(live, new_page(viewport=PHONE), "visit")
    person.signs_in(mail, PASSWORD)
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
