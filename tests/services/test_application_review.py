"""The officer's decision on an application: grant, message and trail in one commit."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.errors import Stale
from app.extensions import db
from app.rules.vocabulary import ApplicationState, GrantState
from app.security import Actor
from app.services import application_review, reasons
from app.services.application_review import Decision, review
from app.transaction import transaction
from models import (
    Applicant,
    AuditEntry,
    Notification,
    ServiceApplication,
    ServiceGrant,
    StateMove,
)
from tests import factories
from tests.services.sending import sent


def test_approval_makes_grant_message_and_trail_in_one_commit(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)
    who = Actor("staff", str(officer.id), officer.full_name)
    review(application.id, Decision("approve"), officer.id, who)

    grant = db.session.scalars(select(ServiceGrant)).one()
    assert (grant.state, grant.from_on, grant.until_on) == (GrantState.ACTIVE, date(2026, 3, 3), date(2027, 3, 3))
    message = db.session.scalars(select(Notification)).one()
    assert message.subject == "便民服務入口網律師接見服務項目審核結果通知"
    assert "審核結果為審核通過" in message.body and "黃○萍" in message.body and "2027/03/03" in message.body
    move = db.session.scalars(select(StateMove)).one()
    assert (move.from_state, move.to_state, move.actor_id) == ("pending", "approved", str(officer.id))
    assert db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq.desc())).first() == (
        "service_application.approve"
    )
    assert db.session.get_one(Applicant, application.applicant_id).id_bound_at is not None


def test_a_failing_message_undoes_the_decision(people, jpeg: bytes, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no text")

    monkeypatch.setattr(application_review.notifications, "enqueue", broken)
    with pytest.raises(RuntimeError):
        review(application.id, Decision("approve"), officer.id, Actor("staff", "1"))
    db.session.expire_all()
    assert db.session.get_one(ServiceApplication, application.id).state is ApplicationState.PENDING
    assert db.session.scalar(select(func.count()).select_from(ServiceGrant)) == 0


def test_a_verdict_on_a_page_from_before_is_stale(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer, version = factories.officer(application.agency), application.version
    by = Actor("staff", str(officer.id), officer.full_name)
    with pytest.raises(Stale):
        review(application.id, Decision("approve", version=version + 1), officer.id, by)
    review(application.id, Decision("approve", version=version), officer.id, by)
    assert db.session.get_one(ServiceApplication, application.id).state is ApplicationState.APPROVED


def test_a_refusal_needs_a_reason_of_the_list(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)
    actor = Actor("staff", str(officer.id))
    for reason in ("", "看起來不對"):
        with pytest.raises(reasons.ReasonRequired):
            review(application.id, Decision("reject", reason), officer.id, actor)
    decision = Decision("reject", "委任狀未簽名或未載明案由", "第二頁缺簽名")
    review(application.id, decision, officer.id, actor)
    body = db.session.scalars(select(Notification)).one().body
    assert "不通過原因：委任狀未簽名或未載明案由：第二頁缺簽名" in body
    assert "請勿前往" not in body


def test_the_second_officer_is_told_who_was_first(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    first, second = factories.officer(application.agency), factories.officer(application.agency)
    review(application.id, Decision("approve"), first.id, Actor("staff", str(first.id)))
    with pytest.raises(application_review.AlreadyDecided) as refused:
        decision = Decision("reject", "其他")
        review(application.id, decision, second.id, Actor("staff", str(second.id)))
    assert first.full_name in str(refused.value) and "審核通過" in str(refused.value)
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 1


def test_an_id_number_is_bound_to_one_account_only(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    from app import clock

    application = sent(people, jpeg)
    lawyer = people[0]
    factories.applicant(id_number=lawyer.id_number, id_bound_at=clock.now())
    officer = factories.officer(application.agency)
    with pytest.raises(application_review.IdBoundElsewhere):
        review(application.id, Decision("approve"), officer.id, Actor("staff", "1"))
    assert db.session.scalar(select(func.count()).select_from(ServiceGrant)) == 0


def test_a_grant_does_not_end_in_the_past(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)
    decision = Decision("approve", until_on=date(2026, 3, 2))
    with pytest.raises(application_review.GrantEndPast):
        review(application.id, decision, officer.id, Actor("staff", "1"))


def test_an_english_reader_reads_the_reason_in_english(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    lawyer = people[0]
    with transaction() as session:
        session.get_one(Applicant, lawyer.id).locale = "en"
    officer = factories.officer(application.agency)
    decision = Decision("reject", "委任狀非本審級")
    review(application.id, decision, officer.id, Actor("staff", str(officer.id)))
    body = db.session.scalars(select(Notification)).one().body
    assert "Reason: Mandate for another instance" in body
