"""首頁: what waits, how the day stands and how the weeks went, for whom and at what price."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from app.rules.vocabulary import Attention, ReservationState, VisitKind
from bench.page import counting
from models import Agency, Officer
from tests import factories
from tests.stillness import StoppedClock, taiwan
from tests.views.backoffice.office_door import HOME, OfficeDoor, words

Enter = Callable[[Officer], OfficeDoor]
#: What the front page may ask of the database, the session and its rights apart.
MOST_STATEMENTS = 20
RIGHTS = re.compile("FROM (browser_session|ab_user|officer_agency)|host_id IN")
CHARTS = [
    "每週收件與審結",
    "審核天數中位數",
    "梯次使用情形：預約律師行動接見",
    "梯次使用情形：預約現場接見",
    "梯次使用情形：預約遠距接見",
    "每週未到",
]


@pytest.fixture
def busy(app: object, clock_at: StoppedClock) -> Agency:
    """An agency with something of each kind, and another one beside it."""
    agency = factories.agency(name="測試監獄甲")
    clock_at("2026-03-01 09:00")
    for at in (agency, factories.agency()):
        factories.visit_rules(at)
        factories.closure(at)
        inmate = factories.inmate(at)
        grant = factories.granted(about=inmate)
        factories.family_application(about=inmate)
        factories.entry(factories.family_grant(about=inmate))
        for kind in (VisitKind.FAMILY_ON_SITE, VisitKind.FAMILY_REMOTE, VisitKind.LAWYER_MOBILE):
            factories.session_visit(inmate, kind, taiwan("2026-03-04 10:00"))
        factories.reservation(grant, taiwan("2026-03-03 09:30"), state=ReservationState.CHECKED_IN)
        factories.reservation(grant, taiwan("2026-02-24 09:30"), state=ReservationState.NO_SHOW)
        factories.reservation(
            grant, taiwan("2026-03-05 09:30"), state=ReservationState.APPROVED, attention=Attention.DAY_OFF
        )
        factories.reservation(grant, taiwan("2026-03-05 10:00"), state=ReservationState.AWAITING_NEW_DATE)
    clock_at("2026-03-03 09:00")
    return agency


def titles(page: str) -> list[str]:
    return re.findall(r"<figcaption[^>]*>([^<]+)", page)


def links(page: str) -> list[str]:
    """Where the page's figures lead."""
    body = page.partition("<main")[2].partition("</main>")[0]
    return [html.unescape(url) for url in re.findall(r'href="([^"#]+)"', body)]


def test_an_officers_morning(signed_in: Enter, busy: Agency) -> None:
    door = signed_in(factories.officer(busy))
    page = door.get(HOME)
    seen = words(page)
    since = "1件 最早申請日期：2026年3月1日（星期日），已等候2天"
    assert f"未審核之家屬服務項目申請 {since}" in seen and f"待審核之家庭聯絡簿 {since}" not in seen.replace("申請", "")
    assert f"待審核之家屬現場接見 {since}" in seen and "待審核之行動及遠距接見 2件" in seen
    assert "停止辦理接見待申請人回覆 1件 最早之原接見日期：2026年3月5日（星期四）" in seen
    assert "待審核之預約律師現場接見" not in seen, "the desk reviews them"
    assert "今日接見 家屬及行動接見 未報到 0 " in seen and "律師現場接見 未報到" not in seen
    assert titles(page.text) == CHARTS
    followed = {url: door.get(url).status_code for url in links(page.text)}
    assert len(followed) > 40 and set(followed.values()) == {200}


def test_the_desk_and_headquarters(signed_in: Enter, busy: Agency) -> None:
    desk = words(signed_in(factories.desk(busy)).get(HOME))
    assert re.search("今日接見 律師現場接見 未報到 0 .* 已報到 1 .* 家屬及行動接見 未報到 0 ", desk)
    assert "有注意事項之預約 1件" in desk
    assert "每週收件與審結" not in desk and "每週未到" in desk and "梯次使用情形：預約現場接見" in desk
    page = signed_in(factories.headquarters()).get(HOME)
    assert re.search("今日接見 律師現場接見 未報到 0 .* 已報到 2 ", words(page)) and titles(page.text) == CHARTS


def test_a_number_of_a_chart_leads_to_what_it_counts(signed_in: Enter, busy: Agency) -> None:
    door = signed_in(factories.headquarters())
    page = door.get(HOME).text
    decided = [url for url in links(page) if "decided_from=2026-02-23" in url and "/applications/" in url]
    answer = door.get(decided[0])
    assert "審核日期" in answer.text and "共4筆" in words(answer), "those of both agencies, decided on 1 March"
    assert "審核日期" not in door.get("/backoffice/applications/list/").text, "the manual's filters have no such field"
    missed = [url for url in links(page) if "state=no_show" in url and "from=2026-02-23" in url and "/onsite/" in url]
    assert "共2筆" in words(door.get(missed[0]))


def test_what_the_page_costs(signed_in: Enter, busy: Agency, clock_at: StoppedClock) -> None:
    for who in (factories.officer(busy), factories.desk(busy), factories.headquarters()):
        door = signed_in(who)
        with counting() as seen:
            door.get(HOME)
        assert len([text for text in seen if not RIGHTS.search(text)]) <= MOST_STATEMENTS, seen


def test_an_empty_agency(signed_in: Enter, app: object) -> None:
    page = signed_in(factories.officer())
    seen = words(page.get(HOME))
    assert "近12週沒有資料。" in seen and "目前沒有案件等候審核" in seen and "梯次使用情形" not in seen
