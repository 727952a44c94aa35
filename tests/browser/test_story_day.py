"""A morning at the visit desk: a slip is scanned, a visit begins, ends and is put right; the board and the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ReservationState, VisitKind
from models import Agency
from tests import factories
from tests.browser.driver import DESKTOP, pictures
from tests.browser.live import LiveServer, served
from tests.browser.person import Person, Staff
from tests.browser.story import AGENCY
from tests.databases import Databases
from tests.factories import PASSWORD
from tests.stillness import STOPPED_AT, StoppedClock, taiwan

MORNING = "2026-03-03 09:20"
#: Arrival, booking, inmate's number and name, visitor.
EXPECTED = (
    ("09:00", "L260303-ABC234", "0609", "黃小萍", "陳𠮷豪"),
    ("09:30", "L260303-DEF234", "0350", "吳麗珍", "李明德"),
    ("10:00", "L260303-GHJ234", "0071", "周喆", "李明雯"),
)
TELEVISION = {"width": 1920, "height": 1080}

pytestmark = pytest.mark.slow  # half a minute of a browser


@pytest.fixture
def morning(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, clock_at: StoppedClock
) -> Iterator[LiveServer]:
    """The program on the morning of the visits, here and where it is served."""
    clock_at(MORNING)
    settings = {STOPPED_AT: taiwan(MORNING).isoformat()}
    with served(databases, tmp_path_factory.mktemp("live"), **settings) as server:
        with server.app.app_context():
            agency = db.session.scalars(select(Agency).where(Agency.name == AGENCY)).one()
            factories.desk(agency, username="desk", last_name="林", first_name="美玲")
            for at, number, inmate_number, inmate, visitor in EXPECTED:
                grant = factories.granted(about=factories.inmate(agency, number=inmate_number, name=inmate))
                columns = {"number": number, "visitor_name": visitor, "state": ReservationState.APPROVED}
                factories.reservation(grant, taiwan(f"2026-03-03 {at}"), **columns)
            family = factories.relative(factories.inmate(agency, number="1024", name="黃小芬"))
            columns = {"kind": VisitKind.FAMILY_REMOTE, "room": "第2視訊室", "state": ReservationState.APPROVED}
            factories.reservation(family, taiwan("2026-03-03 10:30"), number="R260303-ABC234", **columns)
        yield server


def scans(desk: Staff, code: str) -> None:
    """What a scanner does: it types into the box that has the focus, and presses Enter."""
    expect(desk.page.locator("#find")).to_be_focused()
    desk.page.keyboard.type(code)
    desk.page.keyboard.press("Enter")


@pytest.mark.timeout(300)
def test_a_morning_at_the_desk(morning: LiveServer, new_page: Callable[..., Page]) -> None:
    desk = Staff(morning, new_page(viewport=DESKTOP), "day")
    desk.signs_in("desk", PASSWORD)
    desk.opens_menu("戒護安全", "當日接見報到")
    desk.sees("2026年3月3日", "第2視訊室", "已逾到達時間")
    desk.checks("list")
    by_keyboard(desk)
    several_and_nobody(desk)
    a_visit_and_back(desk)
    screen = the_board(desk)
    the_waiting_room(Person(morning, new_page(viewport=TELEVISION), "day"), screen)


def by_keyboard(desk: Staff) -> None:
    scans(desk, "L260303-ABC234")
    desk.sees("請查驗接見人及同行人之身分證明文件正本", "律師證")
    desk.checks("visit")
    expect(desk.page.get_by_role("button", name="查驗無誤，報到")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.sees("陳𠮷豪：已報到，候見號碼1。")


def several_and_nobody(desk: Staff) -> None:
    scans(desk, "李明")
    desk.sees("查得2件，請選擇")
    desk.checks("hits")
    desk.row("李明德").get_by_role("link", name="報到").click()
    desk.presses("查驗無誤，報到")
    desk.sees("李明德：已報到，候見號碼2。")
    scans(desk, "L260303-XYZ999")
    desk.sees("今日查無符合的預約")
    desk.checks("nobody")


def a_visit_and_back(desk: Staff) -> None:
    desk.row("陳𠮷豪").get_by_role("button", name="開始接見").click()
    desk.sees("陳𠮷豪：已開始接見。")
    desk.row("陳𠮷豪").get_by_role("button", name="結束接見").click()
    desk.sees("陳𠮷豪：接見已結束。")
    desk.row("陳𠮷豪").get_by_role("link", name="檢視").click()
    desk.checks("over")
    desk.presses("復原上一步")
    desk.sees("陳𠮷豪：已復原上一步。")
    desk.row("李明雯").get_by_role("link", name="報到").click()
    desk.page.locator("summary", has_text="接見未能進行").click()
    desk.fills(note="借提出庭")
    desk.checks("failed")
    desk.presses("收容人不在監（所）")
    desk.sees("李明雯：已登記為「收容人不在監（所）」。")
    desk.checks("list-later")


def the_board(desk: Staff) -> str:
    desk.follows("候見順序看板")
    desk.sees("陳○○", "李○○", "接見中", "約30分鐘")
    assert "陳𠮷豪" not in desk.page.locator("main").inner_text()
    desk.checks("board")
    return str(desk.page.get_by_role("link", name="候見室螢幕").get_attribute("href"))


def the_waiting_room(room: Person, screen: str) -> None:
    room.opens(screen)
    expect(room.page.locator(".running li")).to_have_text("1")
    expect(room.page.locator(".waiting strong")).to_have_text("2")
    if folder := pictures():
        room.page.screenshot(path=folder / "day-television.png")
    room.checks("screen")
