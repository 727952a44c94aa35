"""已核准服務項目查詢: the list by standing, one grant in full, the acts on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.grants import GrantStanding
from app.rules.vocabulary import ApplicationState, GrantState, ReservationState, ServiceItem
from models import Agency, AuditEntry, Notification, ServiceGrant
from tests import factories
from tests.doors import Office
from tests.doors.page import select as find
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk

LIST = "/backoffice/grants/list/"


def grant_of(agency: Agency, days: int = 365, **columns: Any) -> ServiceGrant:
    today = clock.today()
    person, inmate = factories.applicant(name="李大同"), factories.inmate(agency, name="黃小萍")
    span = {"from_on": today - timedelta(days=10), "until_on": today + timedelta(days=days)}
    return factories.granted(person, inmate, **{**span, **columns})


def show(grant: ServiceGrant) -> str:
    return f"/backoffice/grants/show/{grant.id}"


def change(grant: ServiceGrant, act: str) -> str:
    return f"/backoffice/grants/change/{grant.id}/{act}"


def now(grant: ServiceGrant) -> ServiceGrant:
    return db.session.get_one(ServiceGrant, grant.id, populate_existing=True)


def test_the_list_is_masked_and_of_ones_own_agency(each_database: str, agency: Agency, officer: Office) -> None:
    grant = grant_of(agency)
    factories.granted()
    page = officer.opens(LIST)
    (row,) = page.rows()
    shown = [agency.name, f"{grant.inmate.number}黃○○", "李○○", "律師", "律師接見服務項目"]
    assert row[:8] == [*shown, "2026/02/21", "2027/03/03", "有效"]
    assert "黃小萍" not in page.text and "李大同" not in page.text


def test_every_grant_stands_under_its_own_word(each_database: str, agency: Agency, officer: Office) -> None:
    """The filter for the database and the rule for the page agree."""
    for state in GrantState:
        for days in (31, 30, 0, -1):
            grant_of(agency, days, state=state)
    counted = 0
    for word in GrantStanding:
        rows = officer.opens(f"{LIST}?state={word.value}").rows()
        assert rows and {row[7] for row in rows} == {str(word.label)}, word
        counted += len(rows)
    assert counted == len(GrantState) * 4 == len(officer.opens(LIST).rows())


def test_families_items_are_found_by_item(agency: Agency, officer: Office) -> None:
    grant_of(agency)
    sent = factories.family_application(about=factories.inmate(agency), state=ApplicationState.APPROVED)
    for item in (ServiceItem.ON_SITE_VISIT, ServiceItem.FAMILY_BOOK):
        factories.grant(sent, item=item)
    (row,) = officer.opens(f"{LIST}?item=family_book").rows()
    assert row[3:5] == ["父母", "家庭聯絡簿"]
    officer.follows("檢視")
    assert "家庭聯絡簿" in officer.page.text
    assert officer.follows("檢視原申請案件").title == "家屬服務項目審核"


def test_a_grant_that_followed_its_inmate_says_where_the_case_lies(agency: Agency, officer: Office) -> None:
    former = factories.agency(name="臺中女子監獄")
    case = factories.application(about=factories.inmate(former), state=ApplicationState.APPROVED)
    moved = factories.grant(case, agency_id=agency.id, state=GrantState.TO_CHECK)
    page = officer.opens(show(moved))
    assert "臺中女子監獄（申請日期2026/03/03）。案件由該機關審核，本機關得查閱。" in page.text
    assert "檢視原申請案件" not in page.text and page.link("查閱原申請案件及附件")


def test_by_number_and_end(agency: Agency, officer: Office) -> None:
    grant, _other = grant_of(agency), grant_of(agency, 40)
    assert len(officer.opens(f"{LIST}?number={grant.inmate.number}").rows()) == 1
    assert [row[6] for row in officer.opens(f"{LIST}?until=2026-12-31").rows()] == ["2026/04/12"]
    assert "「狀態」沒有這個選項" in officer.opens(f"{LIST}?state=nonsense").text


def test_the_page_is_full_and_written_down_once(
    each_database: str, agency: Agency, officer: Office, clock_at: StoppedClock
) -> None:
    grant = grant_of(agency)
    booked = factories.reservation(grant, state=ReservationState.APPROVED)
    page = officer.opens(show(grant))
    assert "黃小萍" in page.text and "李大同" in page.text and booked.number in page.text
    officer.opens(show(grant))
    of_grant = (AuditEntry.event == "service_grant.opened", AuditEntry.subject_id == grant.id)
    assert len(db.session.scalars(select(AuditEntry).where(*of_grant)).all()) == 1


def test_suspending_and_resuming_through_the_pages(each_database: str, agency: Agency, officer: Office) -> None:
    grant = grant_of(agency)
    factories.reservation(grant)
    officer.opens(show(grant))
    page = officer.follows("暫停使用")
    assert "已預約之接見將標示待處理，不會自動取消" in page.text
    page = officer.submits({"note": "待查"}, button="確認暫停使用", expect=422)
    assert any("請由清單選擇原因。" in error for error in page.errors)
    assert page.form(button="確認暫停使用").filled({})["note"][0].strip() == "待查"
    page = officer.submits({"reason": "當事人聲明異議待查", "note": "待查"}, button="確認暫停使用")
    assert "暫停使用已完成" in page.text and "1件預約接見，已標示待處理" in page.text
    assert "服務項目暫停使用" in page.text and "王小明 暫停使用 當事人聲明異議待查：待查" in page.text
    assert now(grant).state is GrantState.SUSPENDED
    officer.follows("恢復使用")
    page = officer.submits({"note": "查無異議"}, button="確認恢復使用")
    assert "1件預約接見已恢復正常。" in page.text and now(grant).state is GrantState.ACTIVE
    assert sorted(db.session.scalars(select(Notification.event))) == ["grant_resumed", "grant_suspended"]


@pytest.mark.parametrize(
    ("state", "days", "offered"),
    [
        (GrantState.ACTIVE, 9, ["暫停使用", "變更有效期限", "廢止"]),
        (GrantState.TO_CHECK, 9, ["暫停使用", "確認有效", "變更有效期限", "廢止"]),
        (GrantState.SUSPENDED, 9, ["恢復使用", "變更有效期限", "廢止"]),
        (GrantState.REVOKED, 9, ["撤銷廢止"]),
        (GrantState.REVOKED, -1, []),
        (GrantState.ACTIVE, -1, []),
        (GrantState.EXPIRED, -1, []),
    ],
)
def test_what_is_offered(agency: Agency, officer: Office, state: GrantState, days: int, offered: list[str]) -> None:
    page = officer.opens(show(grant_of(agency, days, state=state)))
    links = [" ".join(a.text_content().split()) for a in find(page.tree, ".ab-actions a[href*='/change/']")]
    assert links == offered


def test_a_new_end(agency: Agency, officer: Office) -> None:
    grant = grant_of(agency)
    factories.reservation(grant)
    officer.opens(change(grant, "end"))
    page = officer.submits({"until_on": "2026-03-03", "note": "審級結束"}, button="確認變更有效期限", expect=409)
    assert any("1件已預約之接見落在有效期限之後" in error for error in page.errors)
    page = officer.submits({"until_on": "明年", "note": "審級結束"}, button="確認變更有效期限", expect=422)
    assert any("須為存在的日期" in error for error in page.errors)
    page = officer.submits({"until_on": "2026-09-30", "note": "審級結束"}, button="確認變更有效期限")
    assert "2026/02/21~2026/09/30" in page.text and "2027/03/03→2026/09/30：審級結束" in page.text


def test_two_officers_at_once(agency: Agency, officer: Office, browser_of: Desk) -> None:
    grant = grant_of(agency)
    form = officer.opens(change(grant, "revoke")).form(button="確認廢止")
    second = browser_of(factories.officer(agency))
    second.opens(change(grant, "suspend"))
    second.submits({"reason": "其他"}, button="確認暫停使用")
    page = officer.sends(form, {"reason": "解除委任", "note": "來函"}, "確認廢止", expect=409)
    assert any("已有異動" in error for error in page.errors) and page.link("重新載入最新資料")
    assert now(grant).state is GrantState.SUSPENDED


def test_nonsense_and_others_do_not_exist(agency: Agency, officer: Office, browser_of: Desk) -> None:
    foreign = factories.granted()
    for path in (show(foreign), change(foreign, "suspend"), change(grant_of(agency), "delete")):
        officer.opens(path, expect=404)
    for path in ("/backoffice/grants/show/1", "/backoffice/grants/change/1/suspend"):
        officer.opens(path, expect=404)
    desk = browser_of(factories.desk(agency))
    desk.opens(LIST, expect=403)
    desk.opens(change(grant_of(agency), "suspend"), expect=403)
