"""The portal for those who read English, and for those whose browser runs no script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.driver import PHONE
from tests.browser.live import LiveServer
from tests.browser.person import Applicant
from tests.factories import PASSWORD
from translations.update import CHINESE

#: Every text on the page that says it is English, or says nothing about its language.
_ENGLISH_TEXTS = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest('script, style, template') && parent.closest('[lang]').lang === 'en') {
      texts.push(walker.currentNode.data.trim());
    }
  }
  return texts;
}
"""


@pytest.mark.slow
def test_the_first_pages_in_english(live: LiveServer, new_page: Callable[..., Page]) -> None:
    person = Applicant(live, new_page(), "english")
    person.opens("/portal/")
    person.presses("English")
    person.heading("Public Services Portal")
    _is_english(person, "home")
    person.follows("Register")
    person.heading("Privacy notice")
    _is_english(person, "notice")
    person.fills(agree=True)
    person.presses("Next")
    person.heading("Register")
    person.fills(captcha=person.captcha_answer())
    person.presses("Confirm")
    expect(person.page.locator(".govuk-error-summary")).to_be_focused()
    _is_english(person, "registration-mistakes")
    person.opens("/portal/login")
    person.heading("Sign in")
    person.fills(identifier="nobody@example.com", password="wrong", captcha="WRONG")
    person.presses("Sign in")
    expect(person.page.locator(".govuk-error-summary")).to_be_focused()
    _is_english(person, "sign-in-refused")
    person.opens("/backoffice/")
    person.presses("English")
    person.heading("Sign in")
    _is_english(person, "staff-sign-in")


def _is_english(person: Applicant, state: str) -> None:
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    leaks = [text for text in person.page.evaluate(_ENGLISH_TEXTS) if CHINESE.search(text)]
    assert not leaks, f"{state}: translate these, or say that they are Chinese (lang): {leaks}"
    person.checks(state)


@pytest.fixture
def lawyer_mail(live: LiveServer) -> str:
    """A lawyer with a grant, by the address that signs in."""
    with live.app.app_context():
        agency = factories.agency(name="測試監獄", full_name="法務部矯正署測試監獄")
        lawyer = factories.applicant(mail="plain@example.com")
        factories.granted(lawyer, factories.inmate(agency, number="0609", name="黃小萍"))
    return "plain@example.com"


def test_a_visit_is_booked_without_javascript(
    live: LiveServer, new_page: Callable[..., Page], lawyer_mail: str
) -> None:
    person = Applicant(live, new_page(java_script_enabled=False, viewport=PHONE), "plain")
    person.signs_in(lawyer_mail, PASSWORD)
    person.opens("/portal/bookings/new")
    person.presses("下一步")
    person.heading("選擇接見對象")
    person.sees("測試監獄 0609黃○○")
    person.presses("下一步")
    person.heading("選擇其他接見人")
    person.fills(
        name="林學律", id_number=factories.id_number(7654321), relation="trainee_lawyer", paper="(114)學律字第0123號"
    )
    person.presses("加入")
    person.sees("林學律（學習律師）")
    _fits(person)
    person.presses("下一步")
    person.heading("預約時段挑選")
    expect(person.page.get_by_label("點").first).to_be_hidden()
    person.fills(visit_on="2026-03-06")
    person.presses("顯示該日各時段人數")
    person.sees("各時段預約律師現場接見人數一覽表2026-03-06(星期五)")
    _fits(person)
    person.presses("下一步")
    person.sees("請選擇預計上午或下午到達，並選擇點、分。")
    person.fills(half="afternoon", afternoon_hour="16", afternoon_minute="00")
    person.presses("下一步")
    person.heading("確認預約接見資訊")
    _fits(person)
    person.presses("確認")
    person.heading("預約接見申請完成")
    expect(person.row("15:00-16:00")).to_contain_text("1人")
    _fits(person)


def _fits(person: Applicant) -> None:
    """Nothing sticks out on a phone; axe is a script, and has looked at the same pages in the other story."""
    assert person.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
