"""律師接見服務項目審核: papers marked 此份須補正, what will be sent, mended cases, renewals, decisions taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind, GrantState, ReservationState
from models import Agency, Attachment, Notification, Reservation, ServiceApplication, ServiceGrant
from tests import factories
from tests.doors import Office
from tests.doors.page import select as find
from tests.views.desk.conftest import Desk
from tests.views.desk.test_case_page import address

REASON, UNCLEAR = "委任狀未簽名或未載明案由", "身分證明文件不清或不符"
SAVE = "儲存審核結果"


@pytest.fixture
def case(agency: Agency) -> ServiceApplication:
    """A case with an identity paper and a mandate."""
    case = factories.application(about=factories.inmate(agency, number="0609", name="黃小萍"))
    factories.attachment(case, kind=AttachmentKind.IDENTITY)
    factories.attachment(case, kind=AttachmentKind.MANDATE, file_name="委任狀.pdf")
    return case


def mandate(case: ServiceApplication) -> str:
    of_case = (Attachment.application_id == case.id, Attachment.kind == AttachmentKind.MANDATE)
    return db.session.scalars(select(Attachment.id).where(*of_case)).one()


def now(case: ServiceApplication) -> ServiceApplication:
    return db.session.get_one(ServiceApplication, case.id, populate_existing=True)


def marked(paper: str, why: str = REASON, **more: str) -> dict[str, str]:
    return {"mend": paper, f"paper-reason-{paper}": why, f"paper-note-{paper}": "第2頁", **more}


def events() -> list[str]:
    return list(db.session.scalars(select(Notification.event).order_by(Notification.queued_at)))


def test_each_paper_has_its_choice_and_the_refused_one_is_shown_and_told(
    each_database: str, officer: Office, case: ServiceApplication
) -> None:
    page = officer.opens(address(case))
    assert len(find(page.tree, ".rv-mend input[name=mend][form=decision]")) == 2
    paper = mandate(case)
    page = officer.submits(marked(paper, verdict="reject"), form="decision", button=SAVE)
    assert "須補正：訴訟委任文件1" in page.words(".rv-mended") and f"{REASON}：第2頁" in page.words(".rv-mended")
    assert "須補正：訴訟委任文件1" in page.words(".rv-form")
    assert events() == ["lawyer_rejected_papers"] and not find(page.tree, ".rv-mend")


@pytest.mark.parametrize(
    ("typed", "sentence", "field"),
    [
        ({"verdict": "approve"}, "已勾選須補正之文件，審核結果不得為「審核通過」。", "verdict"),
        ({"verdict": "reject", "reason": "其他", "bare": "1"}, "請選擇「訴訟委任文件1」須補正之原因。", None),
    ],
)
def test_what_is_wrong_is_said_and_the_marks_stay(
    officer: Office, case: ServiceApplication, typed: dict[str, str], sentence: str, field: str | None
) -> None:
    officer.opens(address(case))
    paper = mandate(case)
    reason = "" if typed.pop("bare", None) else REASON
    page = officer.submits(marked(paper, reason, **typed), form="decision", button=SAVE, expect=422)
    assert any(sentence in error for error in page.errors)
    assert sentence in page.words(f"#error-{field or 'paper-reason-' + paper}")
    again = page.form("decision").filled({}, SAVE)
    assert (again["mend"], again[f"paper-note-{paper}"]) == ([paper], ["第2頁"])
    assert now(case).state is ApplicationState.PENDING and not events()


def test_a_paper_of_another_case_is_not_found(officer: Office, case: ServiceApplication) -> None:
    foreign = factories.attachment(factories.application())
    form = officer.opens(address(case)).form("decision")
    sent = {**form.filled({"verdict": "reject", "reason": REASON}), **marked(foreign.id)}
    assert officer.client.post(form.action, data=sent).status_code == 404
    assert now(case).state is ApplicationState.PENDING


def test_what_will_be_sent_is_visible_before_it_is(officer: Office, case: ServiceApplication) -> None:
    page = officer.opens(address(case))
    shown = page.words(".rv-preview-reject-papers")
    assert "便民服務入口網律師接見服務項目審核結果通知" in shown and "並得依相關法令提起救濟" in shown
    assert "黃○萍" in shown and find(page.tree, ".rv-preview-reject-papers [data-fill=papers]")
    assert "有效期限：2027-03-03" in page.words(".rv-preview-approve")


def test_markup_in_a_text_stays_text(officer: Office, agency: Agency) -> None:
    inmate = factories.inmate(agency, name="<b>萍</b>")
    page = officer.opens(address(factories.application(about=inmate)))
    assert not find(page.tree, ".rv-preview b") and "<b>" not in officer.page.response.text


def test_a_mended_case_shows_what_had_to_be_mended(agency: Agency, officer: Office, case: ServiceApplication) -> None:
    refused = {"state": ApplicationState.REJECTED, "rejection_reason": REASON}
    before = factories.application(case.applicant, case.inmate, **refused)
    factories.attachment(before, kind=AttachmentKind.MANDATE, refusal=REASON, refusal_note="第2頁缺簽名")
    mended = factories.application(case.applicant, factories.inmate(agency), previous_id=before.id)
    page = officer.opens(address(mended))
    assert f"須補正：訴訟委任文件1 {REASON}：第2頁缺簽名" in page.words(".rv-previous")
    assert page.link("補正前之申請").startswith(address(before))


def test_a_former_case_of_another_agency_is_not_shown(agency: Agency, officer: Office) -> None:
    elsewhere = factories.application(state=ApplicationState.REJECTED)
    mended = factories.application(about=factories.inmate(agency), previous_id=elsewhere.id)
    assert not find(officer.opens(address(mended)).tree, ".rv-previous")


def test_a_renewal_is_named_and_leaves_the_older_grant_alone(officer: Office, agency: Agency) -> None:
    person, inmate = factories.applicant(), factories.inmate(agency)
    older = factories.granted(person, inmate)
    case = factories.application(person, inmate)
    page = officer.opens(address(case))
    assert "已有有效之服務項目（至2027/03/03）。核准後兩者並存" in page.words(".rv-renewal")
    officer.submits({"verdict": "approve"}, form="decision", button=SAVE)
    assert db.session.get_one(ServiceGrant, older.id, populate_existing=True).state is GrantState.ACTIVE
    assert len(db.session.scalars(select(ServiceGrant)).all()) == 2


def test_a_stopped_or_ended_grant_makes_no_renewal(officer: Office, agency: Agency) -> None:
    person, inmate = factories.applicant(), factories.inmate(agency)
    factories.granted(person, inmate, state=GrantState.REVOKED, reason="解除委任")
    page = officer.opens(address(factories.application(person, inmate)))
    assert not find(page.tree, ".rv-renewal") and "已廢止 解除委任" in page.words(".rv-data")


def test_a_decision_is_taken_back_and_made_again(each_database: str, officer: Office, case: ServiceApplication) -> None:
    officer.opens(address(case))
    officer.submits({"verdict": "approve"}, form="decision", button=SAVE)
    booked = factories.reservation(db.session.scalars(select(ServiceGrant)).one(), state=ReservationState.APPROVED)
    page = officer.submits({"undo_reason": " "}, form="undo", expect=422)
    assert "請填寫撤銷原因" in page.words("#error-undo_reason") and find(page.tree, "details.rv-undo[open]")
    page = officer.submits({"undo_reason": "誤認委任狀"}, form="undo")
    assert "0609黃小萍之審核結果已撤銷，本件回到未審核" in page.text and "1件預約接見，已標示待處理" in page.text
    assert now(case).state is ApplicationState.PENDING
    assert db.session.get_one(Reservation, booked.id, populate_existing=True).attention is not None
    officer.submits({"verdict": "approve"}, form="decision", button=SAVE)
    assert sorted(events()) == ["lawyer_approval_undone", "lawyer_approved", "lawyer_approved"]
    assert db.session.scalars(select(ServiceGrant)).one().state is GrantState.ACTIVE


def test_taking_back_is_refused_when_the_applicant_has_gone_on(officer: Office, case: ServiceApplication) -> None:
    officer.opens(address(case))
    page = officer.submits({"verdict": "reject", "reason": REASON}, form="decision", button=SAVE)
    factories.application(case.applicant, case.inmate)
    page = officer.sends(page.form("undo"), {"undo_reason": "誤審"}, expect=409)
    assert "申請人對此收容人已另送申請" in page.text and page.form("undo").filled({})["undo_reason"] == ["誤審"]


def test_only_by_those_of_the_agency_with_a_page_as_it_is(
    officer: Office, case: ServiceApplication, browser_of: Desk, agency: Agency
) -> None:
    form = officer.opens(address(case)).form("decision")
    page = officer.sends(form, {"verdict": "reject", "reason": REASON}, SAVE)
    sent = {**page.form("undo").filled({"undo_reason": "誤審"}), "version": "1"}
    assert officer.client.post(page.form("undo").action, data=sent).status_code == 409
    stranger = browser_of(factories.officer())
    token = stranger.opens("/backoffice/").form("logout").filled({})["csrf_token"]
    answer = stranger.client.post(page.form("undo").action, data={**sent, "csrf_token": token})
    assert answer.status_code == 404
    desk = browser_of(factories.desk(agency))
    token = desk.opens("/backoffice/").form("logout").filled({})["csrf_token"]
    assert desk.client.post(page.form("undo").action, data={**sent, "csrf_token": token}).status_code == 403
    assert now(case).state is ApplicationState.REJECTED
