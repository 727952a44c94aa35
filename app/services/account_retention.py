"""Depersonalising: accounts that nobody has used for the whole term, and what visits had written down at the desk.

Cases, grants and visits stay as rows without a person: the figures of a year do not change when its people are
forgotten. Files go with the next sweep of the store, because no row names them any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.i18n import DEFAULT_LOCALE, _
from app.rules.vocabulary import AccountState
from app.security import SYSTEM
from app.services import audit, second_factor
from models import (
    AgencyBookReading,
    Applicant,
    ApplicationDraft,
    ApplicationItem,
    Attachment,
    AuditEntry,
    BookAttachment,
    BrowserSession,
    Companion,
    Consent,
    FamilyBookEntry,
    OneTimeToken,
    PlaceHold,
    RecognitionResult,
    Reservation,
    ServiceApplication,
    ServiceGrant,
    SessionKind,
    StateMove,
)

BATCH, _LOOKED_AT = 50, 500
#: Nobody was born then; a birth date cannot be missing.
_NO_DAY = date(1900, 1, 1)


def accounts(session: Session, before: datetime) -> int:
    """Forget the persons of accounts without any life since ``before``; returns how many."""
    ids = _idle(session, before)
    rows = session.scalars(select(Applicant).where(Applicant.id.in_(ids)).with_for_update()).all()
    for applicant in rows:
        _forget(session, applicant)
        audit.record(session, "applicant.erase", SYSTEM, applicant)
    _forget_cases(session, ids)
    return len(rows)


def _idle(session: Session, before: datetime) -> list[str]:
    """Some accounts that are over; sessions are not kept for years, so the trail says who still signed in."""
    candidates = (
        select(Applicant.id)
        .where(
            Applicant.erased_at.is_(None),
            Applicant.state != AccountState.UNVERIFIED,  # those lapse by themselves within days
            Applicant.created_at < before,
            *(~alive for alive in _signs_of_life(before)),
        )
        .order_by(Applicant.id)
        .limit(_LOOKED_AT)
    )
    last, idle = "", list[str]()
    while len(idle) < BATCH:
        ids = session.scalars(candidates.where(Applicant.id > last) if last else candidates).all()
        if not ids:
            break
        seen = set(
            session.scalars(
                select(AuditEntry.subject_id).where(
                    AuditEntry.subject_kind == Applicant.__tablename__,
                    AuditEntry.subject_id.in_(ids),
                    AuditEntry.at >= before,
                )
            )
        )
        idle += [id_ for id_ in ids if id_ not in seen]
        last = ids[-1]
    return idle[:BATCH]


def visit_records(session: Session, before: datetime) -> int:
    """Erase what identified visitors at the desk (監獄行刑法 §69) from visits before a day; returns how many."""
    sealed = (
        Reservation.visit_record_sealed,
        Reservation.visitor_id_number_sealed,
        Reservation.visitor_phone_sealed,
        Reservation.exception_sealed,
    )
    old = select(Reservation.id).where(
        Reservation.visit_on < clock.local(before).date(), or_(*(column.is_not(None) for column in sealed))
    )
    ids = session.scalars(old.order_by(Reservation.visit_on, Reservation.id).limit(BATCH)).all()
    empty = dict.fromkeys((column.key for column in sealed), None)
    _set(session, Reservation, Reservation.id.in_(ids), **empty, visitor_id_number_index=None)
    return len(ids)


def _signs_of_life(before: datetime) -> list[ColumnElement[bool]]:
    day = clock.local(before).date()
    signs: list[tuple[Any, ...]] = [
        (ServiceApplication.applicant_id == Applicant.id, ServiceApplication.updated_at >= before),
        (ServiceGrant.applicant_id == Applicant.id, ServiceGrant.until_on >= day),
        (Reservation.applicant_id == Applicant.id, Reservation.visit_on >= day),
        (FamilyBookEntry.applicant_id == Applicant.id, FamilyBookEntry.updated_at >= before),
    ]
    return [exists().where(*sign) for sign in signs]


def _gone() -> str:
    with force_locale(DEFAULT_LOCALE):
        return str(_("（已刪除）"))


def _forget(session: Session, applicant: Applicant) -> None:
    gone = _gone()
    applicant.name = applicant.address = applicant.occupation = gone
    applicant.id_number = applicant.mobile = f"erased-{applicant.id}"
    applicant.mail = f"erased-{applicant.id}@example.invalid"
    applicant.birth_date, applicant.landline, applicant.password_hash = _NO_DAY, None, "!"
    applicant.id_bound_at = applicant.mail_verified_at = applicant.mobile_verified_at = None
    applicant.state, applicant.erased_at = AccountState.DISABLED, clock.now()
    second_factor.remove(session, SessionKind.APPLICANT, applicant.id)
    session.flush()


def _forget_cases(session: Session, ids: Sequence[str]) -> None:
    """Everything that hung on the persons of these accounts and tells who they were."""
    if not ids:
        return
    cases, drafts, visits, entries = (
        session.scalars(select(model.id).where(model.applicant_id.in_(ids))).all()
        for model in (ServiceApplication, ApplicationDraft, Reservation, FamilyBookEntry)
    )
    papers = or_(Attachment.application_id.in_(cases), Attachment.draft_id.in_(drafts))
    shown = RecognitionResult.portrait_id.in_(select(Attachment.id).where(papers))
    _set(session, RecognitionResult, shown, portrait_id=None)
    mine = (BrowserSession.kind == SessionKind.APPLICANT) & BrowserSession.subject_id.in_(ids)
    for model, which in (
        (Attachment, papers),
        (ApplicationDraft, ApplicationDraft.id.in_(drafts)),
        (BookAttachment, BookAttachment.entry_id.in_(entries)),
        (OneTimeToken, OneTimeToken.applicant_id.in_(ids)),
        (PlaceHold, PlaceHold.applicant_id.in_(ids)),
        (AgencyBookReading, AgencyBookReading.applicant_id.in_(ids)),
        (BrowserSession, mine),
    ):
        session.execute(delete(model).where(which).execution_options(synchronize_session=False))
    case = {"certificate_number": None, "supervising_lawyer": None, "rejection_note_sealed": None}
    _set(session, ServiceApplication, ServiceApplication.id.in_(cases), **case)
    _set(session, ApplicationItem, ApplicationItem.application_id.in_(cases), rejection_note_sealed=None)
    _set(session, ServiceGrant, ServiceGrant.applicant_id.in_(ids), reason_note_sealed=None)
    _set(session, Consent, Consent.applicant_id.in_(ids), remote_address_sealed=None)
    named = {"visitor_name": _gone(), "visitor_certificate": None, "rejection_note_sealed": None}
    _set(session, Reservation, Reservation.id.in_(visits), **named)
    text = {"title_sealed": None, "text_sealed": None, "rejection_note_sealed": None}
    _set(session, FamilyBookEntry, FamilyBookEntry.id.in_(entries), **text)
    _set(session, StateMove, StateMove.subject_id.in_([*cases, *visits, *entries, *ids]), reason_sealed=None)
    for companion in session.scalars(select(Companion).where(Companion.reservation_id.in_(visits))):
        companion.name = companion.id_number = _gone()
        companion.birth_date = companion.paper = None


def _set(session: Session, model: Any, which: ColumnElement[bool], **values: Any) -> None:
    session.execute(update(model).where(which).values(**values).execution_options(synchronize_session=False))
