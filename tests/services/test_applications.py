"""From draft to decision: nothing lost, nothing twice, one commit."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.adapters.file_errors import NotAcceptable
from app.errors import NotFound, RuleErrors
from app.extensions import db
from app.rules.documents import DocumentMissing, FilesTooBig, TooManyFiles
from app.rules.vocabulary import ApplicationState, AttachmentKind, GrantState
from app.security import Actor
from app.services import applications, attachments, drafts, reasons
from app.services.inmates import InmateNotFound
from app.transaction import transaction
from models import (
    Applicant,
    ApplicationDraft,
    Attachment,
    AuditEntry,
    Notification,
    ServiceApplication,
    ServiceGrant,
    StateMove,
)
from tests import factories

IDENTITY, MANDATE = AttachmentKind.IDENTITY, AttachmentKind.MANDATE


@pytest.fixture
def people(seeded: None) -> tuple[Applicant, str, Actor]:
    """A lawyer, the agency of inmate 0609, and the lawyer as an actor."""
    inmate = factories.inmate(number="0609", name="黃小萍")
    lawyer = factories.applicant()
    return lawyer, inmate.agency_id, Actor("applicant", lawyer.id, lawyer.name)


def ready(people: tuple[Applicant, str, Actor], jpeg: bytes) -> str:
    """A draft that lacks nothing."""
    lawyer, agency_id, actor = people
    draft_id = drafts.start(lawyer.id, agency_id, "0609", actor)
    drafts.save(lawyer.id, draft_id, relation="lawyer", certificate_number="(106)臺檢證字第12345號")
    for kind in (IDENTITY, MANDATE):
        drafts.add_paper(lawyer.id, draft_id, kind, "證件.jpg", jpeg)
    return draft_id


def sent(people: tuple[Applicant, str, Actor], jpeg: bytes) -> ServiceApplication:
    """An application that waits for review."""
    lawyer, _, actor = people
    application_id = applications.submit(lawyer.id, ready(people, jpeg), actor)
    return db.session.get_one(ServiceApplication, application_id)


def test_a_lawyer_applies(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    assert application.state is ApplicationState.PENDING
    assert application.applied_on == date(2026, 3, 3)
    assert sorted(p.kind for p in application.attachments) == [IDENTITY, MANDATE]
    assert {p.file_name for p in application.attachments} == {"證件.jpg"}
    assert attachments.content(application.attachments[0]).startswith(b"\xff\xd8")
    assert db.session.scalar(select(func.count()).select_from(ApplicationDraft)) == 0


def test_sent_twice_it_is_one_application(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    lawyer, _, actor = people
    draft_id = ready(people, jpeg)
    assert applications.submit(lawyer.id, draft_id, actor) == applications.submit(lawyer.id, draft_id, actor)
    assert db.session.scalar(select(func.count()).select_from(ServiceApplication)) == 1


def test_what_is_missing_is_named_and_the_draft_stays(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    draft_id = drafts.start(lawyer.id, agency_id, "0609", actor)
    with pytest.raises(RuleErrors) as refused:
        drafts.save(lawyer.id, draft_id, relation="lawyer")
    assert [e.field for e in refused.value.errors] == ["certificate_number"]
    drafts.add_paper(lawyer.id, draft_id, IDENTITY, "證件.jpg", jpeg)
    with pytest.raises(RuleErrors) as refused:
        applications.submit(lawyer.id, draft_id, actor)
    assert [type(e) for e in refused.value.errors][-1] is DocumentMissing
    assert drafts.start(lawyer.id, agency_id, "0609", actor) == draft_id
    assert len(drafts.get(lawyer.id, draft_id).attachments) == 1


def test_a_wrong_file_leaves_the_others(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    draft_id = drafts.start(lawyer.id, agency_id, "0609", actor)
    drafts.add_paper(lawyer.id, draft_id, IDENTITY, "證件.jpg", jpeg)
    with pytest.raises(NotAcceptable):
        drafts.add_paper(lawyer.id, draft_id, MANDATE, "委任狀.docx", b"PK\x03\x04")
    assert [p.kind for p in drafts.get(lawyer.id, draft_id).attachments] == [IDENTITY]


def test_four_slots_a_kind_and_thirty_megabytes_in_all(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    draft_id = drafts.start(lawyer.id, agency_id, "0609", actor)
    for _ in range(4):
        drafts.add_paper(lawyer.id, draft_id, IDENTITY, "證件.jpg", jpeg)
    with pytest.raises(TooManyFiles):
        drafts.add_paper(lawyer.id, draft_id, IDENTITY, "證件.jpg", jpeg)
    padded = jpeg + b"\0" * (30 * 1024 * 1024)
    with pytest.raises(FilesTooBig):
        drafts.add_paper(lawyer.id, draft_id, MANDATE, "委任狀.jpg", padded)


def test_a_removed_paper_is_gone_from_the_store(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    draft_id = drafts.start(lawyer.id, agency_id, "0609", actor)
    drafts.add_paper(lawyer.id, draft_id, IDENTITY, "證件.jpg", jpeg)
    paper = db.session.scalars(select(Attachment)).one()
    storage_key = paper.storage_key
    drafts.remove_paper(lawyer.id, draft_id, paper.id)
    assert not attachments.store().exists(storage_key)


def test_nobody_reaches_anothers_draft(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    stranger = factories.applicant()
    draft_id = ready(people, jpeg)
    paper_id = db.session.scalars(select(Attachment.id)).first() or ""
    with pytest.raises(NotFound):
        drafts.get(stranger.id, draft_id)
    with pytest.raises(NotFound):
        drafts.save(stranger.id, draft_id, relation="lawyer")
    with pytest.raises(NotFound):
        drafts.add_paper(stranger.id, draft_id, IDENTITY, "證件.jpg", jpeg)
    with pytest.raises(NotFound):
        drafts.remove_paper(stranger.id, draft_id, paper_id)
    with pytest.raises(NotFound):
        applications.submit(stranger.id, draft_id, Actor("applicant", stranger.id))


def test_a_draft_lives_seven_days_from_the_last_touch(people, clock_at) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    draft_id = drafts.start(lawyer.id, agency_id, "0609", actor)
    clock_at.passes(days=7, seconds=-1)
    assert drafts.get(lawyer.id, draft_id)
    clock_at.passes(seconds=1)
    with pytest.raises(NotFound):
        drafts.get(lawyer.id, draft_id)


def test_the_lookup_reads_the_same_for_every_no(people) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    elsewhere = factories.inmate(number="7777")
    sentences = set()
    for number in ("9999", elsewhere.number):
        with pytest.raises(InmateNotFound) as refused:
            drafts.start(lawyer.id, agency_id, number, actor)
        sentences.add(str(refused.value))
    assert len(sentences) == 1


def test_a_second_application_for_the_same_inmate_is_told(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    lawyer, agency_id, actor = people
    sent(people, jpeg)
    with pytest.raises(drafts.ApplicationDuplicate):
        drafts.start(lawyer.id, agency_id, "0609", actor)


def test_approval_makes_grant_message_and_trail_in_one_commit(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)
    who = Actor("staff", str(officer.id), officer.full_name)
    applications.review(application.id, applications.Decision("approve"), officer.id, who)

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

    monkeypatch.setattr(applications.notifications, "enqueue", broken)
    with pytest.raises(RuntimeError):
        applications.review(application.id, applications.Decision("approve"), officer.id, Actor("staff", "1"))
    db.session.expire_all()
    assert db.session.get_one(ServiceApplication, application.id).state is ApplicationState.PENDING
    assert db.session.scalar(select(func.count()).select_from(ServiceGrant)) == 0


def test_a_refusal_needs_a_reason_of_the_list(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)
    actor = Actor("staff", str(officer.id))
    for reason in ("", "看起來不對"):
        with pytest.raises(reasons.ReasonRequired):
            applications.review(application.id, applications.Decision("reject", reason), officer.id, actor)
    decision = applications.Decision("reject", "委任狀未簽名或未載明案由", "第二頁缺簽名")
    applications.review(application.id, decision, officer.id, actor)
    body = db.session.scalars(select(Notification)).one().body
    assert "不通過原因：委任狀未簽名或未載明案由：第二頁缺簽名" in body
    assert "請勿前往" not in body


def test_the_second_officer_is_told_who_was_first(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    first, second = factories.officer(application.agency), factories.officer(application.agency)
    applications.review(application.id, applications.Decision("approve"), first.id, Actor("staff", str(first.id)))
    with pytest.raises(applications.AlreadyDecided) as refused:
        decision = applications.Decision("reject", "其他")
        applications.review(application.id, decision, second.id, Actor("staff", str(second.id)))
    assert first.full_name in str(refused.value) and "審核通過" in str(refused.value)
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 1


def test_an_id_number_is_bound_to_one_account_only(each_database: str, people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    from app import clock

    application = sent(people, jpeg)
    lawyer = people[0]
    factories.applicant(id_number=lawyer.id_number, id_bound_at=clock.now())
    officer = factories.officer(application.agency)
    with pytest.raises(applications.IdBoundElsewhere):
        applications.review(application.id, applications.Decision("approve"), officer.id, Actor("staff", "1"))
    assert db.session.scalar(select(func.count()).select_from(ServiceGrant)) == 0


def test_a_grant_does_not_end_in_the_past(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    officer = factories.officer(application.agency)
    decision = applications.Decision("approve", until_on=date(2026, 3, 2))
    with pytest.raises(applications.GrantEndPast):
        applications.review(application.id, decision, officer.id, Actor("staff", "1"))


def test_an_english_reader_reads_the_reason_in_english(people, jpeg: bytes) -> None:  # type: ignore[no-untyped-def]
    application = sent(people, jpeg)
    lawyer = people[0]
    with transaction() as session:
        session.get_one(Applicant, lawyer.id).locale = "en"
    officer = factories.officer(application.agency)
    decision = applications.Decision("reject", "委任狀非本審級")
    applications.review(application.id, decision, officer.id, Actor("staff", str(officer.id)))
    body = db.session.scalars(select(Notification)).one().body
    assert "Reason: Mandate for another instance" in body
