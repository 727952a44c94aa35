"""家屬服務項目審核: a verdict for each item, the portrait beside them, and the list."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind, GrantState, ServiceItem
from models import Agency, Attachment, Notification, ServiceApplication, ServiceGrant
from tests import factories
from tests.doors import Office
from tests.factories import files
from tests.views.desk.conftest import Desk

LIST = "/backoffice/family-applications/list/"
TWO = (ServiceItem.ON_SITE_VISIT, ServiceItem.MOBILE_VISIT)
UNCLEAR = "照片不清或非本人"
SAVE = "儲存審核結果"


def address(case: ServiceApplication) -> str:
    return f"/backoffice/family-applications/review/{case.id}"


@pytest.fixture
def case(agency: Agency) -> ServiceApplication:
    """A mother asks for visits on site and by telephone."""
    mother = factories.applicant(name="李媽媽")
    sent = factories.family_application(mother, factories.inmate(agency, number="0609", name="李小華"), TWO)
    factories.attachment(sent, files.jpeg("我.jpg"), kind=AttachmentKind.PORTRAIT)
    return sent


def now(case: ServiceApplication) -> ServiceApplication:
    return db.session.get_one(ServiceApplication, case.id, populate_existing=True)


def test_the_list_is_of_families_and_of_ones_own_agency(officer: Office, agency: Agency, case) -> None:  # type: ignore[no-untyped-def]
    factories.application(about=factories.inmate(agency))
    factories.family_application()
    (row,) = officer.opens(LIST).rows()
    assert row[:5] == [agency.name, "0609李○○", "李○○ 父母", "2026/03/03", "未審核"]
    assert officer.opens("/backoffice/applications/list/").rows()[0][2] != row[2]
    assert officer.follows("審核家屬服務項目").title == "家屬服務項目審核"


def test_the_page_shows_the_portrait_and_the_items(officer: Office, case: ServiceApplication) -> None:
    page = officer.opens(address(case))
    assert page.title == "家屬服務項目審核" and "預約現場接見、預約行動接見" in page.text and "李媽媽" in page.text
    picture = page.tree.xpath("//figure//img/@src")[0]
    assert "/backoffice/family-applications/paper/" in picture
    answer = officer.client.get(picture)
    assert answer.status_code == 200 and answer.mimetype == "image/jpeg"
    # The lawyers' pages know nothing of it, nor the other way round.
    assert officer.opens(f"/backoffice/applications/review/{case.id}", expect=404)


def test_some_granted_some_refused(each_database: str, officer: Office, case: ServiceApplication) -> None:
    officer.opens(address(case))
    page = officer.submits(
        {
            "verdict-on_site_visit": "approve",
            "verdict-mobile_visit": "reject",
            "reason-mobile_visit": UNCLEAR,
            "note-mobile_visit": "請重拍",
            "until": "2026-09-30",
        },
        button=SAVE,
    )
    assert "0609李小華已審核為「部分通過」，通知信件已排入寄送。" in page.text
    assert "預約現場接見 審核通過 2026/03/03~2026/09/30" in page.text
    assert f"預約行動接見 審核未通過 {UNCLEAR}：請重拍" in page.text
    grant = db.session.scalars(select(ServiceGrant)).one()
    assert (grant.item, grant.until_on.isoformat()) == (ServiceItem.ON_SITE_VISIT, "2026-09-30")
    body = db.session.scalars(select(Notification)).one().body
    assert f"不通過原因：{UNCLEAR}：請重拍" in body and "預約行動接見：審核未通過" in body

    page = officer.submits({"undo_reason": "看錯了"}, form="undo")
    assert "未審核" in page.text and page.forms("form#decision")
    assert db.session.get_one(ServiceGrant, grant.id, populate_existing=True).state is GrantState.REVOKED


def test_what_is_missing_is_said_beside_its_item(officer: Office, case: ServiceApplication) -> None:
    officer.opens(address(case))
    page = officer.submits({"verdict-on_site_visit": "approve"}, button=SAVE, expect=422)
    assert page.words("#error-verdict-mobile_visit") == "請選擇「預約行動接見」之審核結果。"
    assert page.form("decision").filled({})["verdict-on_site_visit"] == ["approve"]
    page = officer.submits({"verdict-mobile_visit": "reject", "note-mobile_visit": "模糊"}, button=SAVE, expect=422)
    assert page.words("#error-reason-mobile_visit") == "「預約行動接見」審核未通過時，請選擇不通過原因。"
    assert page.form("decision").filled({})["note-mobile_visit"] == ["模糊"]
    assert now(case).state is ApplicationState.PENDING


def test_a_paper_to_be_mended_gives_the_reason(officer: Office, case: ServiceApplication) -> None:
    portrait = db.session.scalars(select(Attachment)).one().id
    officer.opens(address(case))
    typed = {"verdict-on_site_visit": "approve", "mend": portrait, f"paper-reason-{portrait}": UNCLEAR}
    page = officer.submits({**typed, "verdict-mobile_visit": "approve"}, button=SAVE, expect=422)
    assert any("已勾選須補正之文件" in error for error in page.errors)
    officer.submits({"verdict-mobile_visit": "reject"}, button=SAVE)
    assert now(case).state is ApplicationState.PARTLY_APPROVED
    assert f"正面清晰照片1（我.jpg）：{UNCLEAR}" in db.session.scalars(select(Notification)).one().body


def test_a_double_click_is_one_decision(officer: Office, case: ServiceApplication) -> None:
    officer.opens(address(case))
    form = officer.page.form("decision")
    both = {f"verdict-{item.value}": "approve" for item in TWO}
    officer.submits(both, button=SAVE)
    page = officer.sends(form, both)
    assert "已審核為「審核通過」" in page.text
    assert len(db.session.scalars(select(ServiceGrant)).all()) == 2


def test_the_next_case_is_a_familys(officer: Office, agency: Agency, case: ServiceApplication) -> None:
    factories.application(about=factories.inmate(agency))
    other = factories.family_application(about=factories.inmate(agency), items=(ServiceItem.FAMILY_BOOK,))
    officer.opens(address(case))
    page = officer.submits({f"verdict-{item.value}": "approve" for item in TWO}, button="審核並處理下一件")
    assert page.address == address(other)


def test_another_agencys_case_and_the_visit_desk(agency: Agency, browser_of: Desk, case: ServiceApplication) -> None:
    elsewhere = browser_of(factories.officer(factories.agency()))
    elsewhere.opens(address(case), expect=404)
    browser_of(factories.desk(agency)).opens(LIST, expect=403)


def test_the_front_page_counts_families_apart(officer: Office, agency: Agency, case: ServiceApplication) -> None:
    factories.application(about=factories.inmate(agency))
    text = officer.opens("/backoffice/").text
    assert "未審核之家屬服務項目申請" in text and "未審核之律師接見服務項目申請" in text
