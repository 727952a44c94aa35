"""Before a session ends the page says so and offers to go on; the browser's clock is turned by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app import clock
from app.transaction import transaction
from models import BrowserSession
from tests import factories
from tests.browser.driver import check_state
from tests.browser.live import LiveServer
from tests.doors import Office, Portal, Visitor
from tests.stillness import USUAL_TIME, taiwan

pytestmark = pytest.mark.slow

AFTER = "/portal/login?next=/portal/applications"


def enters(page: Page, live: LiveServer, visitor: Visitor) -> Page:
    """Give the browser this visitor's session, and the server's clock."""
    cookie = visitor.client.get_cookie(visitor.cookie)
    assert cookie is not None
    page.context.add_cookies([{"name": visitor.cookie, "value": cookie.value, "url": live.url}])
    page.clock.install(time=taiwan(USUAL_TIME))
    return page


@pytest.fixture
def lawyer(live: LiveServer) -> Portal:
    """A lawyer who has signed in."""
    with live.app.app_context():
        return Portal(live.app.test_client()).is_signed_in_as(factories.applicant())


@pytest.fixture
def page(live: LiveServer, browser_page: Page, lawyer: Portal) -> Page:
    """That lawyer's list of applications, just opened."""
    enters(browser_page, live, lawyer).goto(f"{live.url}/portal/applications")
    return browser_page


def passes(page: Page, **span: float) -> None:
    page.clock.fast_forward(int(timedelta(**span).total_seconds() * 1000))


def test_the_page_warns_five_minutes_before_and_goes_on_when_told(page: Page) -> None:
    warning, button = page.locator("#portal-staying"), page.get_by_role("button", name="繼續使用")
    page.locator("main a").first.focus()
    passes(page, minutes=24)  # the browser's clock goes on by itself: a slow machine uses up some of the minute
    expect(warning).to_be_hidden()
    passes(page, minutes=1, seconds=5)
    expect(warning).to_contain_text("系統將於5分鐘後登出")
    check_state(page, "portal-staying")
    passes(page, minutes=2)
    expect(warning).to_contain_text("系統將於3分鐘後登出")
    with page.expect_response("**/portal/session") as answer:
        button.click()
    assert answer.value.status == 200
    expect(warning).to_be_hidden()
    assert page.evaluate("() => document.activeElement.tagName") == "A", "the focus is where it was"
    passes(page, minutes=24)
    expect(warning).to_be_hidden()
    passes(page, minutes=2)
    expect(warning).to_be_visible()


def test_who_does_nothing_is_led_out(page: Page) -> None:
    passes(page, minutes=29)
    with page.expect_request(lambda request: request.url.endswith(AFTER)):
        passes(page, minutes=1, seconds=2)


def test_another_page_of_the_browser_keeps_this_one(page: Page, live: LiveServer) -> None:
    other = page.context.new_page()  # one clock for all pages of a browser
    other.goto(f"{live.url}/portal/applications")
    passes(page, minutes=26)
    for one in (page, other):
        expect(one.locator("#portal-staying")).to_be_visible()
    other.get_by_role("button", name="繼續使用").click()
    for one in (page, other):
        expect(one.locator("#portal-staying")).to_be_hidden()


def test_a_session_that_was_ended_meanwhile_is_not_extended(page: Page, live: LiveServer) -> None:
    passes(page, minutes=26)
    with live.app.app_context(), transaction() as session:
        session.execute(update(BrowserSession).values(revoked_at=clock.now()))
    page.get_by_role("button", name="繼續使用").click()
    page.wait_for_url(re.compile(r"/portal/login\?next="))
    assert "服務項目狀態查詢" not in page.inner_text("main")


def test_the_end_of_the_eighth_hour_cannot_be_put_off(live: LiveServer, browser_page: Page, lawyer: Portal) -> None:
    with live.app.app_context(), transaction() as session:
        session.execute(update(BrowserSession).values(expires_at=clock.now() + timedelta(minutes=20)))
    enters(browser_page, live, lawyer).goto(f"{live.url}/portal/applications")
    passes(browser_page, minutes=16)
    expect(browser_page.locator("#portal-staying")).to_contain_text("無法再延長")
    expect(browser_page.get_by_role("button", name="繼續使用")).to_be_hidden()


@pytest.mark.parametrize("extends", [True, False])
def test_the_back_office_asks_before_it_signs_out(
    live: LiveServer, new_page: Callable[..., Page], extends: bool
) -> None:
    with live.app.app_context():
        visitor = Office(live.app.test_client()).is_signed_in_as(factories.officer())
    page = enters(new_page(), live, visitor)
    page.goto(f"{live.url}/backoffice/")
    dialog = page.locator("#idle")
    passes(page, minutes=11)
    expect(dialog).to_be_hidden()
    passes(page, minutes=1, seconds=10)
    expect(dialog).to_contain_text("系統將於3分鐘後登出")
    if extends:
        check_state(page, "office-staying")
        page.get_by_role("button", name="繼續使用").click()
        expect(dialog).to_be_hidden()
        passes(page, minutes=11)
        expect(dialog).to_be_hidden()
    else:
        with page.expect_navigation():
            passes(page, minutes=3)
