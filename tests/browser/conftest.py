"""Fixtures of the browser tests; each test here carries the marker ``browser``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driver import launched, watched
from tests.browser.live import LiveServer, MailSink, served
from tests.databases import Databases


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all browser tests of this worker."""
    with launched(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page for a further person: own cookies, watched; takes Playwright's context options."""
    pages: list[Page] = []

    def open_page(**options: Any) -> Page:
        pages.append(watched(browser, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


@pytest.fixture
def browser_page(new_page: Callable[..., Page]) -> Page:
    """A person's browser."""
    return new_page()


@pytest.fixture(scope="module")
def mail_sink() -> Iterator[MailSink]:
    """A mail server on loopback that keeps what it is given."""
    with MailSink().listening() as sink:
        yield sink


@pytest.fixture(scope="module")
def live(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The program served with reference data, mails into the local outbox; one for all tests of a file."""
    with served(databases, tmp_path_factory.mktemp("live")) as server:
        yield server


@pytest.fixture(scope="module")
def live_mailing(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, mail_sink: MailSink
) -> Iterator[LiveServer]:
    """As ``live``, with mails sent by SMTP into ``mail_sink`` and a worker that sends them."""
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_sink.port)}
    with served(databases, tmp_path_factory.mktemp("live"), **settings) as server:
        server.starts_worker()
        yield server
