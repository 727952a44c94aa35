"""此份須補正: kept with the paper, named in message and trail, only with 審核未通過."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind
from app.security import Actor
from app.services import paper_refusals
from app.services.application_review import Decision, review
from app.services.paper_refusals import PaperRefusal
from app.transaction import transaction
from models import Applicant, Attachment, Notification, ServiceApplication, StateMove
from tests import factories

UNSIGNED, UNCLEAR = "委任狀未簽名或未載明案由", "身分證明文件不清或不符"


@pytest.fixture
def case(seeded: None) -> ServiceApplication:
    """A case with two mandates and an identity paper."""
    case = factories.application()
    factories.attachment(case, kind=AttachmentKind.MANDATE, file_name="委任狀一.pdf")
    factories.attachment(case, kind=AttachmentKind.MANDATE, file_name="委任狀二.pdf")
    factories.attachment(case, kind=AttachmentKind.IDENTITY, file_name="律師證.jpg")
    return db.session.get_one(ServiceApplication, case.id, populate_existing=True)


def paper(case: ServiceApplication, title: str) -> Attachment:
    return dict(paper_refusals.ordered(case))[title]


def decide(case: ServiceApplication, *refusals: PaperRefusal, verdict: str = "reject", reason: str = "") -> None:
    officer = factories.officer(case.agency)
    review(case.id, Decision(verdict, reason, refusals=refusals), officer.id, Actor("staff", str(officer.id)))


def message() -> Notification:
    return db.session.scalars(select(Notification)).one()


def test_a_refused_paper_is_kept_told_and_written_down(each_database: str, case: ServiceApplication) -> None:
    bad = paper(case, "訴訟委任文件2")
    decide(case, PaperRefusal(bad.id, UNSIGNED, "第2頁缺簽名"), reason=UNSIGNED)
    papers = db.session.scalars(select(Attachment).execution_options(populate_existing=True)).all()
    assert [(p.file_name, p.refusal, p.refusal_note) for p in papers if p.refusal] == [
        (bad.file_name, UNSIGNED, "第2頁缺簽名")
    ]
    body = message().body
    assert f"訴訟委任文件2（{bad.file_name}）：{UNSIGNED}：第2頁缺簽名" in body
    assert "僅補正上述文件重新送出；原已上傳之其他文件均予保留" in body and "並得依相關法令提起救濟" in body
    assert "請勿前往" not in body
    assert db.session.scalars(select(StateMove)).one().reason == f"{UNSIGNED}；訴訟委任文件2"


def test_the_first_paper_gives_the_reason_where_none_was_chosen(case: ServiceApplication) -> None:
    decide(case, PaperRefusal(paper(case, "身分證明文件1").id, UNCLEAR))
    assert db.session.get_one(ServiceApplication, case.id, populate_existing=True).rejection_reason == UNCLEAR


def test_an_approval_with_a_refused_paper_is_refused(case: ServiceApplication) -> None:
    with pytest.raises(paper_refusals.PapersStandAgainst):
        decide(case, PaperRefusal(paper(case, "身分證明文件1").id, UNCLEAR), verdict="approve")
    kept = db.session.get_one(ServiceApplication, case.id, populate_existing=True)
    assert kept.state is ApplicationState.PENDING


@pytest.mark.parametrize("reason", ["", "不好看"])
def test_a_refused_paper_needs_a_reason_of_the_list(case: ServiceApplication, reason: str) -> None:
    bad = paper(case, "訴訟委任文件1")
    with pytest.raises(paper_refusals.PaperReasonMissing) as refused:
        decide(case, PaperRefusal(bad.id, reason), reason="其他")
    assert "訴訟委任文件1" in str(refused.value) and refused.value.field == f"paper-reason-{bad.id}"


def test_a_paper_of_another_application_does_not_exist(case: ServiceApplication) -> None:
    foreign = factories.attachment(factories.application())
    with pytest.raises(NotFound):
        decide(case, PaperRefusal(foreign.id, UNCLEAR), reason="其他")
    assert db.session.get_one(Attachment, foreign.id, populate_existing=True).refusal is None


def test_without_refused_papers_the_message_asks_for_none(case: ServiceApplication) -> None:
    decide(case, reason="重複申請")
    assert message().event == "lawyer_rejected" and "須補正之文件" not in message().body


def test_an_english_reader_reads_english(case: ServiceApplication) -> None:
    with transaction() as session:
        session.get_one(Applicant, case.applicant_id).locale = "en"
    case = db.session.get_one(ServiceApplication, case.id)
    decide(case, PaperRefusal(paper(case, "身分證明文件1").id, UNCLEAR))
    assert "Papers to replace:" in message().body and "Identity" in message().body
