"""A real browser: Chromium through Playwright, with Chinese glyphs, watched for everything that goes wrong.

``check_state(page, name)`` looks at the page as it stands now: visit *states* (an open filter, a form with errors),
not only addresses.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

from config import ROOT
from tests.guards.chinese import foreign

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-tc"
#: Rare characters of names (𠮷), where .ci/fonts could fetch them.
RARE_FONTS = Path(os.environ.get("FONTS_DIR") or ROOT / "var" / "fonts")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
#: How long anything may take on a machine that is busy with other things; nobody waits longer than needed.
PATIENCE_SECONDS = 60
#: How long what a script still fetches belongs to the state that is looked at.
SETTLES_WITHIN_SECONDS = 5
#: Where pictures of every checked state go, if this environment variable names a folder.
SCREENSHOTS = "SCREENSHOTS"
_WATCH = """
document.addEventListener('securitypolicyviolation', event => window.__violated(
  `${event.effectiveDirective} refused ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`))
"""


def chromium_path() -> str:
    """The browser on this machine; its absence fails the test with what to do."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium here: run `bash .ci/browser` (CI never leaves the browser tests out)"
    return found


@contextmanager
def launched(folder: Path) -> Iterator[Browser]:
    """A running Chromium that writes Chinese with the fonts of the project."""
    assert FONTS.exists() and AXE.exists(), "the browser tests need the front-end packages: run `make ready`"
    fonts = folder / "fonts.conf"
    fonts.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<dir>{FONTS}</dir><dir>{RARE_FONTS}</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{folder / 'font-cache'}</cachedir>"
        "<alias><family>sans-serif</family><prefer><family>Noto Sans TC</family></prefer></alias>"
        "<alias><family>system-ui</family><prefer><family>Noto Sans TC</family></prefer></alias></fontconfig>"
    )
    environment: dict[str, Any] = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_SECONDS * 1000)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS, env=environment)
        yield browser
        browser.close()


@dataclass
class Record:
    """Everything that went wrong on a page since the last look."""

    complaints: list[str] = field(default_factory=list)
    #: What the page has asked for and not got yet.
    open: set[Request] = field(default_factory=set)

    def asked(self, request: Request) -> None:
        self.open.add(request)

    def ended(self, request: Request) -> None:
        self.open.discard(request)

    def violated(self, what: str) -> None:
        self.complaints.append(f"CSP: {what}")

    def failed(self, request: Request) -> None:
        self.ended(request)
        # A download and a page that is left while it loads are both "aborted".
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"request failed: {request.url} ({request.failure})")

    def answered(self, response: Response) -> None:
        # A refused form is a page with status 4xx; anything a page needs must be there.
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.complaints.append(f"answer {response.status}: {response.request.method} {response.url}")

    def said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")


_records: WeakKeyDictionary[Page, Record] = WeakKeyDictionary()


def watched(browser: Browser, **options: Any) -> Page:
    """A page in a browser profile of its own (a second person), watched from the start."""
    context = browser.new_context(
        **{"locale": "zh-TW", "timezone_id": "Asia/Taipei", "viewport": DESKTOP, "reduced_motion": "reduce", **options}
    )
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page, record = context.new_page(), Record()
    page.expose_function("__violated", record.violated)
    page.add_init_script(_WATCH)
    page.on("pageerror", lambda error: record.complaints.append(f"script error: {error}"))
    page.on("console", record.said)
    page.on("request", record.asked)
    page.on("requestfinished", record.ended)
    page.on("requestfailed", record.failed)
    page.on("response", record.answered)
    _records[page] = record
    return page


@cache
def _axe() -> str:
    return AXE.read_text()


def check_state(page: Page, name: str) -> None:
    """Look at a page as it stands: nothing went wrong, accessible, Chinese of Taiwan, and it fits on a phone.

    ``name`` is the state's name in the failure and on its pictures.
    """
    size = page.viewport_size
    if size != DESKTOP:
        page.set_viewport_size(DESKTOP)
    _settle(page)
    found = _barriers(page)
    found += [f"words: {word}" for word in foreign(page.inner_text("body"))]
    _picture(page, f"{name}-desktop")
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > PHONE["width"]:
        found.append(f"{width} px wide on a phone of {PHONE['width']} px; sticks out: {page.evaluate(_STICKS_OUT)}")
    found += [f"on a phone, {barrier}" for barrier in _barriers(page) if barrier not in found]
    _picture(page, f"{name}-phone")
    page.set_viewport_size(size or DESKTOP)
    record = _records[page]
    found, record.complaints = record.complaints + found, []
    assert not found, f"{name} ({page.url}):\n- " + "\n- ".join(found)


def _settle(page: Page) -> None:
    """Wait until the page stands and has everything that it asked for."""
    page.wait_for_load_state("load")
    requests, patience = _records[page].open, time.monotonic() + SETTLES_WITHIN_SECONDS
    page.wait_for_timeout(30)  # a script that has just run asks for its things now
    while requests and time.monotonic() < patience:
        page.wait_for_timeout(20)


_STICKS_OUT = """
[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className}`).join(' ')
"""


def _barriers(page: Page) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", AXE_TAGS
    )
    return [
        f"axe {v['id']}: {v['help']} ({'; '.join(str(node['target'][0]) for node in v['nodes'][:3])})"
        for v in result["violations"]
    ]


def _picture(page: Page, name: str) -> None:
    if folder := pictures():
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def pictures() -> Path | None:
    """The folder for pictures, where one is wanted."""
    if not os.environ.get(SCREENSHOTS):
        return None
    folder = Path(os.environ[SCREENSHOTS])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
