"""Every menu of the manuals, as officer, desk, headquarters and auditor: it opens, does its main act, leaves a picture.

The demonstration's rows are there; what each screen does in full stands in the stories and view tests. A line without
an act in ``menu_acts`` fails here: write one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from app.seeds.demo_people import STAFF_PASSWORD
from tests.browser.driver import watched
from tests.browser.live import LiveServer, served
from tests.browser.menu_acts import ACTS
from tests.browser.menu_auditor import LISTS, reads_a_history
from tests.browser.menu_manual import MANUAL
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


@pytest.fixture
def demonstration(databases: Databases, tmp_path: Path) -> Iterator[LiveServer]:
    """The program with the demonstration's rows, fresh for each role: what one has decided waits for the next again."""
    with served(databases, tmp_path / "menus") as live:
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
    if username == "auditor":
        lines |= dict(person.page.evaluate(LISTS))
    wrong = []
    for number, (path, address) in enumerate(lines.items()):
        try:
            _opens(person, f"{number:02}", path, address)
        except (AssertionError, PlaywrightError) as error:
            wrong.append(f"{path}: {' '.join(str(error).split())[:600]}")
    assert not wrong, "\n\n".join(wrong)


def _opens(person: Staff, name: str, path: str, address: str) -> None:
    person.opens(address)
    person.page.locator("h1").first.wait_for()
    person.checks(name)
    act = reads_a_history if address.startswith("/auditor/") else ACTS[path.rpartition(">")[2]]
    act(person)
    person.page.locator("h1").first.wait_for()
    person.checks(f"{name}-act")
