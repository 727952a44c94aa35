"""家屬資料查詢修改 and 辨識結果查看 in a browser, at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Applicant, Staff
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow  # a browser and a server of its own


def test_an_officer_looks_and_the_person_sees_it(
    live: LiveServer, browser_page: Page, new_page: Callable[..., Page]
) -> None:
    with live.app.app_context():
        agency = factories.agency(name="查詢監獄")
        inmate = factories.inmate(agency, number="0609", name="黃小萍")
        mother = factories.applicant(name="黃美華", occupation="教師")
        factories.reservation(factories.granted(mother, inmate))
        other = factories.applicant(name="黃美華", id_number=mother.id_number)
        mail, twin, number = mother.mail, other.mail, mother.id_number
        username, chief = str(factories.officer(agency).username), str(factories.headquarters().username)
        result = factories.recognition(inmate).id
    officer, page = Staff(live, browser_page, "persons"), browser_page
    officer.signs_in(username, PASSWORD)
    officer.opens("/backoffice/persons/")
    page.get_by_label("查詢內容").fill(number)
    officer.presses("查詢")
    officer.sees("請選擇查閱用途")
    officer.checks("mistake")
    page.get_by_label("查閱用途").select_option("答覆本人詢問")
    page.get_by_label("用途說明").fill("來電詢問預約")
    officer.presses("查詢")
    officer.sees("黃○○")
    officer.checks("found")
    officer.presses("開啟")
    officer.sees("教師", "0609黃○○")
    officer.checks("person")
    officer.follows("更正資料")
    officer.checks("correct")
    officer.opens("/backoffice/recognitions/list/")
    officer.sees("未比對")
    officer.checks("results")
    officer.opens(f"/backoffice/recognitions/show/{result}")
    officer.sees("請以肉眼核對")
    officer.checks("faces")
    officer.opens("/backoffice/recognition-files/add")
    officer.checks("upload")
    person = Applicant(live, new_page(), "persons")
    person.signs_in(mail, PASSWORD)
    person.opens("/portal/my/looks")
    person.sees("查詢監獄", "答覆本人詢問")
    person.checks("looks")
    merging(Staff(live, new_page(), "persons"), chief, mail, twin)


def merging(chief: Staff, username: str, kept: str, gone: str) -> None:
    """Headquarters merges two accounts, as far as the last button."""
    chief.signs_in(username, PASSWORD)
    chief.opens("/backoffice/persons/")
    chief.page.get_by_label("查詢方式").select_option("電子郵件")
    chief.page.get_by_label("查詢內容").fill(kept)
    chief.page.get_by_label("查閱用途").select_option("更正或補充資料")
    chief.page.get_by_label("用途說明").fill("公文1150001")
    chief.presses("查詢")
    chief.presses("開啟")
    chief.follows("合併帳號")
    chief.page.get_by_label("密碼", exact=True).fill(PASSWORD)
    chief.presses("確認")
    chief.page.get_by_label("查詢方式").select_option("電子郵件")
    chief.page.get_by_label("查詢內容").fill(gone)
    chief.presses("查詢")
    chief.presses("選擇")
    chief.sees("合併後無法復原")
    chief.checks("merge")
