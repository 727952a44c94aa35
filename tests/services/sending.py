"""A lawyer's way to an application that waits: the draft that lacks nothing, and what was sent."""

from __future__ import annotations

from app.extensions import db
from app.rules.vocabulary import AttachmentKind
from app.security import Actor
from app.services import applications, drafts
from models import Applicant, ServiceApplication

IDENTITY, MANDATE = AttachmentKind.IDENTITY, AttachmentKind.MANDATE


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
