"""服務項目申請: sending it, and what one has sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import RuleErrors
from app.extensions import db
from app.rules import documents
from app.rules.vocabulary import Relationship
from app.security import Actor
from app.services import audit, drafts
from app.transaction import transaction
from models import ServiceApplication


def submit(applicant_id: str, draft_id: str, actor: Actor) -> str:
    """Send the draft as an application and return its id; sent twice, it is one application.

    Raises ``RuleErrors`` (missing fields and papers), ``ApplicationDuplicate``, ``NotFound``.
    """
    sent = db.session.scalar(_sent(applicant_id, draft_id))
    if sent is not None:
        return sent
    try:
        with transaction() as session:
            sent = session.scalar(_sent(applicant_id, draft_id))
            if sent is not None:
                return sent
            own = drafts.locked_draft(session, applicant_id, draft_id)
            fields = own.fields or {}
            errors = drafts.field_errors(fields)
            papers = list(own.attachments)
            if fields.get("relation"):
                relation = Relationship(fields["relation"])
                errors += documents.check_papers(
                    relation, [p.kind for p in papers], holds_certificate=_holds_certificate(fields)
                )
            if errors:
                raise RuleErrors(errors)
            drafts.refuse_duplicate(session, applicant_id, own.inmate_id)
            application = ServiceApplication(
                applicant_id=applicant_id,
                agency_id=own.agency_id,
                inmate_id=own.inmate_id,
                item=own.item,
                relation=relation,
                certificate_number=fields.get("certificate_number") or None,
                supervising_lawyer=fields.get("supervising_lawyer") or None,
                submitted_at=clock.now(),
                applied_on=clock.today(),
                idempotency_key=own.id,
            )
            session.add(application)
            session.flush()
            for paper in papers:
                paper.draft_id, paper.application_id = None, application.id
            session.flush()
            session.expire(own, ["attachments"])
            session.delete(own)
            audit.record(session, "service_application.submit", actor, application, agency_id=application.agency_id)
            return application.id
    except IntegrityError as error:
        raise drafts.ApplicationDuplicate() from error


def _sent(applicant_id: str, draft_id: str):  # type: ignore[no-untyped-def]
    return select(ServiceApplication.id).where(
        ServiceApplication.applicant_id == applicant_id, ServiceApplication.idempotency_key == draft_id
    )


def _holds_certificate(fields: dict[str, str]) -> bool:
    return bool(fields.get("certificate_number"))


def of_applicant(applicant_id: str) -> list[ServiceApplication]:
    """服務項目狀態查詢: one's own applications, newest first."""
    return list(
        db.session.scalars(
            select(ServiceApplication)
            .where(ServiceApplication.applicant_id == applicant_id)
            .order_by(ServiceApplication.submitted_at.desc(), ServiceApplication.id)
            .options(selectinload(ServiceApplication.agency), selectinload(ServiceApplication.inmate))
        )
    )
