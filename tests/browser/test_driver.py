"""The browser driver sees what it is there to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.driver import check_state
from tests.browser.live import LiveServer, MailSink

pytestmark = pytest.mark.slow  # it tests what the other stories look with
FAULTS = {
    "CSP: script-src": "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
    "axe image-alt": "document.body.append(document.createElement('img'))",
    "console: broken": "console.error('broken')",
    "script error": "setTimeout(() => { throw new Error('broken') })",
    "answer 404": "document.body.append(Object.assign(new Image(), {src: '/portal/nothing-here', alt: ''}))",
    "px wide on a phone": "Object.assign(document.body.appendChild(document.createElement('div')).style,"
    " {width: '900px', height: '1px'})",
    "words: 国": "document.body.append(Object.assign(document.createElement('p'), {textContent: '国家'}))",
}


@pytest.mark.parametrize("complaint", FAULTS)
def test_a_fault_is_seen(live: LiveServer, browser_page: Page, complaint: str) -> None:
    browser_page.goto(f"{live.url}/portal/")
    browser_page.evaluate(f"() => {{ {FAULTS[complaint]} }}")
    with pytest.raises(AssertionError, match=complaint):
        check_state(browser_page, "fault")


def test_the_front_page_is_fine(live: LiveServer, browser_page: Page) -> None:
    browser_page.goto(f"{live.url}/portal/")
    check_state(browser_page, "portal-home")


def test_a_second_person_has_cookies_of_their_own(live: LiveServer, new_page: object) -> None:
    one, other = new_page(), new_page()  # type: ignore[operator]
    one.goto(f"{live.url}/portal/login")
    other.goto(f"{live.url}/portal/")
    assert one.context.cookies() and not other.context.cookies()


def test_mails_arrive_at_the_sink(live_mailing: LiveServer, mail_sink: MailSink) -> None:
    from tests import factories

    with live_mailing.app.app_context():
        factories.notification(factories.applicant(mail="a@example.com"), body="您的申請已審核通過。")
    live_mailing.delivers()
    assert any("已審核通過" in text for text in mail_sink.to("a@example.com"))
