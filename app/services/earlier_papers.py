"""Identity papers of earlier applications, used again: a card that was shown once need not be scanned once more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind
from app.services import attachments, drafts
from app.transaction import end_reading, transaction
from models import Attachment, ServiceApplication

#: Counted from the first upload, however often it was used since: a bar certificate is renewed, a card replaced.
USABLE_FOR = timedelta(days=365)
#: How many are offered, the latest first.
OFFERED = 4


def offered(applicant_id: str, draft_id: str) -> list[Attachment]:
    """One's own identity papers that may be used in a draft: none twice, none that is in it already."""
    in_draft = db.session.scalars(select(Attachment).where(Attachment.draft_id == draft_id))
    seen = {attachments.likeness(paper) for paper in in_draft}
    found: list[Attachment] = []
    for paper in db.session.scalars(select(Attachment).where(*_usable(applicant_id)).order_by(*_LATEST)):
        if attachments.likeness(paper) not in seen and len(found) < OFFERED:
            found.append(paper)
        seen.add(attachments.likeness(paper))
    return found


_LATEST = (Attachment.created_at.desc(), Attachment.id)


def _usable(applicant_id: str) -> tuple[ColumnElement[bool], ...]:
    """Papers of sent applications at any agency, but for those that were refused.

    Of an application that was refused without naming the paper, nobody knows which one was bad: none is offered.
    """
    refused = aliased(Attachment)
    sent = select(ServiceApplication.id).where(
        ServiceApplication.applicant_id == applicant_id,
        or_(
            ServiceApplication.state != ApplicationState.REJECTED,
            select(refused.id)
            .where(refused.application_id == ServiceApplication.id, refused.refusal.is_not(None))
            .exists(),
        ),
    )
    return (
        Attachment.application_id.in_(sent),
        Attachment.kind == AttachmentKind.IDENTITY,
        Attachment.refusal.is_(None),
        Attachment.created_at > clock.now() - USABLE_FOR,
    )


def use_again(applicant_id: str, draft_id: str, attachment_id: str) -> None:
    """Copy an earlier identity paper into a draft, where it counts like any other; pressed twice, it is one.

    Raises ``NotFound``, ``FileMissing``, and the errors of the slots and the 30 MB budget.
    """
    drafts.get(applicant_id, draft_id)
    wanted = select(Attachment).where(Attachment.id == attachment_id, *_usable(applicant_id))
    earlier = db.session.scalar(wanted)
    if earlier is None:
        raise NotFound()
    files = attachments.copied(earlier)
    end_reading()
    is_kept = False
    try:
        with transaction() as session:
            own = drafts.locked_draft(session, applicant_id, draft_id)
            source = session.scalar(wanted)
            if source is None:  # refused meanwhile
                raise NotFound()
            if attachments.likeness(source) not in {attachments.likeness(paper) for paper in own.attachments}:
                drafts.check_room(session, draft_id, source.kind, source.size_bytes)
                attachments.keep_copy(session, {"draft_id": own.id}, source, files)
                own.expires_at = clock.now() + drafts.DRAFT_LIVES
                is_kept = True
    except BaseException:
        attachments.discard(files.values())
        raise
    if not is_kept:
        attachments.discard(files.values())
