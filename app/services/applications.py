"""服務項目申請: sending it, and what one has sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import NotFound, RuleError, RuleErrors, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import documents, family_items
from app.rules.vocabulary import ApplicationState, Relationship, ServiceItem
from app.security import Actor
from app.services import application_subjects, audit, drafts
from app.transaction import locked, transaction
from models import ApplicationDraft, ApplicationItem, ServiceApplication, ServiceGrant


class NoLongerWaiting(RuleError):
    """An officer decided before the applicant took the application back."""

    sentence = _l("本件目前狀態為「%(state)s」，已無法撤回。請查看審核結果。")
    status = 409


def submit(applicant_id: str, draft_id: str, actor: Actor) -> str:
    """Send the draft as an application and return its id; sent twice, it is one application.

    Raises ``RuleErrors`` (fields, items and papers), ``InmateGone``, ``NotFound``, and the errors of
    ``application_subjects.refuse_duplicate``.
    """
    sent = db.session.scalar(_sent(applicant_id, draft_id))
    if sent is not None:
        return sent
    try:
        with transaction() as session:
            begun = session.get(ApplicationDraft, draft_id)
            if begun is not None and begun.applicant_id == applicant_id:
                application_subjects.present(session, begun)  # locked first, as where a draft is started
            sent = session.scalar(_sent(applicant_id, draft_id))
            if sent is not None:
                return sent
            own = drafts.locked_draft(session, applicant_id, draft_id)
            fields = own.fields or {}
            errors = drafts.field_errors(session, own)
            papers = list(own.attachments)
            if fields.get("relation"):
                errors += documents.check_against(drafts.papers_of(own), [p.kind for p in papers])
            if errors:
                raise RuleErrors(errors)
            application_subjects.refuse_duplicate(session, applicant_id, own.inmate_id, own.item)
            relation = Relationship(fields["relation"])
            application = ServiceApplication(
                applicant_id=applicant_id,
                agency_id=own.agency_id,
                inmate_id=own.inmate_id,
                item=own.item,
                relation=relation,
                **documents.own_fields(relation, fields),
                submitted_at=clock.now(),
                applied_on=clock.today(),
                idempotency_key=own.id,
                previous_id=own.previous_id,
            )
            application.items = [ApplicationItem(item=item) for item in asked_for(own)]
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
        raise application_subjects.ApplicationDuplicate() from error


def asked_for(draft: ApplicationDraft) -> list[ServiceItem]:
    """The single items that a family has ticked; none for a lawyer, whose application is one item."""
    if draft.item is not ServiceItem.FAMILY:
        return []
    return family_items.in_order((draft.fields or {}).get("items", ()))


def _sent(applicant_id: str, draft_id: str):  # type: ignore[no-untyped-def]
    return select(ServiceApplication.id).where(
        ServiceApplication.applicant_id == applicant_id, ServiceApplication.idempotency_key == draft_id
    )


def withdraw(applicant_id: str, application_id: str, version: int, actor: Actor) -> None:
    """Take back an application that waits; taken back twice, it is taken back.

    Raises ``NotFound``, :class:`NoLongerWaiting` where an officer was faster, ``Stale``.
    """
    with transaction() as session:
        application = locked(session, ServiceApplication, application_id)
        if application.applicant_id != applicant_id:
            raise NotFound()
        if application.state is ApplicationState.WITHDRAWN:
            return
        if application.state is not ApplicationState.PENDING:
            raise NoLongerWaiting(state=application.state.label)
        if application.version != version:
            raise Stale()
        before = application.move("withdraw")
        session.flush()
        audit.moved(session, application, "withdraw", before, actor)


def get(applicant_id: str, application_id: str) -> ServiceApplication:
    """One's own application with its papers; raises ``NotFound``."""
    found = db.session.scalar(
        select(ServiceApplication)
        .where(ServiceApplication.id == application_id, ServiceApplication.applicant_id == applicant_id)
        .options(selectinload(ServiceApplication.attachments))
    )
    if found is None:
        raise NotFound()
    return found


def of_applicant(applicant_id: str) -> list[ServiceApplication]:
    """服務項目狀態查詢: one's own applications, newest first."""
    return list(
        db.session.scalars(
            select(ServiceApplication)
            .where(ServiceApplication.applicant_id == applicant_id)
            .order_by(ServiceApplication.submitted_at.desc(), ServiceApplication.id)
            .options(
                selectinload(ServiceApplication.agency),
                selectinload(ServiceApplication.inmate),
                selectinload(ServiceApplication.attachments),
                selectinload(ServiceApplication.items),
            )
        )
    )


def grants_of(applicant_id: str) -> list[ServiceGrant]:
    """One's own granted items, those that last longest first."""
    return list(
        db.session.scalars(
            select(ServiceGrant)
            .where(ServiceGrant.applicant_id == applicant_id)
            .order_by(ServiceGrant.until_on.desc(), ServiceGrant.id)
            .options(selectinload(ServiceGrant.agency), selectinload(ServiceGrant.inmate))
        )
    )
