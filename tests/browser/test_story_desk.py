"""The visit desk at 16:05: the alarm, a call from a lawyer without an account, the batch, the roster, a late change."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.extensions import db
from models import Agency
from tests import factories
from tests.browser.driver import DESKTOP, PHONE
from tests.browser.live import LiveServer, served
from tests.browser.person import Staff
from tests.browser.story import AGENCY
from tests.databases import Databases
from tests.factories import PASSWORD
from tests.stillness import STOPPED_AT, StoppedClock, taiwan

AFTER_FOUR = "2026-03-03 16:05"
#: Number and name of the inmate, arrival on the next day, the lawyer.
ONLINE = (
    ("0609", "黃小萍", "09:30", "陳𠮷豪"),
    ("0350", "吳麗珍", "10:00", "李明德"),
    ("0071", "周喆", "14:30", "張惠雯"),
)

pytestmark = pytest.mark.slow  # half a minute of a browser


@pytest.fixture
def at_four(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, clock_at: StoppedClock
) -> Iterator[LiveServer]:
    """The program at 16:05 on the day before the visits, here and where it is served."""
    clock_at(AFTER_FOUR)
    settings = {STOPPED_AT: taiwan(AFTER_FOUR).isoformat()}
    with served(databases, tmp_path_factory.mktemp("live"), **settings) as server:
        with server.app.app_context():
            agency = db.session.scalars(select(Agency).where(Agency.name == AGENCY)).one()
            factories.desk(agency, username="desk", last_name="林", first_name="美玲")
            for number, inmate, at, lawyer in ONLINE:
                grant = factories.granted(about=factories.inmate(agency, number=number, name=inmate))
                factories.reservation(grant, taiwan(f"2026-03-04 {at}"), visitor_name=lawyer)
            factories.inmate(agency, number="1024", name="黃小芬")
            assert clock.today().isoformat() == "2026-03-03"
        yield server


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_afternoon_at_the_desk(at_four: LiveServer, new_page: Callable[..., Page], size: dict[str, int]) -> None:
    desk = Staff(at_four, new_page(viewport=size), "afternoon")
    desk.signs_in("desk", PASSWORD)
    desk.sees("2026年3月4日（星期三）之預約律師接見尚有3件未審核")
    desk.checks("alarm")
    a_lawyer_calls(desk)
    the_batch_is_decided(desk)
    the_roster_is_printed(desk)
    something_changes_late(desk)
    the_supplement_is_printed(desk)
    somebody_comes_unannounced(desk)


def a_lawyer_calls(desk: Staff) -> None:
    desk.opens_menu("戒護安全", "預約現場律師接見查詢維護(CJALF223F)")
    desk.checks("onsite")
    desk.follows("預約現場律師接見")
    desk.checks("telephone")
    desk.fills(inmate_number="1024", name="王大明", relation="lawyer", certificate="(106)臺檢證字第1號")
    desk.fills(id_number=factories.id_number(1234567), phone="02-23456789", day="2026-03-04", at="11:00")
    desk.fills(companions_0_name="許書瑋", companions_0_relation="trainee_lawyer")
    desk.fills(companions_0_id_number=factories.id_number(7654321), companions_0_paper="(114)學律字第0123號")
    desk.presses("儲存預約")
    desk.sees("此預約不符線上預約規則（已逾線上預約截止時間）")
    desk.checks("telephone-refused")
    desk.fills(exception_reason="法院臨時改期，家屬委任律師來電")
    desk.presses("儲存預約")
    desk.sees("預約已登記，列入待審核。", "收不到通知", "許書瑋")
    desk.checks("telephone-booked")


def the_batch_is_decided(desk: Staff) -> None:
    desk.opens_menu("戒護安全", "律師行動接見登記資料審核(CJALF219F)")
    expect(desk.row("王大明")).to_contain_text("無帳號，結果請電話告知")
    desk.presses("未選擇者全部選為審核通過（不儲存）")
    desk.sees("已將4件選為「審核通過」，尚未儲存。")
    desk.row("張惠雯").get_by_label("審核未通過").check()
    desk.checks("batch")
    desk.presses("儲存全部審核結果")
    desk.sees("下列1件未儲存", "已儲存3件審核結果")
    desk.checks("batch-one-left")
    desk.row("張惠雯").locator("select").select_option(index=1)
    desk.presses("儲存全部審核結果")
    desk.sees("已儲存1件審核結果", "沒有待審核的預約。")
    desk.checks("batch-done")


def the_roster_is_printed(desk: Staff) -> None:
    desk.opens_menu("戒護安全", "列印預約現場律師接見清冊(CJALF247R)")
    desk.sees("2026年3月4日（星期三）")
    desk.checks("roster")
    desk.presses("確認列印")
    desk.sees("清冊已產生，內容不再變動", "第1版")
    desk.checks("edition")
    text = desk.paper("下載PDF", "roster")
    for words in ("黃小萍", "吳麗珍", "王大明", "許書瑋", "合計3件（線上2件、電話1件）", "第1頁，共1頁"):
        assert words in text, f"{words} is not on the roster: {text}"
    assert "張惠雯" not in text, "who was refused is not on the roster"


def something_changes_late(desk: Staff) -> None:
    desk.opens_menu("戒護安全", "預約現場律師接見查詢維護(CJALF223F)")
    desk.row("吳麗珍").get_by_role("link", name="檢視").click()
    desk.heading("預約現場律師接見明細")
    desk.checks("booking")
    assert "吳麗珍" in desk.paper("列印預約接見明細", "slip")
    desk.follows("變更預約")
    desk.checks("change")
    desk.fills(at="10:30", exception_reason="律師來電延後", reason="其他", note="前案延誤")
    desk.presses("儲存變更")
    desk.sees("預約已變更，待審核。通知信件已排入寄送。")
    desk.opens_menu("戒護安全", "律師行動接見登記資料審核(CJALF219F)")
    desk.row("李明德").get_by_label("審核通過").check()
    desk.presses("儲存全部審核結果")
    desk.sees("已儲存1件審核結果")
    desk.opens_menu("戒護安全", "預約現場律師接見查詢維護(CJALF223F)")
    desk.row("王大明").get_by_role("link", name="檢視").click()
    desk.follows("取消預約")
    desk.fills(reason="其他", note="律師來電取消")
    desk.checks("cancel")
    desk.presses("確認")
    desk.sees("機關取消")


def the_supplement_is_printed(desk: Staff) -> None:
    desk.opens_menu("戒護安全", "列印預約現場律師接見清冊(CJALF247R)")
    desk.sees("第1版列印後有2件異動，請列印補充清冊並通知中央台。")
    desk.checks("roster-behind")
    desk.follows("前往列印補充清冊")
    desk.presses("列印補充清冊")
    desk.sees("補充清冊已產生，請列印並通知中央台。", "第1號")
    desk.checks("supplement")
    text = desk.paper("下載補充清冊PDF", "supplement")
    for words in ("第1號", "變更", "10:30", "取消", "王大明", "中央台簽收"):
        assert words in text, f"{words} is not on the supplement: {text}"
    assert "黃小萍" not in text, "what stays as it was is no news"


def somebody_comes_unannounced(desk: Staff) -> None:
    desk.opens_menu("戒護安全", "預約現場律師接見查詢維護(CJALF223F)")
    desk.follows("現場登記（未預約）")
    desk.checks("walk-in")
    desk.fills(inmate_number="0071", name="趙律師", relation="lawyer", certificate="(99)臺檢證字第9號")
    desk.fills(id_number=factories.id_number(2345678), occupation="律師", age="52", address="桃園市龜山區長壽路2號")
    desk.presses("登記並報到")
    desk.sees("登記前請留意下列事項", "無有效之服務項目")
    desk.checks("walk-in-warned")
    desk.presses("確認登記")
    desk.sees("趙律師", "已報到")
    desk.checks("walk-in-entered")
