"""The draft of a service application: it lives on the server, files go up one by one, nothing is lost by an error."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound, RuleError, RuleErrors
from app.extensions import db
from app.i18n import _l
from app.rules import documents, family_documents, family_items
from app.rules.vocabulary import LAWYERS, AttachmentKind, Relationship, ServiceItem
from app.security import Actor
from app.services import application_subjects, attachments, inmates
from app.transaction import locked, transaction
from models import ApplicationDraft, Attachment, Inmate

#: A draft lives this long after it was last touched.
DRAFT_LIVES = timedelta(days=7)
#: What is kept of a typed field, right or wrong; what an application takes is far below.
_MOST_KEPT = 500


class RelationMissing(RuleError):
    """A relationship has to be chosen."""

    sentence = _l("請選擇與收容人關係。")


def start(
    applicant_id: str, agency_id: str, number: str, actor: Actor, item: ServiceItem = ServiceItem.LAWYER_VISIT
) -> str:
    """Start (or take up again) the application for one inmate and return the draft's id.

    Raises the errors of ``inmates.find`` and of ``application_subjects.refuse_duplicate``.
    """
    inmate_id = inmates.find(agency_id, number, actor).id
    with transaction() as session:
        return opened(session, applicant_id, locked(session, Inmate, inmate_id), item).id


def opened(
    session: Session, applicant_id: str, inmate: Inmate, item: ServiceItem = ServiceItem.LAWYER_VISIT
) -> ApplicationDraft:
    """The draft of an applicant for one inmate, new or taken up again, in the caller's transaction.

    Raises the errors of ``application_subjects.refuse_duplicate``.
    """
    application_subjects.refuse_duplicate(session, applicant_id, inmate.id, item)
    draft = session.scalar(
        select(ApplicationDraft).where(
            ApplicationDraft.applicant_id == applicant_id,
            ApplicationDraft.inmate_id == inmate.id,
            ApplicationDraft.item == item,
        )
    )
    if draft is None:
        draft = ApplicationDraft(
            applicant_id=applicant_id,
            agency_id=inmate.agency_id,
            inmate_id=inmate.id,
            item=item,
            fields={},
        )
        session.add(draft)
    draft.agency_id = inmate.agency_id  # who has moved since a draft was begun is applied for where he is now
    draft.expires_at = clock.now() + DRAFT_LIVES
    session.flush()
    return draft


def get(applicant_id: str, draft_id: str) -> ApplicationDraft:
    """One's own draft; raises ``NotFound``."""
    found = db.session.scalar(
        select(ApplicationDraft)
        .where(ApplicationDraft.id == draft_id, ApplicationDraft.applicant_id == applicant_id)
        .options(selectinload(ApplicationDraft.attachments))
    )
    if found is None or found.expires_at <= clock.now():
        raise NotFound()
    return found


def locked_draft(session: Session, applicant_id: str, draft_id: str) -> ApplicationDraft:
    """One's own draft, locked in the caller's transaction; raises ``NotFound``."""
    own = locked(session, ApplicationDraft, draft_id)
    if own.applicant_id != applicant_id or own.expires_at <= clock.now():
        raise NotFound()
    return own


def save(
    applicant_id: str,
    draft_id: str,
    *,
    relation: str,
    certificate_number: str = "",
    supervising_lawyer: str = "",
) -> None:
    """Keep what was typed, then check it; raises ``RuleErrors``."""
    fields = {
        "relation": relation if relation in LAWYERS else "",
        "certificate_number": certificate_number.strip()[:_MOST_KEPT],
        "supervising_lawyer": supervising_lawyer.strip()[:_MOST_KEPT],
    }
    keep_fields(applicant_id, draft_id, ServiceItem.LAWYER_VISIT, fields)


def keep_fields(applicant_id: str, draft_id: str, item: ServiceItem, fields: dict[str, Any]) -> None:
    """Keep what was typed in a draft of this kind, right or wrong, then check it.

    Raises ``NotFound``, ``RuleErrors``.
    """
    with transaction() as session:
        own = locked_draft(session, applicant_id, draft_id)
        if own.item is not item:
            raise NotFound()
        own.fields = fields
        own.expires_at = clock.now() + DRAFT_LIVES
        errors = field_errors(session, own)
    if errors:
        raise RuleErrors(errors)


def field_errors(session: Session, draft: ApplicationDraft) -> list[RuleError]:
    """What is missing or wrong among the typed fields of a draft, in the order of the form."""
    fields = draft.fields or {}
    errors: list[RuleError] = [] if fields.get("relation") else [RelationMissing("relation")]
    if draft.item is ServiceItem.FAMILY:
        held = application_subjects.taken(session, draft.applicant_id, draft.inmate_id)
        return errors + family_items.check(fields.get("items", ()), held)
    return errors or documents.check_fields(Relationship(fields["relation"]), fields)


def papers_of(draft: ApplicationDraft) -> tuple[documents.Requirement, ...]:
    """The papers that a draft is asked for; none before the relationship is known."""
    fields = draft.fields or {}
    if not fields.get("relation"):
        return ()
    relation = Relationship(fields["relation"])
    if draft.item is ServiceItem.FAMILY:
        return family_documents.required_papers(relation, family_items.in_order(fields.get("items", ())))
    typed = documents.own_fields(relation, fields)
    return documents.required_papers(relation, holds_certificate="certificate_number" in typed)


def add_paper(applicant_id: str, draft_id: str, kind: AttachmentKind, file_name: str, data: bytes) -> None:
    """Put one file into the draft; raises the errors of the upload, the type, the slots and the 30 MB budget."""
    get(applicant_id, draft_id)
    if kind is AttachmentKind.PORTRAIT:  # the other kinds take whatever can be cleaned
        documents.check_file_name(kind, file_name)
    file = attachments.clean(file_name, data)
    with transaction() as session:
        own = locked_draft(session, applicant_id, draft_id)
        check_room(session, draft_id, kind, len(data))
        attachments.keep(session, {"draft_id": own.id}, kind, file)
        own.expires_at = clock.now() + DRAFT_LIVES


def check_room(session: Session, draft_id: str, kind: AttachmentKind, size_bytes: int) -> None:
    """See whether one more file of a kind fits into the draft; raises ``FilesTooBig``, ``TooManyFiles``."""
    mine = Attachment.draft_id == draft_id
    used = session.scalar(select(func.coalesce(func.sum(Attachment.size_bytes), 0)).where(mine))
    documents.check_budget(int(used or 0), size_bytes)
    same = int(session.scalar(select(func.count()).where(mine, Attachment.kind == kind)) or 0)
    slots = documents.slots_of(kind)
    if same >= slots:
        raise documents.TooManyFiles(kind.value, paper=kind.label, maximum=slots, count=same + 1)


def remove_paper(applicant_id: str, draft_id: str, attachment_id: str) -> None:
    """Take one file out of the draft; raises ``NotFound``."""
    with transaction() as session:
        locked_draft(session, applicant_id, draft_id)
        paper = locked(session, Attachment, attachment_id)
        if paper.draft_id != draft_id:
            raise NotFound()
        files = attachments.forget(session, paper)
    attachments.discard(files)
