"""The demonstration's lawyers' applications, of several ages and in several states."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import AttachmentKind, ReasonScope, ServiceItem, Verdict
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents
from app.services import application_review, applications, drafts, paper_refusals, reasons
from models import ServiceApplication


def fill(agency_id: str) -> None:
    """Applications of several ages: approved, refused, and some that wait."""
    of_agency = (ServiceApplication.agency_id == agency_id, ServiceApplication.item == ServiceItem.LAWYER_VISIT)
    if db.session.scalar(select(ServiceApplication.id).where(*of_agency).limit(1)):
        return
    refusal = reasons.offered(ReasonScope.APPLICATION)[3].text
    for days_ago, lawyer, number, verdict in people.CASES:
        applicant = demo_residents.lawyer(people.LAWYERS[lawyer][1])
        assert applicant is not None
        applicant_id, relation = applicant.id, people.LAWYERS[lawyer][2]
        actor = Actor("applicant", applicant_id, applicant.name)
        applied = clock.now() - timedelta(days=days_ago)
        with clock.frozen(applied):
            draft_id = drafts.start(applicant_id, agency_id, number, actor)
            drafts.save(
                applicant_id,
                draft_id,
                relation=relation.value,
                certificate_number="(106)臺檢證字第12345號",
                supervising_lawyer="王指導",
            )
            for kind in (AttachmentKind.IDENTITY, AttachmentKind.MANDATE):
                drafts.add_paper(applicant_id, draft_id, kind, f"{kind.label}.jpg", paper())
            application_id = applications.submit(applicant_id, draft_id, actor)
        if verdict is not None:
            officer = demo_residents.officer()
            who = Actor("staff", str(officer.id), officer.full_name)
            with clock.frozen(applied + timedelta(hours=5)):
                decision = application_review.Decision(verdict.value)
                if verdict is Verdict.REJECT:  # one paper has to be mended; the others are kept
                    case = db.session.get_one(ServiceApplication, application_id)
                    mandate = next(paper for paper in case.attachments if paper.kind is AttachmentKind.MANDATE)
                    mended = paper_refusals.PaperRefusal(mandate.id, refusal, "第1頁未簽名")
                    decision = replace(decision, reason=refusal, refusals=(mended,))
                application_review.review(application_id, decision, officer.id, who)


@functools.cache
def paper() -> bytes:
    """A drawn sheet in the place of a scan; it says on its face that it is a demonstration."""
    sheet = Image.new("RGB", (1000, 1400), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((60, 60, 940, 1340), outline="black", width=4)
    for line in range(12):
        pen.line((120, 320 + line * 80, 880 - (line % 3) * 120, 320 + line * 80), fill=(90, 90, 90), width=6)
    pen.text((120, 120), "DEMO", fill=(160, 0, 0), font_size=90)
    kept = BytesIO()
    sheet.save(kept, "JPEG", quality=80)
    return kept.getvalue()
