"""服務項目狀態查詢: what is said about each application and grant, and the acts that are offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind, GrantState, InmateStatus
from app.transaction import locked, transaction
from models import Applicant, ApplicationDraft, Inmate, ServiceApplication
from tests import factories
from tests.factories import files
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Page, Visitor
from tests.views.portal.test_applications import uploads

Picture = Callable[..., tuple[BytesIO, str]]
REASON = "委任狀未簽名或未載明案由"


@pytest.fixture
def inmate(visitor: Visitor) -> Inmate:
    return factories.inmate(factories.agency(name="測試看守所"), number="0609", name="黃小萍")


def change(model: type[Any], row_id: str, **columns: Any) -> None:
    with transaction() as session:
        row = locked(session, model, row_id)
        for name, value in columns.items():
            setattr(row, name, value)


def refused(lawyer: Applicant, inmate: Inmate, bad: bool = True) -> ServiceApplication:
    """A refused application; with ``bad`` its mandate was what was wrong."""
    application = factories.application(
        lawyer, inmate, state=ApplicationState.REJECTED, rejection_reason=REASON, rejection_note="請補正"
    )
    factories.attachment(application, files.jpeg("律師證.jpg"))
    mandate = factories.attachment(application, files.pdf("委任狀.pdf"), kind=AttachmentKind.MANDATE)
    if bad:
        change(type(mandate), mandate.id, refusal=REASON, refusal_note="第2頁未簽名")
    return application


def offers(page: Page, act: str) -> bool:
    """Whether the page has a form for this act."""
    return any((form.get("action") or "").endswith(act) for form in page.tree.forms)


def test_the_refusal_names_the_papers_and_leads_to_a_draft_without_them(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture, clock_at: StoppedClock
) -> None:
    old_id = refused(lawyer, inmate).id
    clock_at.passes(minutes=5)
    for path in ("/portal/applications", f"/portal/applications/{old_id}"):
        page = visitor.opens(path)
        assert "審核未通過" in page.main and f"{REASON}：請補正" in page.main
        assert f"訴訟委任文件「委任狀.pdf」：{REASON}：第2頁未簽名" in page.main
        assert "得於收到通知後向測試看守所說明或補正後重新申請，並得依相關法令提起救濟" in page.main
    page = visitor.sends("/mend")
    assert page.path.endswith("/papers") and "請更換下列文件，其他文件均已保留" in page.main
    assert "訴訟委任文件：委任狀.pdf" in page.main and "第2頁未簽名" in page.main and "律師證.jpg" in page.main
    page = visitor.sends("/submit")
    assert [target for target, _line in page.summary] == ["#mandate"], "only the refused paper is asked for again"
    uploads(visitor, "mandate", picture("新委任狀.jpg"))
    assert "服務項目申請已送出" in visitor.sends("/submit").main
    page = visitor.opens("/portal/applications")
    assert "未審核" in page.main and "審核未通過" in page.main
    assert not offers(page, "/mend"), "what was sent again is not sent again"
    states = db.session.execute(select(ServiceApplication.state, ServiceApplication.previous_id)).all()
    assert sorted((s.value, p) for s, p in states if p) == [("pending", old_id)]


def test_of_a_decision_that_was_undone_nothing_is_told(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    application_id = refused(lawyer, inmate).id
    change(ServiceApplication, application_id, state=ApplicationState.PENDING, decided_at=None)
    for path in ("/portal/applications", f"/portal/applications/{application_id}"):
        page = visitor.opens(path)
        assert REASON not in page.main and "須更換" not in page.main and not offers(page, "/mend")


def test_refused_for_another_reason_all_papers_are_kept(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    refused(lawyer, inmate, bad=False)
    visitor.opens("/portal/applications")
    page = visitor.sends("/mend")
    assert "原已上傳之文件均已保留" in page.main and "律師證.jpg" in page.main and "委任狀.pdf" in page.main
    assert "服務項目申請已送出" in visitor.sends("/submit").main


def test_who_starts_afresh_is_shown_the_shorter_way(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    refused(lawyer, inmate)
    draft = factories.draft(lawyer, inmate)
    capacity = f"/portal/applications/draft/{draft.id}"
    assert "可沿用該次資料，僅更換未通過之文件" in visitor.opens(capacity).main
    assert "律師證.jpg" in visitor.sends("/mend").main
    page = visitor.opens(capacity)
    assert not offers(page, "/mend") and page.value("certificate_number") == "臺檢證字第1234號"


def test_an_inmate_who_has_moved_and_the_way_out(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    refused(lawyer, inmate)
    visitor.opens("/portal/applications")
    change(Inmate, inmate.id, status=InmateStatus.TRANSFERRED)
    page = visitor.sends("/mend")
    assert (
        page.status == 409 and "收容人可能已移監或出監" in page.main and "測試看守所（電話：03-319-1119）" in page.main
    )
    assert page.links("律師接見服務項目申請") and page.links("服務項目狀態查詢")


def test_taking_back(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    application_id = factories.application(lawyer, inmate).id
    visitor.opens("/portal/applications")
    (to_it,) = visitor.page.links("查看或撤回")
    (to_the_question,) = visitor.opens(to_it).links("撤回申請")
    assert "確定要撤回這項申請嗎？" in visitor.opens(to_the_question).main
    page = visitor.sends()
    assert page.path == f"/portal/applications/{application_id}" and "已撤回" in page.main
    assert not page.links("撤回申請")


def test_a_decision_while_the_question_was_open(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    application_id = factories.application(lawyer, inmate).id
    visitor.opens(f"/portal/applications/{application_id}/withdraw")
    change(ServiceApplication, application_id, state=ApplicationState.APPROVED, decided_at=clock.now())
    page = visitor.sends()
    assert page.status == 409 and "本件目前狀態為「審核通過」，已無法撤回" in page.main
    assert page.links("服務項目狀態查詢")


@pytest.mark.parametrize(
    ("state", "days", "tag", "means", "renew"),
    [
        (GrantState.ACTIVE, 300, "有效", "可線上預約2026/12/28（含）以前之接見", False),
        (GrantState.ACTIVE, 12, "即將到期", "尚餘12天到期，到期前仍可線上預約", True),
        (GrantState.EXPIRED, -3, "已過期", "已到期，無法線上預約", True),
        (GrantState.SUSPENDED, 90, "暫停使用", "暫停使用期間無法線上預約；已預約之接見請先洽測試看守所確認", False),
        (GrantState.REVOKED, 90, "已廢止", "已廢止，無法線上預約", True),
        (GrantState.TO_CHECK, 90, "待確認", "因收容人異動須重新確認", False),
    ],
)
def test_what_a_grant_is_worth(
    visitor: Visitor,
    lawyer: Applicant,
    inmate: Inmate,
    state: GrantState,
    days: int,
    tag: str,
    means: str,
    renew: bool,
) -> None:
    today = clock.today()
    why = {"reason": "解除委任", "reason_note": "當事人來函"} if state in ("suspended", "revoked") else {}
    columns = {"from_on": today - timedelta(days=100), "until_on": today + timedelta(days=days), **why}
    application_id = factories.granted(lawyer, inmate, state=state, **columns).application_id
    for path in ("/portal/applications", f"/portal/applications/{application_id}"):
        page = visitor.opens(path)
        assert tag in page.main and means in page.main and "2025/11/23" in page.main
        assert ("原因：解除委任：當事人來函" in page.main) == bool(why)
        assert bool(page.links("線上預約接見")) == (tag in ("有效", "即將到期"))
        assert ("未預約者，仍得於機關接見時間至現場辦理" in page.main) != (tag in ("有效", "即將到期"))
        assert offers(page, "/renew") == renew
    if renew:
        page = visitor.sends("/renew")
        assert page.value("certificate_number") == "臺檢證字第1234號"
        assert db.session.scalars(select(ApplicationDraft)).one().inmate_id == inmate.id


def test_what_waits_already_or_lasts_is_not_renewed(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    soon = clock.today() + timedelta(days=5)
    factories.granted(lawyer, inmate, until_on=soon)
    factories.application(lawyer, inmate)
    assert not offers(visitor.opens("/portal/applications"), "/renew")
    other = factories.inmate(factories.agency(name="測試監獄"), number="1")
    factories.granted(lawyer, other, until_on=soon)
    factories.granted(lawyer, other)
    assert not offers(visitor.opens("/portal/applications"), "/renew")


def test_an_identity_paper_is_used_again(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    earlier = factories.application(lawyer, factories.inmate(), state=ApplicationState.APPROVED)
    factories.attachment(earlier, files.jpeg("律師證.jpg"))
    fields = {"relation": "lawyer", "certificate_number": "1"}
    draft_id = factories.draft(lawyer, inmate, fields=fields).id
    page = visitor.opens(f"/portal/applications/draft/{draft_id}/papers")
    assert "或沿用先前申請的身分證明文件" in page.main and "目前上傳 0 MB" in page.main
    number = next(f.get("action") for f in page.tree.forms if "/earlier/" in f.get("action", ""))
    page = visitor.sends(number)
    assert "目前上傳 0.1 MB" in page.main and "或沿用先前申請" not in page.main
    assert [target for target, _line in visitor.sends("/submit").summary] == ["#mandate"]


def test_an_earlier_paper_without_its_file_or_without_room(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    earlier = factories.application(lawyer, factories.inmate(), state=ApplicationState.APPROVED)
    factories.attachment(earlier, file_name="遺失.jpg")
    factories.attachment(earlier, files.jpeg("律師證.jpg"))
    draft = factories.draft(lawyer, inmate, fields={"relation": "lawyer", "certificate_number": "1"})
    factories.attachment(draft, kind=AttachmentKind.OTHER, size_bytes=30 * 1024 * 1024)
    papers = f"/portal/applications/draft/{draft.id}/papers"
    page = visitor.opens(papers)
    actions = [f.get("action") for f in page.tree.forms if "/earlier/" in f.get("action", "")]
    told = set()
    for action in actions:
        visitor.opens(papers)
        page = visitor.sends(action)
        assert page.status == 422
        told.add(page.told("identity")[:8])
    assert told == {"查無此檔案，檔案", "檔案合計30.1"}


def test_a_paper_that_the_relationship_does_not_ask_for_can_be_taken_out(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate
) -> None:
    draft = factories.draft(lawyer, inmate, fields={"relation": "lawyer", "certificate_number": "1"})
    for kind in (AttachmentKind.IDENTITY, AttachmentKind.MANDATE, AttachmentKind.COURT_LEAVE):
        factories.attachment(draft, file_name=f"{kind}.pdf", kind=kind)
    visitor.opens(f"/portal/applications/draft/{draft.id}/papers")
    page = visitor.sends("/submit")
    assert page.summary == [("#court_leave", "本項申請無須上傳審判長許可文件。請移除該檔案後再送出。")]
    section = page.tree.get_element_by_id("paper-court_leave")
    visitor.sends(next(form.get("action") for form in section.iter("form")))
    assert "服務項目申請已送出" in visitor.sends("/submit").main


def test_what_belongs_to_another_choice_is_not_sent(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    fields = {"relation": "interpreter", "certificate_number": "1", "supervising_lawyer": "李律師"}
    draft = factories.draft(lawyer, inmate, fields=fields)
    for kind in (AttachmentKind.IDENTITY, AttachmentKind.MANDATE):
        factories.attachment(draft, kind=kind)
    visitor.opens(f"/portal/applications/draft/{draft.id}/papers")
    visitor.sends("/submit")
    sent = db.session.scalars(select(ServiceApplication)).one()
    assert (sent.certificate_number, sent.supervising_lawyer) == (None, None)


def test_the_not_yet_retained_are_told_before_they_start(visitor: Visitor, lawyer: Applicant) -> None:
    page = visitor.opens("/portal/applications/new")
    assert "尚未受委任、僅為洽談委任事宜之律師或辯護人，不適用本項申請" in page.main
    assert "未預約者，仍得於機關接見時間至現場辦理" in page.main
    assert page.source.index("不適用本項申請") < page.source.index('name="agency_id"')


def test_a_request_beyond_the_limit_leads_back_to_the_papers(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate
) -> None:
    draft = factories.draft(lawyer, inmate, fields={"relation": "lawyer", "certificate_number": "1"})
    papers = f"/portal/applications/draft/{draft.id}/papers"
    visitor.opens(papers)
    page = uploads(visitor, "identity", (BytesIO(b"x" * (33 * 1024 * 1024)), "big.pdf"))
    assert page.status == 413 and page.links("回原頁面") == [papers]


@pytest.mark.parametrize("relation", ["lawyer", "defender", "trainee_lawyer", "litigation_agent", "interpreter"])
def test_the_consent_paper_is_offered_to_everybody_for_everybody(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, relation: str
) -> None:
    """The page of an inmate under 禁止接見 is the page of any other, letter by letter."""
    factories.restriction(inmate)
    other = factories.inmate(number="0609", name="黃小萍")
    pages = []
    for about in (inmate, other):
        draft = factories.draft(
            lawyer, about, fields={"relation": relation, "certificate_number": "1", "supervising_lawyer": "李律師"}
        )
        main = visitor.opens(f"/portal/applications/draft/{draft.id}/papers").main
        pages.append(main.replace(about.agency.name, "機關"))
    assert pages[0] == pages[1] and "如該收容人受禁止接見通信處分，非其辯護人之律師及通譯" in pages[0]
