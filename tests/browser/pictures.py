"""Takes the pictures of the README from the demonstration: ``python -m tests.browser.pictures``, half a minute.

They land in ``docs/pictures/``. The browser's own words (a file field's button, the parts of a date) are Chinese where
Chromium has its translations: on Debian, ``apt-get install chromium-l10n``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page

from app import clock
from app.seeds.demo_people import LAWYERS, PASSWORD, STAFF_PASSWORD
from config import ROOT
from tests.browser.driver import launched, watched
from tests.browser.live import LiveServer, served
from tests.browser.person import Applicant, Staff
from tests.catalogues import compile_stale
from tests.databases import Databases
from tests.factories import files, id_number
from tests.postgres import close_run, open_run
from tests.stillness import USUAL_TIME, taiwan

FOLDER = ROOT / "docs" / "pictures"
WIDTH, LARGEST_BYTES = 1280, 200_000
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
NewPage = Callable[..., Page]


def main() -> None:
    """Start the demonstration on a database of its own, take every picture, stop it."""
    os.environ["LANGUAGE"] = "zh_TW"
    FOLDER.mkdir(parents=True, exist_ok=True)
    compile_stale()
    clock.stop_everywhere(taiwan(USUAL_TIME))  # as the served program's, for the code of the second factor
    run = open_run()
    try:
        with tempfile.TemporaryDirectory() as name, _demonstration(Path(name)) as (live, new_page):
            of_an_applicant(live, new_page)
            of_the_office(live, new_page)
            of_the_auditor(live, new_page)
    finally:
        close_run(run)


@contextmanager
def _demonstration(folder: Path) -> Iterator[tuple[LiveServer, NewPage]]:
    databases = Databases(folder, "pictures")
    with served(databases, folder / "live") as live, launched(folder) as browser:
        assert live.run("tests.browser.served", "demo").wait() == 0, live.log.read_text()
        yield live, lambda **options: watched(browser, **options)


def of_an_applicant(live: LiveServer, new_page: NewPage) -> None:
    """Home, registration, papers, booking; and a booking on a phone."""
    somebody = Applicant(live, new_page(), "")
    somebody.opens("/portal/")
    _keep(somebody.page, "portal-home", 1230)
    somebody.opens("/portal/register/notice")
    somebody.fills(agree=True)
    somebody.presses("下一步")
    somebody.fills(name="陳𠮷豪", id_number=id_number(1234567), birth_year="69", birth_month="5", birth_day="17")
    _keep(somebody.page, "registration", 1290)

    lawyer = Applicant(live, new_page(), "")
    lawyer.signs_in(LAWYERS[0][1], PASSWORD)
    lawyer.opens("/portal/applications/new")
    lawyer.fills(agency_id="桃園女子監獄", number="1024")
    lawyer.presses("查詢")
    lawyer.fills(relation="lawyer", certificate_number="(106)臺檢證字第12345號")
    lawyer.presses("下一步")
    lawyer.uploads("identity", _scan("律師證.jpg"))
    lawyer.uploads("mandate", files.pdf("委任狀.pdf", pages=2))
    lawyer.opens(lawyer.page.url.removeprefix(live.url).partition("#")[0])
    _keep(lawyer.page, "papers", 1228)

    _announces_a_visit(lawyer)
    _keep(lawyer.page, "booking-time", 1250)
    traveller = Applicant(live, new_page(**PHONE), "")
    traveller.signs_in(LAWYERS[0][1], PASSWORD)
    _announces_a_visit(traveller)
    _keep(traveller.page, "phone", 938, first="h1")


def _announces_a_visit(lawyer: Applicant) -> None:
    """As far as 預約時段挑選, with a time chosen."""
    lawyer.opens("/portal/bookings/new")
    lawyer.presses("下一步")
    lawyer.page.get_by_label("0609").check()
    lawyer.presses("下一步")
    lawyer.heading("選擇其他接見人")
    lawyer.presses("下一步")
    lawyer.fills(visit_on="2026-03-04", half="afternoon", afternoon_hour="14", afternoon_minute="30")


def of_the_office(live: LiveServer, new_page: NewPage) -> None:
    """What waits, the hours on their form, a case with its papers, the desk's review, a page of the roster."""
    officer = Staff(live, new_page(), "")
    officer.signs_in("officer", STAFF_PASSWORD)
    live.starts_worker()
    while officer.page.locator(".alert-danger").count():  # until the worker has shown that it lives
        officer.page.wait_for_timeout(500)
        officer.opens("/backoffice/")
    _keep(officer.page, "home", 900)
    officer.opens("/backoffice/visit-hours/list/")
    officer.page.locator("main tbody").get_by_role("link", name="編輯").first.click()
    officer.heading("編輯公告時段")
    _keep(officer.page, "visit-hours", 900)
    officer.opens("/backoffice/applications/list/")
    officer.row("0350").get_by_role("link").click()
    officer.fills(verdict="approve")
    _keep(officer.page, "case-review", 860)

    desk = Staff(live, new_page(), "")
    desk.signs_in("desk", STAFF_PASSWORD)
    desk.opens("/backoffice/desk/bookings/?kind=lawyer_on_site")
    desk.row("0071").get_by_label("審核通過").check()
    desk.row("0350").get_by_label("審核未通過").check()
    _keep(desk.page, "booking-review", 790)
    desk.opens("/backoffice/desk/rosters/")
    desk.presses("確認列印")
    with desk.page.expect_download() as download:
        desk.follows("下載PDF")
    paper = pypdfium2.PdfDocument(download.value.path())[0]
    drawn = paper.render(scale=3 * WIDTH / paper.get_width()).to_pil()  # drawn small, HanaMin's characters grow fat
    _save(drawn.reduce(3), "roster")


def of_the_auditor(live: LiveServer, new_page: NewPage) -> None:
    """The trail."""
    auditor = Staff(live, new_page(), "")
    auditor.signs_in("auditor", STAFF_PASSWORD)
    auditor.follows("稽核軌跡")
    _keep(auditor.page, "auditor-trail", 740)


def _scan(name: str) -> files.Upload:
    """A picture that is as heavy as a photograph of a paper."""
    kept = BytesIO()
    Image.effect_noise((1600, 1200), 60).save(kept, "JPEG", quality=92)
    return name, kept.getvalue()


def _keep(page: Page, name: str, height: int, first: str = "body") -> None:
    """The page from its top, or from the first element that is to be seen, to this height."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": size["width"], "height": height})
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.activeElement.blur()")
    page.locator(first).evaluate("element => element.scrollIntoView()")
    _save(Image.open(BytesIO(page.screenshot())), name)


def _save(picture: Image.Image, name: str) -> None:
    # 256 colours are plenty for pages, and a third of the bytes.
    target = FOLDER / f"{name}.png"
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    size = target.stat().st_size
    assert size < LARGEST_BYTES, f"{name} has {size} bytes: crop it"
    print(f"{target.relative_to(ROOT)}: {picture.width} x {picture.height}, {size // 1024} kB")


if __name__ == "__main__":
    main()
