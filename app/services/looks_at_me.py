"""個人資料查閱紀錄: which role of which agency has looked at an applicant's data, when, and for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.extensions import db
from app.i18n import _, _l
from app.rules.person_looks import LookPurpose
from app.rules.vocabulary import StaffRole
from app.services.persons import OPENED
from app.services.portable_sql import key_text
from app.services.unmasking import Purpose
from models import (
    Agency,
    Applicant,
    AuditEntry,
    AuditValues,
    FamilyBookEntry,
    Notification,
    Officer,
    RecognitionResult,
    Reservation,
    ServiceApplication,
    ServiceGrant,
)

MOST_SHOWN = 100
_UNMASKED = "audit.unmasked"
#: What is opened of a person, and the words for why where nothing else was asked.
_CASES: tuple[tuple[Any, Any], ...] = (
    (ServiceApplication, _l("辦理申請案件")),
    (ServiceGrant, _l("辦理申請案件")),
    (Reservation, _l("辦理預約或接見")),
    (FamilyBookEntry, _l("辦理聯絡簿")),
    (Notification, _l("處理通知")),
)


@dataclass(frozen=True)
class LookAtMe:
    """One look: when, the agency (矯正署 without one), the role, for what."""

    at: datetime
    agency: str
    role: Any
    purpose: Any


def of_applicant(applicant_id: str) -> list[LookAtMe]:
    """The newest looks at somebody's account and cases, those at accounts that were merged into it too."""
    ids = [applicant_id, *db.session.scalars(select(Applicant.id).where(Applicant.merged_into_id == applicant_id))]
    of_cases = [
        AuditEntry.subject_id.in_(select(key_text(model.id)).where(model.applicant_id == applicant_id))
        & (AuditEntry.subject_kind == model.__tablename__)
        & AuditEntry.event.in_((f"{model.__tablename__}.opened", _UNMASKED))
        for model, _word in _CASES
    ]
    mine = select(key_text(RecognitionResult.id)).join(Reservation).where(Reservation.applicant_id == applicant_id)
    of_faces = (
        AuditEntry.subject_id.in_(mine)
        & (AuditEntry.subject_kind == RecognitionResult.__tablename__)
        & (AuditEntry.event == f"{RecognitionResult.__tablename__}.opened")
    )
    of_account = (
        (AuditEntry.subject_kind == Applicant.__tablename__)
        & AuditEntry.subject_id.in_(ids)
        & AuditEntry.event.in_((OPENED, _UNMASKED))
    )
    found = (
        select(AuditEntry, AuditValues)
        .outerjoin(AuditValues, AuditValues.entry_seq == AuditEntry.seq)
        .where(AuditEntry.actor_kind == "staff", or_(of_account, of_faces, *of_cases))
        .order_by(AuditEntry.seq.desc())
        .limit(MOST_SHOWN)
    )
    rows = [(entry, values.facts if values else {}) for entry, values in db.session.execute(found)]
    agencies, roles = _agencies(entry for entry, _facts in rows), _roles(entry for entry, _facts in rows)
    return [
        LookAtMe(
            entry.at,
            agencies.get(entry.agency_id or "") or _("法務部矯正署"),
            _role(facts.get("role") or roles.get(entry.actor_id or "")),
            _purpose(entry, facts),
        )
        for entry, facts in rows
    ]


def _agencies(entries: Iterable[AuditEntry]) -> dict[str, str]:
    ids = {entry.agency_id for entry in entries if entry.agency_id}
    return {id_: name for id_, name in db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(ids)))}


def _roles(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """What officers are today, for looks that did not say it themselves."""
    ids = {int(entry.actor_id) for entry in entries if entry.actor_id and entry.actor_id.isdecimal()}
    officers = db.session.scalars(select(Officer).where(Officer.id.in_(ids)))
    return {str(officer.id): role.name for officer in officers for role in officer.roles[:1]}


def _role(name: str | None) -> Any:
    return StaffRole(name).label if name in StaffRole.values() else _("機關人員")


def _purpose(entry: AuditEntry, facts: dict[str, Any]) -> Any:
    word = facts.get("purpose")
    for words in (LookPurpose, Purpose):
        if word in words.values():
            return words(word).label
    if entry.subject_kind == RecognitionResult.__tablename__:
        return LookPurpose.VISIT.label
    return next((words for model, words in _CASES if model.__tablename__ == entry.subject_kind), "－")
