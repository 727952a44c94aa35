"""A refused application is mended with what stands of it; a grant is renewed for the same inmate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind, GrantState, InmateStatus, Relationship
from app.security import Actor
from app.services import applications, attachments, drafts, reapplications
from app.services.application_subjects import ApplicationDuplicate, InmateGone
from app.services.reapplications import NotToMend, NotToRenew
from app.transaction import end_reading, locked, transaction
from models import Applicant, ApplicationDraft, Attachment, Inmate, ServiceApplication
from tests import factories
from tests.concurrency.contest import contest
from tests.factories import files

IDENTITY, MANDATE, OTHER = AttachmentKind.IDENTITY, AttachmentKind.MANDATE, AttachmentKind.OTHER
REJECTED = ApplicationState.REJECTED


@pytest.fixture
def lawyer(app: Flask) -> Applicant:
    return factories.applicant()


def refused(
    lawyer: Applicant, about: Inmate | None = None, bad: tuple[str, ...] = ("委任狀.pdf",)
) -> ServiceApplication:
    """A refused application with three papers, of which those in ``bad`` were refused."""
    application = factories.application(
        lawyer, about, state=REJECTED, rejection_reason="委任狀未簽名或未載明案由", relation=Relationship.LAWYER
    )
    papers = [(IDENTITY, files.jpeg("律師證.jpg")), (MANDATE, files.pdf("委任狀.pdf")), (OTHER, files.jpeg("其他.jpg"))]
    for kind, paper in papers:
        factories.attachment(application, paper, kind=kind)
    with transaction() as session:
        for row in session.scalars(select(Attachment).where(Attachment.application_id == application.id)):
            row.refusal = "委任狀未簽名或未載明案由" if row.file_name in bad else None
    return application


def names(draft_id: str) -> list[str]:
    db.session.expire_all()
    return sorted(paper.file_name for paper in db.session.get_one(ApplicationDraft, draft_id).attachments)


def change(model: type[Any], row_id: str, **columns: Any) -> None:
    with transaction() as session:
        row = locked(session, model, row_id)
        for name, value in columns.items():
            setattr(row, name, value)


def test_everything_but_the_refused_papers_is_there(each_database: str, lawyer: Applicant) -> None:
    old = refused(lawyer)
    old_id, kept = old.id, {p.file_name: attachments.content(p) for p in old.attachments if p.refusal is None}
    draft_id = reapplications.mend(lawyer.id, old_id)
    draft = drafts.get(lawyer.id, draft_id)
    assert draft.previous_id == old_id and draft.fields["relation"] == "lawyer"
    assert draft.fields["certificate_number"] == "臺檢證字第1234號"
    assert {p.file_name: attachments.content(p) for p in draft.attachments} == kept
    old_files = {k for p in db.session.get_one(ServiceApplication, old_id).attachments for k in p.file_keys}
    assert not old_files & {k for p in draft.attachments for k in p.file_keys}
    drafts.add_paper(lawyer.id, draft_id, MANDATE, *files.pdf("新委任狀.pdf"))
    new = db.session.get_one(
        ServiceApplication, applications.submit(lawyer.id, draft_id, Actor("applicant", lawyer.id))
    )
    assert (new.previous_id, new.state) == (old_id, ApplicationState.PENDING)
    old = db.session.get_one(ServiceApplication, old_id)
    assert old.state is REJECTED and len(old.attachments) == 3
    assert sorted(p.file_name for p in new.attachments) == ["其他.jpg", "律師證.jpg", "新委任狀.pdf"]


def test_refused_for_another_reason_every_paper_is_kept(lawyer: Applicant) -> None:
    draft_id = reapplications.mend(lawyer.id, refused(lawyer, bad=()).id)
    assert names(draft_id) == ["其他.jpg", "委任狀.pdf", "律師證.jpg"]
    mandate = next(p for p in drafts.get(lawyer.id, draft_id).attachments if p.kind is MANDATE)
    assert mandate.original_key and attachments.store().exists(mandate.original_key)


def test_started_twice_it_is_the_same_draft_as_it_was_left(lawyer: Applicant) -> None:
    old = refused(lawyer)
    draft_id = reapplications.mend(lawyer.id, old.id)
    drafts.save(lawyer.id, draft_id, relation="defender", certificate_number="9")
    other = next(p for p in drafts.get(lawyer.id, draft_id).attachments if p.kind is OTHER)
    drafts.remove_paper(lawyer.id, draft_id, other.id)
    assert reapplications.mend(lawyer.id, old.id) == draft_id
    assert names(draft_id) == ["律師證.jpg"] and drafts.get(lawyer.id, draft_id).fields["relation"] == "defender"


def test_pressed_twice_at_once_it_is_one_draft_and_no_file_is_left_over(
    each_database: str, app: Flask, lawyer: Applicant
) -> None:
    lawyer_id, old_id = lawyer.id, refused(lawyer).id
    outcomes = contest(app, *[lambda: reapplications.mend(lawyer_id, old_id)] * 2)
    assert outcomes == [None, None]
    end_reading()
    (draft,) = db.session.scalars(select(ApplicationDraft)).all()
    assert len(draft.attachments) == 2
    named = {key for paper in db.session.scalars(select(Attachment)) for key in paper.file_keys}
    root = attachments.store().root  # type: ignore[attr-defined]
    assert {f.name for f in root.rglob("*") if f.is_file()} == named


def test_a_draft_that_was_begun_before_is_filled_up(lawyer: Applicant) -> None:
    about = factories.inmate()
    old = refused(lawyer, about)
    draft = factories.draft(lawyer, about, fields={"relation": "trainee_lawyer", "supervising_lawyer": "李大同"})
    factories.attachment(draft, files.pdf("新委任狀.pdf"), kind=MANDATE)
    assert reapplications.mend(lawyer.id, old.id) == draft.id
    assert names(draft.id) == ["其他.jpg", "律師證.jpg", "新委任狀.pdf"]
    assert drafts.get(lawyer.id, draft.id).fields["relation"] == "trainee_lawyer"


def test_a_file_that_is_no_longer_kept_is_asked_for_again(lawyer: Applicant) -> None:
    old = refused(lawyer)
    gone = next(p for p in old.attachments if p.kind is IDENTITY)
    attachments.discard(gone.file_keys)
    assert names(reapplications.mend(lawyer.id, old.id)) == ["其他.jpg"]


@pytest.mark.parametrize("state", [s for s in ApplicationState if s is not REJECTED])
def test_only_a_refused_one_is_mended(lawyer: Applicant, state: ApplicationState) -> None:
    with pytest.raises(NotToMend):
        reapplications.mend(lawyer.id, factories.application(lawyer, state=state).id)


@pytest.mark.parametrize(
    ("newer", "error"),
    [
        (ApplicationState.PENDING, NotToMend),
        (REJECTED, NotToMend),
        (ApplicationState.APPROVED, NotToMend),
        (ApplicationState.WITHDRAWN, None),
    ],
)
def test_only_the_newest_one_is_mended(lawyer: Applicant, clock_at, newer: ApplicationState, error: Any) -> None:  # type: ignore[no-untyped-def]
    about = factories.inmate()
    old = refused(lawyer, about)
    clock_at.passes(days=1)
    factories.application(lawyer, about, state=newer)
    if error is None:
        assert reapplications.mend(lawyer.id, old.id)
        return
    with pytest.raises(error):
        reapplications.mend(lawyer.id, old.id)


@pytest.mark.parametrize("moved", [{"status": InmateStatus.RELEASED}, {"status": InmateStatus.TRANSFERRED}, {}])
def test_an_inmate_who_is_no_longer_there(each_database: str, lawyer: Applicant, moved: dict[str, Any]) -> None:
    old = refused(lawyer)
    other = factories.agency(name="另一監獄")
    before = {k for p in old.attachments for k in p.file_keys}
    change(Inmate, old.inmate_id, **(moved or {"agency_id": other.id}))
    with pytest.raises(InmateGone) as gone:
        reapplications.mend(lawyer.id, old.id)
    assert old.agency.name in str(gone.value) and "另一監獄" not in str(gone.value)
    assert db.session.scalars(select(ApplicationDraft)).all() == []
    root = attachments.store().root  # type: ignore[attr-defined]
    assert {f.name for f in root.rglob("*") if f.is_file()} == before, "the copies are gone again"


def test_an_inmate_who_left_while_the_draft_was_open(lawyer: Applicant) -> None:
    draft_id = reapplications.mend(lawyer.id, refused(lawyer, bad=()).id)
    change(Inmate, drafts.get(lawyer.id, draft_id).inmate_id, status=InmateStatus.RELEASED)
    with pytest.raises(InmateGone):
        applications.submit(lawyer.id, draft_id, Actor("applicant", lawyer.id))
    assert len(names(draft_id)) == 3


def test_a_strangers_application_and_grant_do_not_exist(lawyer: Applicant) -> None:
    stranger = factories.applicant()
    with pytest.raises(NotFound):
        reapplications.mend(stranger.id, refused(lawyer).id)
    with pytest.raises(NotFound):
        reapplications.renew(stranger.id, factories.granted(lawyer, state=GrantState.REVOKED).id)


@pytest.mark.parametrize(
    ("state", "days", "error"),
    [
        (GrantState.ACTIVE, 30, None),
        (GrantState.ACTIVE, 31, NotToRenew),
        (GrantState.EXPIRED, -1, None),
        (GrantState.REVOKED, 100, None),
        (GrantState.SUSPENDED, 100, NotToRenew),
        (GrantState.TO_CHECK, 100, NotToRenew),
    ],
)
def test_which_grants_are_renewed(lawyer: Applicant, state: GrantState, days: int, error: Any) -> None:
    until = clock.today() + timedelta(days=days)
    grant = factories.granted(lawyer, state=state, from_on=until - timedelta(days=365), until_on=until)
    if error:
        with pytest.raises(error):
            reapplications.renew(lawyer.id, grant.id)
        return
    draft = drafts.get(lawyer.id, reapplications.renew(lawyer.id, grant.id))
    assert draft.inmate_id == grant.inmate_id and draft.previous_id is None
    assert (draft.fields["relation"], draft.fields["certificate_number"]) == ("lawyer", "臺檢證字第1234號")


def test_nothing_is_renewed_beside_a_waiting_application(lawyer: Applicant) -> None:
    about = factories.inmate()
    grant = factories.granted(lawyer, about, state=GrantState.REVOKED)
    factories.application(lawyer, about)
    with pytest.raises(ApplicationDuplicate):
        reapplications.renew(lawyer.id, grant.id)


@pytest.mark.parametrize(
    ("days", "state", "is_duplicate"),
    [(31, GrantState.ACTIVE, True), (30, GrantState.ACTIVE, False), (300, GrantState.REVOKED, False)],
)
def test_a_lasting_grant_is_told_and_one_that_expires_soon_is_no_hindrance(
    lawyer: Applicant, days: int, state: GrantState, is_duplicate: bool
) -> None:
    about = factories.inmate(number="0609")
    factories.granted(lawyer, about, state=state, until_on=clock.today() + timedelta(days=days))
    actor = Actor("applicant", lawyer.id)
    if is_duplicate:
        with pytest.raises(ApplicationDuplicate):
            drafts.start(lawyer.id, about.agency_id, "0609", actor)
    else:
        assert drafts.start(lawyer.id, about.agency_id, "0609", actor)
