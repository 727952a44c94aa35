"""服務項目申請 of a family: from the number to the sent application, and what its status tells."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind, ServiceItem
from app.services import application_review
from app.services.application_review import Decision
from app.services.item_verdicts import ItemVerdict
from app.services.paper_refusals import PaperRefusal
from models import Applicant, Inmate, ServiceApplication
from tests import factories
from tests.doors import Portal
from tests.factories import files

START = "/portal/family-applications/new"
FOUR = ["on_site_visit", "remote_visit", "mobile_visit", "family_book"]


@pytest.fixture
def inmate(reference_data: None) -> Inmate:
    return factories.inmate(factories.agency(name="測試看守所"), number="0609", name="李小華")


@pytest.fixture
def relative(reference_data: None) -> Applicant:
    return factories.applicant(name="李媽媽")


@pytest.fixture
def portal(app: Flask, relative: Applicant) -> Portal:
    return Portal(app.test_client()).is_signed_in_as(relative)


def starts(portal: Portal, inmate: Inmate, relation: str = "parent") -> None:
    agency_id = inmate.agency_id
    portal.opens(START)
    portal.submits({"agency_id": agency_id, "number": "0609", "relation": relation})


def applies(portal: Portal, inmate: Inmate, items: list[str]) -> ServiceApplication:
    starts(portal, inmate)
    portal.submits({"items": items})
    for kind in ("identity", "kinship", "portrait"):
        portal.uploads(kind, files.jpeg())
    portal.submits(form="/submit")
    return db.session.query(ServiceApplication).one()


def decides(application_id: str, refused: dict[str, str], *papers: str) -> None:
    """An officer grants everything but these items and papers."""
    application = db.session.get_one(ServiceApplication, application_id)
    officer = factories.officer(application.agency)
    verdicts = tuple(
        ItemVerdict(row.item.value, "reject" if row.item in refused else "approve", refused.get(row.item, ""))
        for row in application.items
    )
    refusals = tuple(PaperRefusal(paper_id, "照片不清或非本人") for paper_id in papers)
    actor = factories_actor(officer.id)
    application_review.review(application_id, Decision(items=verdicts, refusals=refusals), officer.id, actor)


def factories_actor(officer_id: int):  # type: ignore[no-untyped-def]
    from app.security import Actor

    return Actor("staff", str(officer_id), "王小明")


def test_from_the_number_to_the_status(portal: Portal, inmate: Inmate) -> None:
    portal.opens("/portal/account")
    portal.follows("服務項目申請")
    agency_id = inmate.agency_id
    page = portal.submits({"agency_id": agency_id, "number": "0609", "relation": "parent"})
    assert "申請對象：0609李○○" in page.text and "李小華" not in page.text
    assert page.form().filled({})["relation"] == ["parent"]

    page = portal.submits({"items": FOUR})
    assert "預約現場接見、預約遠距接見、預約行動接見、家庭聯絡簿" in page.text
    assert "檔案可上傳尺寸合計 30 MB" in page.text and "目前上傳 0 MB" in page.text
    assert [f.names & {"identity", "kinship", "portrait", "mandate"} for f in page.forms() if "kind" in f.names] == [
        {"identity"},
        {"kinship"},
        {"portrait"},
    ]
    assert "可上傳類型PNG、JPG、JPEG" in page.text and "辦理行動接見必填" in page.text
    for kind in ("identity", "kinship", "portrait"):
        portal.uploads(kind, files.jpeg())
    page = portal.submits(form="/submit")
    assert "服務項目申請已送出，審核結果將寄至您信箱。" in page.text
    (row,) = portal.opens("/portal/applications").rows("#cases tbody tr")
    assert row[:7] == [
        "測試看守所",
        "0609 李○○",
        "父母",
        "預約現場接見、預約遠距接見、預約行動接見、家庭聯絡簿",
        "2026/03/03",
        "未審核",
        "",
    ]


@pytest.mark.parametrize(
    ("number", "relation", "sentence"),
    [
        ("0609", "", "請選擇與收容人關係。"),
        ("0609", "lawyer", "請選擇與收容人關係。"),
        ("", "parent", "請輸入呼號"),
        ("9999", "parent", "查無符合之收容人資料"),
    ],
)
def test_a_wrong_subject_keeps_what_was_typed(
    portal: Portal, inmate: Inmate, number: str, relation: str, sentence: str
) -> None:
    agency_id = inmate.agency_id
    portal.opens(START)
    page = portal.submits({"agency_id": agency_id, "number": number, "relation": relation}, expect=422)
    assert any(sentence in error for error in page.errors)
    assert page.form().filled({}).get("number", [""]) == [number]


def test_no_item_no_papers(portal: Portal, inmate: Inmate) -> None:
    starts(portal, inmate)
    draft = portal.page.address
    page = portal.submits({"items": []}, expect=422)
    assert any("請至少勾選一項申請服務項目。" in error for error in page.errors)
    # Without an item there are no papers to ask for: the page leads back to the ticks.
    assert portal.opens(f"{draft}/papers").address == draft


def test_a_photograph_that_is_none_is_refused_beside_its_field(portal: Portal, inmate: Inmate) -> None:
    starts(portal, inmate)
    portal.submits({"items": ["mobile_visit"]})
    page = portal.uploads("portrait", files.pdf("我.pdf"), expect=422)
    assert any("「我.pdf」不是可接受的檔案，請改用PNG、JPG、JPEG。" in error for error in page.errors)
    # A document under a picture's name is told by its content.
    page = portal.uploads("portrait", ("我.jpg", files.pdf()[1]), expect=422)
    assert page.errors and "我.jpg" in page.errors[0]
    portal.uploads("identity", files.jpeg())
    page = portal.submits(form="/submit", expect=422)
    assert [error for error in page.errors if "正面清晰照片" in error and "關係" not in error]


def test_what_waits_is_told(portal: Portal, inmate: Inmate) -> None:
    applies(portal, inmate, ["on_site_visit", "family_book"])
    agency_id = inmate.agency_id
    portal.opens(START)
    page = portal.submits({"agency_id": agency_id, "number": "0609", "relation": "parent"}, expect=422)
    assert any("預約現場接見、家庭聯絡簿" in error for error in page.errors)


def test_results_item_by_item_and_the_second_try(each_database: str, portal: Portal, inmate: Inmate) -> None:
    application = applies(portal, inmate, FOUR)
    application_id = application.id
    portrait = next(paper.id for paper in application.attachments if paper.kind is AttachmentKind.PORTRAIT)
    decides(application_id, {"mobile_visit": ""}, portrait)
    page = portal.opens("/portal/applications")
    (row,) = page.rows("#cases tbody tr")
    assert row[5] == "部分通過" and "預約行動接見：照片不清或非本人" in row[7] and "救濟" in row[7]
    assert [held[3] for held in page.rows("#holdings tbody tr")].count("家庭聯絡簿") == 1
    assert len(page.rows("#holdings tbody tr")) == 3

    page = portal.opens(f"/portal/applications/{application_id}")
    assert "預約行動接見 審核未通過 不通過原因：照片不清或非本人" in page.text
    page = portal.submits(form="/mend")
    assert "申請服務項目內容：預約行動接見" in page.text and "請更換下列文件" in page.text
    page = portal.follows("修改")
    assert page.form().filled({})["items"] == ["mobile_visit"]
    assert "無須重複申請：預約現場接見、預約遠距接見、家庭聯絡簿" in page.text
    portal.submits()
    portal.uploads("portrait", files.jpeg("新照片.jpg"))
    portal.submits(form="/submit")
    again = db.session.query(ServiceApplication).filter_by(previous_id=application_id).one()
    assert [row.item for row in again.items] == [ServiceItem.MOBILE_VISIT]


def test_taking_it_back(portal: Portal, inmate: Inmate) -> None:
    application_id = applies(portal, inmate, ["family_book"]).id
    portal.opens(f"/portal/applications/{application_id}")
    portal.follows("撤回申請")
    page = portal.submits(form="/withdraw") if page_has_form(portal) else portal.submits()
    assert "您已撤回本項申請" in page.text and page.link("服務項目申請") == START
    state = db.session.get_one(ServiceApplication, application_id, populate_existing=True).state
    assert state is ApplicationState.WITHDRAWN


def page_has_form(portal: Portal) -> bool:
    return any("/withdraw" in form.action for form in portal.page.forms())
