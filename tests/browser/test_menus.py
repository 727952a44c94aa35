"""Every menu of the manuals, as officer, desk, headquarters and auditor: it opens, does its main act, leaves a picture.

The demonstration's rows are there; what each screen does in full stands in the stories and view tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from app.seeds.demo_people import STAFF_PASSWORD
from tests.browser.driver import watched
from tests.browser.live import LiveServer, served
from tests.browser.menu_acts import ACTS, MANUAL
from tests.browser.person import Staff
from tests.databases import Databases

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

#: Words and address of every line of the menu, with the words of what it stands under.
_LINES = """
() => [...document.querySelectorAll('nav a[href]')].map(line => {
  const path = [line.textContent.trim()];
  for (let up = line.parentElement; up; up = up.parentElement) {
    const head = up.matches('details') ? up.querySelector('summary')
      : up.matches('li') ? up.querySelector(':scope > .ab-sheet-heading') : null;
    if (head) path.unshift(head.textContent.trim());
  }
  return [path.join('>'), line.getAttribute('href')];
})
"""


@pytest.fixture(scope="module")
def demonstration(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The program with the demonstration's rows."""
    with served(databases, tmp_path_factory.mktemp("menus")) as live:
        assert live.run("tests.browser.served", "demo").wait() == 0, live.log.read_text()
        yield live


@pytest.mark.parametrize("username", MANUAL)
def test_every_line_of_the_menu_opens_and_does_its_work(
    demonstration: LiveServer, browser: Browser, username: str
) -> None:
    person = Staff(demonstration, watched(browser), f"menu-{username}")
    person.page.context.set_default_timeout(15_000)  # there are many lines, and each says what it waits for
    person.signs_in(username, STAFF_PASSWORD)
    person.page.locator("nav").first.wait_for()
    lines: dict[str, str] = dict(person.page.evaluate(_LINES))
    missing = [path for path in MANUAL[username] if path not in lines]
    assert not missing, f"The manual has these, the menu of {username} has not: {missing}; it has {sorted(lines)}"
    wrong = []
    for number, (path, address) in enumerate(lines.items()):
        try:
            _opens(person, f"{number:02}", path, address)
        except (AssertionError, PlaywrightError) as error:
            wrong.append(f"{path}: {str(error)[:800]}")
    assert not wrong, "\n\n".join(wrong)


def _opens(person: Staff, name: str, path: str, address: str) -> None:
    person.opens(address)
    person.page.locator("h1").first.wait_for()
    person.checks(name)
    act: Callable[[Staff], None] | None = ACTS.get(path.rpartition(">")[2])
    (act or _looks_into_a_row)(person)
    person.checks(f"{name}-act")


def _looks_into_a_row(person: Staff) -> None:
    """Ask for everything, then open the first row that opens."""
    page: Page = person.page
    search = page.locator("main form[method='get'] button, main form:not([method]) button")
    if search.count():
        search.first.click()
        page.locator("h1").first.wait_for()
    rows = page.locator("main tbody a[href]").locator("visible=true")
    if rows.count():
        rows.first.click()
        page.locator("h1").first.wait_for()
