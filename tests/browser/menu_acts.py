"""What the menus of the manuals have to hold for whom, and the main act of each screen that is more than a list."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.person import Staff

_DESK = "戒護安全>接見管理作業"
#: Demonstration account -> lines of the menu, as both manuals print them.
MANUAL: dict[str, tuple[str, ...]] = {
    "officer": (
        "首頁",
        "基本資料修改",
        "系統管理>系統參數設定(機關)",
        "系統管理>簡訊電子郵件紀錄",
        "系統管理>未送達通知處理",
        "服務項目管理>審核律師接見服務項目",
        "服務項目管理>審核家屬服務項目",
        "服務項目管理>已核准服務項目查詢",
        "聯絡簿管理>家庭聯絡簿審查",
        "聯絡簿管理>機關聯絡簿",
        "公告時段管理>公告時段管理",
        "辨識結果查看",
        "行動接見申請",
        "家屬資料查詢修改",
    ),
    "desk": (
        f"{_DESK}>律師接見登記輸入>律師行動接見登記資料審核(CJALF219F)",
        f"{_DESK}>律師接見登記輸入>預約現場律師接見查詢維護(CJALF223F)",
        f"{_DESK}>律師接見登記輸入>現場登記（未預約）",
        f"{_DESK}>資料列印與查詢>列印預約現場律師接見清冊(CJALF247R)",
        f"{_DESK}>當日接見報到",
        f"{_DESK}>候見順序看板",
    ),
    "hq": (
        "基本資料修改",
        "系統管理>機關資料維護",
        "系統管理>辦公日曆維護",
        "系統管理>通知範本維護",
        "系統管理>不通過原因維護",
        "系統管理>帳號權限管理",
        "系統管理>個資聲明版本維護",
        "系統管理>排程工作",
    ),
    "auditor": (),
}


def _edits_a_parameter(person: Staff) -> None:
    person.row("行動接見時間(分)").get_by_role("link", name="編輯").first.click()
    person.page.locator("main [name='value']").fill("25")
    person.presses("儲存")
    person.sees("25")


def _approves_a_case(person: Staff) -> None:
    person.page.locator("main tbody a[href*='review']").first.click()
    person.page.locator("main [name='verdict'][value='approve']").check()
    person.presses("儲存審核結果")
    person.sees("已審核為「審核通過」")
    person.page.locator("h1").first.wait_for()


def _decides_a_row(person: Staff) -> None:
    person.page.locator("main tbody").get_by_label("審核通過").first.check()
    person.presses("儲存全部審核結果")
    person.page.locator("h1").first.wait_for()


def _prints_the_roster(person: Staff) -> None:
    # Headquarters reads what the desks have printed.
    if person.page.get_by_role("button", name="確認列印").count():
        person.presses("確認列印")
        person.sees("下載PDF")


ACTS: dict[str, Callable[[Staff], None]] = {
    "系統參數設定(機關)": _edits_a_parameter,
    "審核律師接見服務項目": _approves_a_case,
    "律師行動接見登記資料審核(CJALF219F)": _decides_a_row,
    "列印預約現場律師接見清冊(CJALF247R)": _prints_the_roster,
}
