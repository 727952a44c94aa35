"""The main act of an auditor: ask for everything, open a record, read its history."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.person import Staff

#: Every list that the first page of 便民服務稽核查詢系統 leads to, beside those of its menu.
LISTS = """
() => [...document.querySelectorAll('main a[href]')].map(one => [one.textContent.trim(), one.getAttribute('href')])
"""


def reads_a_history(person: Staff) -> None:
    """Ask, open the first row of what there is, then the trail of that record."""
    main = person.page.locator("main")
    if main.get_by_role("button", name="查詢").count():
        main.get_by_role("button", name="查詢").first.click()
        person.page.locator("h1").first.wait_for()
    rows = main.locator("tbody").get_by_role("link", name="檢視")
    if not rows.count():
        return
    rows.first.click()
    history = main.get_by_role("link", name="查看本筆資料的稽核軌跡")
    expect(main.locator("dl, table").first).to_be_visible()
    if history.count():
        history.click()
        expect(person.page.locator("h1").first).to_contain_text("軌跡")
