"""The main acts of the screens under 戒護安全, which the visit desk does and headquarters reads."""

from __future__ import annotations

from collections.abc import Callable

from app.seeds.demo_people import identity_number
from tests.browser.person import Staff

#: The demonstration's agency, as lists of agencies name it.
AGENCY = "2477-桃園女子監獄"


def _decides_a_row(person: Staff) -> None:
    person.page.locator("main tbody").get_by_label("審核通過").first.check()
    person.presses("儲存全部審核結果")
    person.sees("已儲存1件審核結果")


def _books_by_telephone(person: Staff) -> None:
    if not person.page.get_by_role("link", name="預約現場律師接見").count():
        return _opens_a_row(person)  # headquarters does not book
    person.page.locator("main").get_by_role("link", name="預約現場律師接見").click()
    person.page.locator("main [name='agency']").select_option(label=AGENCY)
    person.fills(inmate_number="0071", name="羅文斌", relation="lawyer", certificate="(98)臺檢證字第9876號")
    person.fills(id_number=identity_number("10000055"), phone="02-23456789", day="2026-03-10", at="10:30")
    person.presses("儲存預約")
    person.sees("羅文斌", "2026-03-10")


def _reviews_a_family(person: Staff) -> None:
    person.follows("審核")
    person.fills(verdict="approve")
    person.presses("儲存審核結果")
    person.sees("已審核為「審核通過」")


def _registers_a_visitor(person: Staff) -> None:
    person.page.locator("main [name='agency']").select_option(label=AGENCY)
    person.fills(inmate_number="0350", name="張律明", relation="lawyer", certificate="(100)臺檢證字第1234號")
    person.fills(id_number=identity_number("10000066"), occupation="律師", age="45", address="桃園市中壢區中正路1號")
    person.presses("登記並報到")
    person.presses("確認登記")  # after what an officer should know
    person.sees("已完成現場登記", "張律明")


def _prints_the_roster(person: Staff) -> None:
    at_the_agency(person)
    person.presses("確認列印")
    person.sees("下載PDF")


def _starts_a_visit(person: Staff) -> None:
    at_the_agency(person)
    begin = person.page.get_by_role("button", name="開始接見")
    if not begin.count():
        return person.sees("已報到")  # headquarters watches
    begin.first.click()
    person.sees("已開始接見。")


def _reads_the_board(person: Staff) -> None:
    at_the_agency(person)
    person.sees("候見中", "接見中")
    screen = person.page.get_by_role("link", name="候見室螢幕").get_attribute("href")
    assert screen
    person.opens(screen)
    person.sees("接見中")
    assert "蘇承和" not in person.words, "the screen of the waiting room shows numbers only"


def _opens_a_row(person: Staff) -> None:
    person.follows("檢視")
    person.sees("預約編號")


def at_the_agency(person: Staff) -> None:
    """Headquarters chooses an agency first; who has only one is there already."""
    chosen = person.page.locator("main form[method='get'] [name='agency']")
    if not chosen.input_value():
        chosen.select_option(label=AGENCY)
        person.page.locator("main form[method='get'] button").first.click()
        person.page.locator("h1").first.wait_for()


ACTS: dict[str, Callable[[Staff], None]] = {
    "律師行動接見登記資料審核(CJALF219F)": _decides_a_row,
    "預約現場律師接見查詢維護(CJALF223F)": _books_by_telephone,
    "家屬現場接見查詢維護": _reviews_a_family,
    "現場登記（未預約）": _registers_a_visitor,
    "列印預約現場律師接見清冊(CJALF247R)": _prints_the_roster,
    "家屬及行動接見預約查詢": _opens_a_row,
    "當日接見報到": _starts_a_visit,
    "候見順序看板": _reads_the_board,
}
