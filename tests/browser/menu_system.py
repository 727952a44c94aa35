"""The main acts of the screens under 系統管理 and of one's own account."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.rules import inmate_columns
from app.seeds.demo_people import STAFF_PASSWORD
from tests.browser.live import STARTS_WITHIN_SECONDS
from tests.browser.person import Staff


def _asks_for_a_new_address(person: Staff) -> None:
    person.follows("變更電子郵件")
    _confirms(person)
    person.fills(email="new-address@staff.invalid")
    person.page.locator("main form button").last.click()
    person.sees("new-address@staff.invalid")


def _edits_a_parameter(person: Staff) -> None:
    person.row("行動接見時間(分)").get_by_role("link", name="編輯").first.click()
    person.fills(value="25")
    person.presses("儲存")
    person.sees("已儲存", "25")


def _moves_an_agency(person: Staff) -> None:
    person.fills(name="臺北看守所")
    person.presses("查詢")
    person.row("臺北看守所").get_by_role("link", name="編輯").click()
    person.fills(phone="02-22611711")
    person.presses("儲存")
    person.sees("02-22611711")


def _adds_a_day_off(person: Staff) -> None:
    person.follows("編輯其他日期")
    person.fills(day="2026-03-23")
    person.presses("下一步")
    person.page.locator("main select").first.select_option(index=1)
    person.fills(name="彈性放假")
    person.presses("儲存")
    person.sees("2026-03-23")


def _rewords_a_message(person: Staff) -> None:
    person.follows("編輯")
    body = person.page.locator("main [name='body']")
    body.fill(body.input_value() + "\n如有疑問請洽機關。")
    person.presses("預覽")
    person.sees("如有疑問請洽機關。")
    person.presses("儲存")
    person.sees("已儲存")


def _adds_a_reason(person: Staff) -> None:
    person.follows("新增")
    person.fills(text="委任狀已逾期", text_en="The mandate has expired")
    person.presses("儲存")
    person.sees("委任狀已逾期")


def _adds_an_account(person: Staff) -> None:
    person.follows("新增")
    _confirms(person)
    person.fills(username="yunlin1", given_name="大華", family_name="周", email="yunlin1@staff.invalid")
    person.page.get_by_label("稽核").check()
    person.page.locator("main").get_by_role("button", name="新增").click()
    person.sees("yunlin1")


def _drafts_a_notice_of_privacy(person: Staff) -> None:
    person.follows("由最新版本擬訂新版")
    person.fills(from_on="2026-04-01")
    body = person.page.locator("main [name='body']")
    body.fill(body.input_value() + "\n七、本聲明修正時，於本入口網公告。")
    person.presses("儲存")
    person.sees("2026/04/01")


def _reads_a_message(person: Staff) -> None:
    person.fills(channel="mail")
    person.presses("查詢")
    person.follows("檢視")
    person.sees("內文", "傳送目的")


def _tells_by_telephone(person: Staff) -> None:
    person.follows("處理")
    person.fills(note="已電話告知本人")
    person.presses("登記已電話告知")
    person.sees("已登記")


def _runs_a_job(person: Staff) -> None:
    person.page.locator("main button[value='remind']").click()
    person.sees("已列為立即執行")
    worker = person.live.run("tests.browser.served", "worker")
    try:
        patience = time.monotonic() + STARTS_WITHIN_SECONDS
        while not person.row("接見提醒").get_by_text("完成").count() and time.monotonic() < patience:
            person.page.wait_for_timeout(500)
            person.page.reload()
        person.row("接見提醒").get_by_text("完成").first.wait_for()
    finally:
        worker.terminate()
        worker.wait()


def _counts_a_month(person: Staff) -> None:
    person.fills(month="2026-02")
    person.presses("查詢")
    person.row("2477").first.wait_for()
    answer = person.page.context.request.get(
        f"{person.live.url}{person.page.get_by_role('link', name='匯出CSV').get_attribute('href')}"
    )
    assert answer.ok and "桃園女子監獄" in answer.text()


def _finds_an_inmate(person: Staff) -> None:
    person.fills(number="0609")
    person.presses("查詢")
    person.follows("檢視")
    person.sees("黃小萍", "忠一舍")


def _hands_inmates_in(person: Staff) -> None:
    person.follows("新增")
    person.page.locator("main [name='agency_id']").select_option(label="桃園女子戒治所")
    person.chooses_file("file", ("名冊.csv", inmate_columns.template()))
    person.presses("上傳並檢核")
    person.sees("檔案已收存，系統正在檢核。")
    person.live.run("tests.browser.served", "jobs", "run", "inmate-imports").wait()
    person.page.reload()
    person.presses("確認匯入")
    person.sees("已完成匯入。")


def _ticks_off(person: Staff) -> None:
    person.follows("處理")
    person.fills(note="已電話告知律師")
    person.presses("標示為已處理")
    person.sees("待辦事項")


def _makes_a_key(person: Staff) -> None:
    person.follows("新增")
    _confirms(person)
    person.fills(name="獄政系統", ends_on="2027-03-03")
    person.presses("儲存")
    person.sees("金鑰僅顯示這一次")


def _confirms(person: Staff) -> None:
    """再次確認密碼, where the last time is too long ago."""
    if "再次確認密碼" not in person.page.locator("h1").first.inner_text():
        return
    person.fills(password=STAFF_PASSWORD)
    person.presses("確認")
    person.page.locator("h1", has_not_text="再次確認密碼").first.wait_for()


ACTS: dict[str, Callable[[Staff], None]] = {
    "基本資料修改": _asks_for_a_new_address,
    "系統參數設定(機關)": _edits_a_parameter,
    "機關資料維護": _moves_an_agency,
    "辦公日曆維護": _adds_a_day_off,
    "通知範本維護": _rewords_a_message,
    "不通過原因維護": _adds_a_reason,
    "帳號權限管理": _adds_an_account,
    "個資聲明版本維護": _drafts_a_notice_of_privacy,
    "簡訊電子郵件紀錄": _reads_a_message,
    "未送達通知處理": _tells_by_telephone,
    "排程工作": _runs_a_job,
    "統計報表": _counts_a_month,
    "收容人資料": _finds_an_inmate,
    "收容人資料匯入": _hands_inmates_in,
    "待辦事項": _ticks_off,
    "介接金鑰維護": _makes_a_key,
}
