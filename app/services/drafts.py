"""The draft of a service application: it lives on the server, files go up one by one, nothing is lost by an error."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound, RuleError, RuleErrors
from app.extensions import db
from app.i18n import _l
from app.rules import documents
from app.rules.vocabulary import LAWYERS, ApplicationState, AttachmentKind, GrantState, Relationship, ServiceItem
from app.security import Actor
from app.services import attachments, inmates
from app.transaction import locked, transaction
from models import ApplicationDraft, Attachment, Inmate, ServiceApplication, ServiceGrant

#: A draft lives this long after it was last touched.
DRAFT_LIVES = timedelta(days=7)


class ApplicationDuplicate(RuleError):
    """The same item with the same inmate is waiting or granted."""

    sentence = _l("您對該收容人已有未審核或有效之同一服務項目，無須重複申請。")
    status = 409


class RelationMissing(RuleError):
    """A relationship has to be chosen."""

    sentence = _l("請選擇與收容人關係。")


def start(applicant_id: str, agency_id: str, number: str, actor: Actor) -> str:
    """Start (or take up again) the application of a lawyer for one inmate and return the draft's id.

    Raises the errors of ``inmates.find`` and :class:`ApplicationDuplicate`.
    """
    inmate_id = inmates.find(agency_id, number, actor).id
    with transaction() as session:
        inmate = locked(session, Inmate, inmate_id)
        refuse_duplicate(session, applicant_id, inmate_id)
        draft = session.scalar(
            select(ApplicationDraft).where(
                ApplicationDraft.applicant_id == applicant_id,
                ApplicationDraft.inmate_id == inmate_id,
                ApplicationDraft.item == ServiceItem.LAWYER_VISIT,
            )
        )
        if draft is None:
            draft = ApplicationDraft(
                applicant_id=applicant_id,
                agency_id=inmate.agency_id,
                inmate_id=inmate_id,
                item=ServiceItem.LAWYER_VISIT,
                fields={},
            )
            session.add(draft)
        draft.expires_at = clock.now() + DRAFT_LIVES
        session.flush()
        return draft.id


def refuse_duplicate(session: Session, applicant_id: str, inmate_id: str) -> None:
    """Refuse what is waiting or granted already; raises :class:`ApplicationDuplicate`."""
    waiting = exists().where(
        ServiceApplication.applicant_id == applicant_id,
        ServiceApplication.inmate_id == inmate_id,
        ServiceApplication.item == ServiceItem.LAWYER_VISIT,
        ServiceApplication.state == ApplicationState.PENDING,
    )
    granted = exists().where(
        ServiceGrant.applicant_id == applicant_id,
        ServiceGrant.inmate_id == inmate_id,
        ServiceGrant.item == ServiceItem.LAWYER_VISIT,
        ServiceGrant.state == GrantState.ACTIVE,
        ServiceGrant.until_on >= clock.today(),
    )
    if session.scalar(select(waiting | granted)):
        raise ApplicationDuplicate("number")


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
        "certificate_number": certificate_number.strip()[:40],
        "supervising_lawyer": supervising_lawyer.strip()[:50],
    }
    with transaction() as session:
        locked_draft(session, applicant_id, draft_id).fields = fields
    errors = field_errors(fields)
    if errors:
        raise RuleErrors(errors)


def field_errors(fields: dict[str, str]) -> list[RuleError]:
    """What is missing among the typed fields, in the order of the form."""
    if not fields.get("relation"):
        return [RelationMissing("relation")]
    return documents.check_fields(Relationship(fields["relation"]), fields)


def add_paper(applicant_id: str, draft_id: str, kind: AttachmentKind, file_name: str, data: bytes) -> None:
    """Put one file into the draft; raises the errors of the upload, the slots and the 30 MB budget."""
    get(applicant_id, draft_id)
    file = attachments.clean(file_name, data)
    with transaction() as session:
        own = locked_draft(session, applicant_id, draft_id)
        used = session.scalar(
            select(func.coalesce(func.sum(Attachment.size_bytes), 0)).where(Attachment.draft_id == draft_id)
        )
        documents.check_budget(int(used or 0), len(data))
        same = session.scalar(select(func.count()).where(Attachment.draft_id == draft_id, Attachment.kind == kind))
        if int(same or 0) >= documents.SLOTS:
            raise documents.TooManyFiles(
                kind.value, paper=kind.label, maximum=documents.SLOTS, count=int(same or 0) + 1
            )
        attachments.keep(session, {"draft_id": own.id}, kind, file)
        own.expires_at = clock.now() + DRAFT_LIVES


def remove_paper(applicant_id: str, draft_id: str, attachment_id: str) -> None:
    """Take one file out of the draft; raises ``NotFound``."""
    with transaction() as session:
        locked_draft(session, applicant_id, draft_id)
        paper = locked(session, Attachment, attachment_id)
        if paper.draft_id != draft_id:
            raise NotFound()
        files = attachments.forget(session, paper)
    attachments.discard(files)
