"""Identity papers of earlier applications: which are offered, and what a copy of one is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.adapters.file_store import EncryptedFolder, FileMissing
from app.errors import NotFound
from app.extensions import db
from app.rules.documents import FilesTooBig, TooManyFiles
from app.rules.vocabulary import ApplicationState, AttachmentKind
from app.services import attachments, earlier_papers
from app.transaction import locked, transaction
from models import Applicant, Attachment, ServiceApplication
from tests import factories
from tests.factories import files

IDENTITY = AttachmentKind.IDENTITY


@pytest.fixture
def lawyer(app: Flask) -> Applicant:
    return factories.applicant()


def sent(
    lawyer: Applicant, name: str = "律師證.jpg", paper: dict[str, Any] | None = None, **columns: Any
) -> Attachment:
    """An identity paper (without its file) of an application that was sent for somebody at some agency."""
    return factories.attachment(
        factories.application(lawyer, factories.inmate(), **columns), file_name=name, **(paper or {})
    )


def offered(lawyer: Applicant, draft_id: str) -> list[str]:
    return [paper.file_name for paper in earlier_papers.offered(lawyer.id, draft_id)]


def stored() -> int:
    store = attachments.store()
    assert isinstance(store, EncryptedFolder)
    return sum(1 for _ in store.root.rglob("*") if _.is_file())


def in_draft(draft_id: str) -> list[Attachment]:
    return list(db.session.scalars(select(Attachment).where(Attachment.draft_id == draft_id)))


def test_which_are_offered(lawyer: Applicant) -> None:
    rejected = ApplicationState.REJECTED
    draft = factories.draft(lawyer)
    for state in (ApplicationState.PENDING, ApplicationState.APPROVED, ApplicationState.WITHDRAWN):
        sent(lawyer, f"{state}.jpg", state=state)
    sent(lawyer, "nobody knows which was bad.jpg", state=rejected)
    sent(lawyer, "refused.jpg", {"refusal": "身分證明文件不清或不符"}, state=rejected)
    named = factories.application(lawyer, factories.inmate(), state=rejected)
    factories.attachment(named, kind=AttachmentKind.MANDATE, refusal="委任狀非本審級")
    factories.attachment(named, file_name="stood.jpg")
    sent(lawyer, "mandate.jpg", {"kind": AttachmentKind.MANDATE})
    sent(factories.applicant(), "somebody else's.jpg")
    factories.attachment(factories.draft(lawyer), file_name="not sent.jpg")
    assert sorted(offered(lawyer, draft.id)) == ["approved.jpg", "pending.jpg", "stood.jpg", "withdrawn.jpg"]


def test_the_latest_first_none_twice_and_four_at_most(lawyer: Applicant, clock_at) -> None:  # type: ignore[no-untyped-def]
    draft = factories.draft(lawyer)
    for name in ("a.jpg", "b.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"):
        sent(lawyer, name)
        clock_at.passes(days=1)
    assert offered(lawyer, draft.id) == ["e.jpg", "d.jpg", "c.jpg", "b.jpg"]


def test_a_paper_is_usable_for_a_year_from_its_first_upload(lawyer: Applicant, clock_at) -> None:  # type: ignore[no-untyped-def]
    paper = factories.attachment(factories.application(lawyer), files.jpeg())
    clock_at.passes(days=364)
    draft = factories.draft(lawyer, factories.inmate())
    earlier_papers.use_again(lawyer.id, draft.id, paper.id)
    (copy,) = in_draft(draft.id)
    assert copy.created_at == paper.created_at
    clock_at.passes(days=1)
    assert offered(lawyer, factories.draft(lawyer).id) == []
    with pytest.raises(NotFound):
        earlier_papers.use_again(lawyer.id, factories.draft(lawyer).id, paper.id)


def test_a_copy_is_a_paper_of_its_own(each_database: str, lawyer: Applicant) -> None:
    source = factories.attachment(factories.application(lawyer), files.jpeg("律師證.jpg"))
    content, draft = attachments.content(source), factories.draft(lawyer, factories.inmate())
    earlier_papers.use_again(lawyer.id, draft.id, source.id)
    (copy,) = in_draft(draft.id)
    assert copy.storage_key != source.storage_key and attachments.content(copy) == content
    assert (copy.file_name, copy.size_bytes, copy.kind) == ("律師證.jpg", source.size_bytes, IDENTITY)
    assert copy.file_name_sealed != source.file_name_sealed, "sealed for its own row"
    store = attachments.store()
    assert isinstance(store, EncryptedFolder)
    assert store._path(copy.storage_key).read_bytes() != store._path(source.storage_key).read_bytes()
    attachments.discard([source.storage_key])
    assert attachments.content(copy) == content


def test_pressed_twice_it_is_one_and_no_file_is_left_over(lawyer: Applicant) -> None:
    source = factories.attachment(factories.application(lawyer), files.jpeg())
    draft = factories.draft(lawyer, factories.inmate())
    for _ in range(2):
        earlier_papers.use_again(lawyer.id, draft.id, source.id)
    assert len(in_draft(draft.id)) == 1 and stored() == 2
    assert offered(lawyer, draft.id) == [], "what is in the draft is not offered again"


def test_it_counts_in_the_slots_and_in_the_meter(lawyer: Applicant) -> None:
    source = factories.attachment(factories.application(lawyer), files.jpeg())
    draft = factories.draft(lawyer, factories.inmate())
    for number in range(4):
        factories.attachment(draft, file_name=f"{number}.jpg")
    with pytest.raises(TooManyFiles) as full:
        earlier_papers.use_again(lawyer.id, draft.id, source.id)
    assert full.value.field == "identity"
    fuller = factories.draft(lawyer, factories.inmate())
    factories.attachment(fuller, kind=AttachmentKind.OTHER, size_bytes=30 * 1024 * 1024)
    with pytest.raises(FilesTooBig):
        earlier_papers.use_again(lawyer.id, fuller.id, source.id)
    assert stored() == 1, "a copy that found no room is gone again"


def test_a_file_that_is_no_longer_kept_is_told(lawyer: Applicant) -> None:
    source, draft = sent(lawyer), factories.draft(lawyer)
    with pytest.raises(FileMissing):
        earlier_papers.use_again(lawyer.id, draft.id, source.id)


def test_refused_while_it_was_offered(lawyer: Applicant) -> None:
    application = factories.application(lawyer, state=ApplicationState.PENDING)
    source, draft = factories.attachment(application, files.jpeg()), factories.draft(lawyer, factories.inmate())
    with transaction() as session:
        locked(session, Attachment, source.id).refusal = "身分證明文件不清或不符"
        row = locked(session, ServiceApplication, application.id)
        row.state, row.decided_at = ApplicationState.REJECTED, clock.now()
    with pytest.raises(NotFound):
        earlier_papers.use_again(lawyer.id, draft.id, source.id)


def test_nobody_reaches_anothers_paper_or_draft(lawyer: Applicant) -> None:
    stranger = factories.applicant()
    mine = factories.attachment(factories.application(lawyer), files.jpeg())
    theirs = factories.attachment(factories.application(stranger), files.jpeg())
    draft, other = factories.draft(lawyer, factories.inmate()), factories.draft(stranger, factories.inmate())
    for draft_id, paper_id in ((draft.id, theirs.id), (other.id, mine.id)):
        with pytest.raises(NotFound):
            earlier_papers.use_again(lawyer.id, draft_id, paper_id)
    assert in_draft(draft.id) == in_draft(other.id) == []
