"""The main act of each screen of the menu, and what tells whoever did it that it is done.

A screen whose act needs more than a few presses has a story or view test of its own; here it is done once as each
role that may. Whoever may only read a screen reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser import menu_desk, menu_system
from tests.browser.person import Staff

Act = Callable[[Staff], None]


def _opens_a_figure(person: Staff) -> None:
    figure = person.page.locator("main a", has_text="件").first
    waiting = figure.inner_text().split("\n")[1].removesuffix("件")
    figure.click()
    expect(person.page.locator("main")).to_contain_text(re.compile(f"{waiting}[筆件]"))


def _approves_a_case(person: Staff) -> None:
    person.follows("審核")
    person.page.locator("main [name='verdict'][value='approve']").check()
    person.presses("儲存審核結果")
    person.sees("已審核為「審核通過」")


def _approves_every_item(person: Staff) -> None:
    person.follows("審核")
    for item in person.page.locator("main [name^='verdict-'][value='approve']").all():
        item.check()
    person.presses("儲存審核結果")
    person.sees("已審核為「審核通過」")


def _suspends_a_grant(person: Staff) -> None:
    person.follows("檢視")
    person.follows("暫停使用")
    person.page.get_by_label("原因").first.select_option(index=1)
    person.fills(note="查證中")
    person.presses("確認暫停使用")
    person.sees("恢復使用")


def _approves_an_entry(person: Staff) -> None:
    person.follows("審核")
    person.fills(verdict="approve")
    person.page.get_by_role("button", name="審核", exact=True).click()
    person.sees("審核通過", "回清單")


def _prints_and_hands_over(person: Staff) -> None:
    menu_desk.at_the_agency(person)
    person.presses("列印")
    person.sees("下載PDF")
    person.presses("登記交付")
    person.sees("已交付收容人")


def _writes_to_families(person: Staff) -> None:
    person.follows("新增")
    person.page.get_by_label("機關", exact=False).first.wait_for()
    person.page.locator("main [name='agency']").select_option(label=menu_desk.AGENCY)
    person.fills(title="中秋節懇親活動", text="本監訂於中秋節前一週辦理懇親活動。")
    person.presses("確認")
    person.sees("中秋節懇親活動")


def _stops_visits(person: Staff) -> None:
    person.follows("新增停止辦理")
    person.page.locator("main [name='agency_id']").select_option(label=menu_desk.AGENCY)
    person.page.get_by_label("起日", exact=True).fill("2026-03-16")
    person.page.get_by_label("常用原因").select_option("颱風停止上班")
    person.presses("列出受影響之預約")
    person.presses("確認停止辦理")
    person.sees("已停止辦理")


def _publishes(person: Staff) -> None:
    person.follows("新增")
    person.fills(title="清明連假接見公告", body="清明連假期間停止辦理接見。")
    person.presses("儲存")
    person.sees("清明連假接見公告")


def _edits_hours(person: Staff) -> None:
    line = re.compile("編輯.*桃園女子監獄.*預約現場接見")
    person.page.locator("main tbody").get_by_role("link", name=line).first.click()
    person.fills(notes="連續假期前請提早預約")
    person.presses("預覽")
    person.sees("連續假期前請提早預約")
    person.presses("儲存")
    person.sees("已儲存。")


def _looks_a_person_up(person: Staff) -> None:
    person.fills(kind="mail", value="family@example.com", purpose="enquiry", note="來電詢問預約")
    person.presses("查詢")
    person.presses("開啟")
    person.sees("黃陳秀枝", "0609")


def _decides_a_recognition(person: Staff) -> None:
    person.follows("檢視")
    person.fills(verdict="match", reason="當面核對無誤")
    person.presses("儲存認定")
    person.sees("人工認定：相符")


def _gives_a_room(person: Staff) -> None:
    person.follows("審核")
    person.fills(verdict="approve")
    person.fills(room="行動一室")
    person.presses("儲存審核結果")
    person.sees("已審核為「審核通過」")


#: Last word of a menu line -> its act.
ACTS: dict[str, Act] = {
    "首頁": _opens_a_figure,
    "審核律師接見服務項目": _approves_a_case,
    "審核家屬服務項目": _approves_every_item,
    "已核准服務項目查詢": _suspends_a_grant,
    "家庭聯絡簿審查": _approves_an_entry,
    "家庭聯絡簿列印及交付": _prints_and_hands_over,
    "機關聯絡簿": _writes_to_families,
    "停止辦理接見": _stops_visits,
    "訊息公告及申辦流程維護": _publishes,
    "公告時段管理": _edits_hours,
    "家屬資料查詢修改": _looks_a_person_up,
    "辨識結果查看": _decides_a_recognition,
    "行動接見申請": _gives_a_room,
    **menu_system.ACTS,
    **menu_desk.ACTS,
}
