"""撤銷審核結果: grant, bookings, papers and message follow; and the decision that is made again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.errors import IllegalMove, Stale
from app.extensions import db
from app.rules.vocabulary import ApplicationState, Attention, GrantState, ReservationState
from app.security import Actor
from app.services import application_undo, grants
from app.services.application_review import Decision, review
from app.services.paper_refusals import PaperRefusal
from models import Attachment, AuditEntry, Notification, Reservation, ServiceApplication, ServiceGrant
from tests import factories
from tests.stillness import StoppedClock

WHO = Actor("staff", "1", "王小明")
REASON = "委任狀未簽名或未載明案由"


@pytest.fixture
def case(seeded: None) -> ServiceApplication:
    """A case that waits."""
    return factories.application(about=factories.inmate(name="黃小萍"))


def now(case: ServiceApplication) -> ServiceApplication:
    return db.session.get_one(ServiceApplication, case.id, populate_existing=True)


def decided(case: ServiceApplication, *refusals: PaperRefusal, verdict: str = "approve") -> ServiceApplication:
    officer = factories.officer(case.agency)
    review(case.id, Decision(verdict, REASON, refusals=refusals), officer.id, WHO)
    return now(case)


def undo(case: ServiceApplication, reason: str = "誤認委任狀") -> int:
    return application_undo.undo(case.id, reason, now(case).version, WHO)


def events() -> list[str]:
    return list(db.session.scalars(select(Notification.event).order_by(Notification.queued_at)))


def test_an_approval_is_undone_and_made_again(
    each_database: str, case: ServiceApplication, clock_at: StoppedClock
) -> None:
    decided(case)
    grant = db.session.scalars(select(ServiceGrant)).one()
    booked = factories.reservation(grant, state=ReservationState.APPROVED)
    grant_id, booked_id = grant.id, booked.id
    clock_at.passes(minutes=5)
    assert undo(case) == 1
    kept = now(case)
    assert (kept.state, kept.decided_at, kept.decided_by_id) == (ApplicationState.PENDING, None, None)
    grant = db.session.get_one(ServiceGrant, grant_id, populate_existing=True)
    assert (grant.state, grant.reason_note) == (GrantState.REVOKED, "誤認委任狀")
    booked = db.session.get_one(Reservation, booked_id, populate_existing=True)
    assert booked.attention is Attention.GRANT_UNDONE
    assert events() == ["lawyer_approved", "lawyer_approval_undone"]
    trail = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)).all()
    assert trail[-2:] == ["service_application.undo", "service_grant.revoke"]

    clock_at.passes(minutes=5)
    decided(case)
    grant = db.session.scalars(select(ServiceGrant).execution_options(populate_existing=True)).one()
    assert (grant.id, grant.state, grant.reason, grant.reason_note) == (grant_id, GrantState.ACTIVE, None, None)
    assert db.session.get_one(Reservation, booked_id, populate_existing=True).attention is None
    assert events()[-1] == "lawyer_approved"
    assert "service_grant.renew" in db.session.scalars(select(AuditEntry.event)).all()


def test_a_refusal_is_undone_with_its_papers(each_database: str, case: ServiceApplication) -> None:
    paper = factories.attachment(case)
    decided(case, PaperRefusal(paper.id, REASON, "第2頁"), verdict="reject")
    assert undo(case) == 0
    kept = now(case)
    assert (kept.state, kept.rejection_reason, kept.rejection_note) == (ApplicationState.PENDING, None, None)
    paper = db.session.get_one(Attachment, paper.id, populate_existing=True)
    assert (paper.refusal, paper.refusal_note) == (None, None)
    body = db.session.scalars(select(Notification).where(Notification.event == "lawyer_rejection_undone")).one().body
    assert "原審核結果「審核未通過」已撤銷，將由機關重新審核" in body and "撤銷原因：誤認委任狀" in body


def test_a_grant_that_was_revoked_before_comes_back_with_the_new_approval(case: ServiceApplication) -> None:
    decided(case)
    grant = db.session.scalars(select(ServiceGrant)).one()
    grants.revoke(grant.id, grants.Because(grant.version, "解除委任"), WHO)
    undo(case)
    decided(case)
    assert db.session.scalars(select(ServiceGrant)).one().state is GrantState.ACTIVE


def test_not_while_the_applicant_has_applied_again(each_database: str, case: ServiceApplication) -> None:
    decided(case, verdict="reject")
    newer = factories.application(case.applicant, case.inmate)
    with pytest.raises(application_undo.AppliedAgain):
        undo(case)
    assert now(case).state is ApplicationState.REJECTED and newer.state is ApplicationState.PENDING


def test_not_when_the_mended_one_has_been_decided(case: ServiceApplication) -> None:
    decided(case, verdict="reject")
    state = ApplicationState.APPROVED
    factories.application(case.applicant, case.inmate, state=state, previous_id=case.id)
    with pytest.raises(application_undo.AppliedAgain):
        undo(case)


def test_an_application_of_another_pair_is_no_obstacle(case: ServiceApplication) -> None:
    factories.application(case.applicant, factories.inmate(case.agency))
    factories.application(factories.applicant(), case.inmate)
    decided(case)
    assert undo(case) == 0


def test_another_decided_application_of_the_pair_is_no_obstacle(case: ServiceApplication) -> None:
    factories.application(case.applicant, case.inmate, state=ApplicationState.REJECTED)
    decided(case)
    assert undo(case) == 0


def test_undoing_says_why_and_only_what_was_decided(case: ServiceApplication) -> None:
    with pytest.raises(IllegalMove):
        undo(case)
    decided(case)
    with pytest.raises(application_undo.UndoReasonMissing):
        undo(case, " ")
    with pytest.raises(Stale):
        application_undo.undo(case.id, "誤認", now(case).version - 1, WHO)
    assert now(case).state is ApplicationState.APPROVED
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 1
