"""律師接見服務項目審核: what the page of a case shows, to whom, and what the trail says about it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ApplicationState, Relationship, RestrictionKind
from models import Agency, AuditEntry, Inmate, ServiceApplication
from tests import factories
from tests.doors import Office
from tests.doors.page import select as find
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk


def address(application: ServiceApplication) -> str:
    return f"/backoffice/applications/review/{application.id}"


def readings() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.event == "service_application.opened")))


def inmate_of(agency: Agency, **columns: str) -> Inmate:
    return factories.inmate(agency, **{"number": "0609", "name": "黃小萍", **columns})


def test_the_page_shows_everybody_in_full(each_database: str, agency: Agency, officer: Office) -> None:
    person = factories.applicant(
        name="陳𠮷豪",
        id_number="A123456789",
        birth_date=date(1961, 3, 10),
        mobile="0912345678",
        mail="chen@example.com",
    )
    case = factories.application(person, inmate_of(agency), certificate_number="(106)臺檢證字第1號")
    shown = officer.opens(address(case)).text
    for fact in (
        "0609黃小萍",
        "陳𠮷豪",
        "A123456789",
        "民國50年3月10日（1961/03/10）",
        "0912345678",
        "chen@example.com",
        "(106)臺檢證字第1號",
        "2026/03/03",
        "未審核1件",
    ):
        assert fact in shown


def test_restrictions_and_what_they_mean_for_this_capacity(agency: Agency, officer: Office) -> None:
    inmate = inmate_of(agency)
    factories.restriction(inmate, RestrictionKind.NO_CONTACT_ORDER, details="桃園地院裁定")
    defender = factories.application(about=inmate, relation=Relationship.DEFENDER)
    lawyer = factories.application(about=inmate)
    assert "辯護人接見不受禁止接見通信限制。" in officer.opens(address(defender)).words(".rv-restrictions")
    assert "須附法院（審判中）或檢察官（偵查中）同意文件" in officer.opens(address(lawyer)).words(".rv-restrictions")
    assert "桃園地院裁定" in officer.page.words(".rv-restrictions")


def test_earlier_cases_and_grants_of_the_pair_stand_beside(agency: Agency, officer: Office) -> None:
    person, inmate = factories.applicant(), inmate_of(agency)
    refused = {"state": ApplicationState.REJECTED, "rejection_reason": "重複申請"}
    factories.application(person, inmate, **refused)
    factories.granted(person, inmate)
    case = factories.application(person, inmate)
    shown = officer.opens(address(case)).words(".rv-data")
    assert "審核未通過 重複申請" in shown and "已核准 2026/03/03~2027/03/03" in shown


def test_opening_is_written_down_once_per_look(
    each_database: str, agency: Agency, officer: Office, clock_at: StoppedClock
) -> None:
    case = factories.application(about=inmate_of(agency))
    officer.opens(address(case))
    officer.opens(f"{address(case)}?zoom=150&rot=90")
    (entry,) = readings()
    assert (entry.subject_id, entry.agency_id, entry.actor_name) == (case.id, agency.id, "王小明")
    clock_at.passes(minutes=14)
    officer.opens(address(case))
    assert len(readings()) == 1
    clock_at.passes(minutes=2)
    officer.opens(address(case))
    assert len(readings()) == 2


def test_a_colleague_who_has_just_opened_the_case_is_named(
    agency: Agency, officer: Office, browser_of: Desk, clock_at: StoppedClock
) -> None:
    case = factories.application(about=inmate_of(agency))
    browser_of(factories.officer(agency, last_name="張", first_name="三")).opens(address(case))
    clock_at.passes(minutes=2)
    assert "張三於2分鐘前開啟本件，可能正在審核。" in officer.opens(address(case)).text
    clock_at.passes(minutes=20)
    assert "張三" not in officer.opens(address(case)).text


def test_another_agencys_case_does_not_exist(agency: Agency, officer: Office, browser_of: Desk) -> None:
    foreign = factories.application()
    page = officer.opens(address(foreign), expect=404)
    assert "查無此資料，或您無權查看。" in page.text and not readings()
    assert officer.client.post(address(foreign)).status_code == 400  # without a token of a page
    own = officer.opens(address(factories.application(about=inmate_of(agency))))
    form = own.form("decision")
    answer = officer.client.post(address(foreign), data=form.filled({"verdict": "approve"}))
    assert answer.status_code == 404
    db.session.refresh(foreign)
    assert foreign.state == ApplicationState.PENDING
    browser_of(factories.headquarters()).opens(address(foreign))


def test_nonsense_in_the_address_is_no_error(each_database: str, agency: Agency, officer: Office) -> None:
    case = factories.application(about=inmate_of(agency))
    for nonsense in ("?zoom=9999999999999&rot=abc", "?zoom=-1&rot=45", "?back=https%3A%2F%2Fevil.example"):
        page = officer.opens(address(case) + nonsense)
        assert "evil" not in page.link("回清單")
    for nonsense in ("1", "%00", "00000000-0000-0000-0000-000000000000", "' OR 1=1"):
        officer.opens(f"/backoffice/applications/review/{nonsense}", expect=404)


def test_back_leads_to_the_list_as_it_was_left(agency: Agency, officer: Office) -> None:
    case = factories.application(about=inmate_of(agency))
    back = officer.opens(f"{address(case)}?back=state%3Drejected%26number%3D0609").link("回清單")
    assert back == "/backoffice/applications/list/?state=rejected&number=0609"


def test_the_list_leads_to_the_case(agency: Agency, officer: Office) -> None:
    factories.application(about=inmate_of(agency))
    officer.opens("/backoffice/applications/list/?number=0609")
    page = officer.follows("審核 0609黃○○")
    assert page.title == "律師接見服務項目審核" and find(page.tree, "form#decision")
    assert "number=0609" in page.link("回清單")
