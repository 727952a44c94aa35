"""A new application that begins with an old one: a refused one mended, a grant renewed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.adapters.file_store import FileMissing
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import documents, family_items, grants
from app.rules.vocabulary import ApplicationState, ServiceItem
from app.services import application_subjects, applications, attachments, drafts
from app.services.agencies import phone_of
from app.transaction import end_reading, locked, transaction
from models import ApplicationDraft, Attachment, ServiceApplication, ServiceGrant

Files = dict[str, str | None]

#: States that leave a refused application before them the newest one: nobody decided them.
GIVEN_UP = (ApplicationState.WITHDRAWN, ApplicationState.EXPIRED)


class NotToMend(RuleError):
    """Only the newest refused application for an inmate is mended."""

    sentence = _l("本件無法補正後重新送出：僅審核未通過之最近一次申請得補正。請至「服務項目狀態查詢」查看最新結果。")
    status = 409


class NotToRenew(RuleError):
    """The grant lasts, or the agency has to act first."""

    sentence = _l(
        "本服務項目目前無須或無法重新申請；到期前%(days)s天起得更新文件。如為暫停使用或待確認，請洽%(agency)s（電話：%(phone)s）。"
    )
    status = 409


def mend(applicant_id: str, application_id: str) -> str:
    """Start the draft that sends a refused application again, with all that stands of it; returns the draft's id.

    Fields and papers are taken over, but for the papers that were refused; of a family's items, those that were
    refused. Started twice, it is the same draft.
    Raises ``NotFound``, :class:`NotToMend`, ``InmateGone``, the errors of ``application_subjects.refuse_duplicate``.
    """
    refused = applications.get(applicant_id, application_id)
    _check_to_mend(db.session(), refused)
    standing_papers = [paper for paper in refused.attachments if paper.refusal is None]
    begun = db.session.scalar(select(ApplicationDraft.id).where(ApplicationDraft.previous_id == application_id))
    copies = {} if begun else _copies(standing_papers)
    end_reading()
    kept: set[str] = set()
    try:
        with transaction() as session:
            application = locked(session, ServiceApplication, application_id)
            _check_to_mend(session, application)
            inmate = application_subjects.present(session, application)
            draft = drafts.opened(session, applicant_id, inmate, application.item)
            if draft.previous_id != application_id:
                if begun:  # it lapsed just now, and nothing has been copied for another
                    raise Stale()
                draft.previous_id = application_id
                draft.fields = {**_fields(application), **{k: v for k, v in (draft.fields or {}).items() if v}}
                kept = _take_over(session, draft, application, copies)
            session.flush()
            draft_id = draft.id
    except BaseException:
        kept = set()
        raise
    finally:
        attachments.discard(key for paper_id, files in copies.items() if paper_id not in kept for key in files.values())
    return draft_id


def was_refused(application: ServiceApplication) -> bool:
    """Whether an application was refused, as a whole or, of a family, in some of its items."""
    in_part = application.item is ServiceItem.FAMILY and application.state is ApplicationState.PARTLY_APPROVED
    return in_part or application.state is ApplicationState.REJECTED


def _check_to_mend(session: Session, application: ServiceApplication) -> None:
    newest = session.scalar(
        select(ServiceApplication.id)
        .where(
            ServiceApplication.applicant_id == application.applicant_id,
            ServiceApplication.inmate_id == application.inmate_id,
            ServiceApplication.item == application.item,
            ServiceApplication.state.not_in(GIVEN_UP),
        )
        .order_by(ServiceApplication.submitted_at.desc(), ServiceApplication.id)
        .limit(1)
    )
    if not was_refused(application) or newest != application.id:
        raise NotToMend()


def _fields(application: ServiceApplication) -> dict[str, Any]:
    if application.item is ServiceItem.FAMILY:
        refused = (row.item for row in application.items if row.state is ApplicationState.REJECTED)
        return {"relation": application.relation.value, "items": family_items.in_order(refused)}
    return {
        "relation": application.relation.value,
        "certificate_number": application.certificate_number or "",
        "supervising_lawyer": application.supervising_lawyer or "",
    }


def _copies(papers: list[Attachment]) -> dict[str, Files]:
    """The files of these papers, copied; one that is no longer kept is asked for again like any missing paper."""
    copies = {}
    for paper in papers:
        try:
            copies[paper.id] = attachments.copied(paper)
        except FileMissing:
            continue
    return copies


def _take_over(
    session: Session, draft: ApplicationDraft, application: ServiceApplication, copies: dict[str, Files]
) -> set[str]:
    """Put the copied papers into the draft as far as there is room beside what is in it; returns which."""
    present = {attachments.likeness(paper) for paper in draft.attachments}
    kept = set()
    for paper in application.attachments:
        if paper.refusal is not None or paper.id not in copies or attachments.likeness(paper) in present:
            continue
        try:
            drafts.check_room(session, draft.id, paper.kind, paper.size_bytes)
        except (documents.FilesTooBig, documents.TooManyFiles):
            continue
        attachments.keep_copy(session, {"draft_id": draft.id}, paper, copies[paper.id])
        kept.add(paper.id)
    return kept


def renew(applicant_id: str, grant_id: str) -> str:
    """Start the application that follows a grant, for the same inmate in the same capacity; returns the draft's id.

    Raises ``NotFound``, :class:`NotToRenew`, ``InmateGone``, the errors of ``application_subjects.refuse_duplicate``.
    """
    with transaction() as session:
        grant = locked(session, ServiceGrant, grant_id)
        if grant.applicant_id != applicant_id:
            raise NotFound()
        if grants.standing(grant.state, grant.until_on, clock.today()) not in grants.RENEWABLE:
            raise NotToRenew(days=grants.RENEWED_WITHIN_DAYS, agency=grant.agency.name, phone=phone_of(grant.agency))
        inmate, kind = application_subjects.present(session, grant), family_items.applied_as(grant.item)
        draft = drafts.opened(session, applicant_id, inmate, kind)
        typed = draft.fields or {}
        if not typed.get("relation"):
            draft.fields = typed = _fields(grant.application)
        if kind is ServiceItem.FAMILY:
            draft.fields = {**typed, "items": family_items.in_order([*typed.get("items", ()), grant.item])}
        session.flush()
        return draft.id
