"""From draft to decision: nothing lost, nothing twice, one commit."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.adapters.file_errors import NotAcceptable
from app.errors import NotFound, RuleErrors
from app.extensions import db
from app.rules.documents import DocumentMissing, FilesTooBig, TooManyFiles
from app.rules.vocabulary import ApplicationState
from app.security import Actor
from app.services import applications, attachments, drafts
from app.services.application_subjects import ApplicationDuplicate
from app.services.inmates import InmateNotFound
from models import (
    ApplicationDraft,
    Attachment,
    ServiceApplication,
)
from tests import factories
from tests.services.sending import IDENTITY, MANDATE, ready, sent


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
    with pytest.raises(ApplicationDuplicate):
        drafts.start(lawyer.id, agency_id, "0609", actor)
