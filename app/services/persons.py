"""家屬資料查詢: whom an officer may find, and the note in the trail that comes before each look.

Found is only who has a case at one's own agencies; anybody else does not exist, and the answer is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.person_looks import Purpose, SearchKind
from app.rules.vocabulary import StaffRole
from app.security import Actor
from app.services import audit
from models import (
    Agency,
    Applicant,
    AuditEntry,
    AuditValues,
    FamilyBookEntry,
    Inmate,
    Officer,
    Reservation,
    ServiceApplication,
    ServiceGrant,
)
from models.base import search_digest

Scope = frozenset[str] | None

OPENED, SEARCHED = "applicant.opened", "applicant.searched"
#: What a case is, wherever it is asked for.
CASES: tuple[Any, ...] = (ServiceApplication, ServiceGrant, Reservation, FamilyBookEntry)
#: How long a purpose that was given holds for one person's pages.
ONE_LOOK = timedelta(minutes=15)
MOST_FOUND = 50


@dataclass(frozen=True)
class Question:
    """What is looked for: one value, or an agency and a 呼號."""

    kind: str
    value: str
    agency_id: str = ""


@dataclass(frozen=True)
class Look:
    """A look that still holds: why, and for which agency."""

    purpose: Purpose
    agency_id: str | None

    @property
    def facts(self) -> dict[str, str]:
        """What an act on this look says about its purpose in the trail."""
        return {"purpose": self.purpose.word, "note": self.purpose.note}


def search(question: Question, purpose: Purpose, scope: Scope, officer: Officer, actor: Actor) -> list[str]:
    """The ids of whom the officer may find, at most :data:`MOST_FOUND`; the search stands in the trail first.

    Raises ``RuleErrors`` where no purpose is given.
    """
    purpose.check()
    ids = list(db.session.scalars(_found(question, scope)))
    facts = {**facts_of_look(purpose, officer), "by": question.kind, "rows": len(ids)}
    audit.read(SEARCHED, actor, Applicant.__tablename__, agency_id=_own_agency(scope), facts=facts)
    return ids


def _found(question: Question, scope: Scope) -> Any:
    conditions = _asked(question, scope)
    found = select(Applicant.id).where(*conditions, with_case(scope), Applicant.erased_at.is_(None))
    return found.order_by(Applicant.created_at, Applicant.id).limit(MOST_FOUND)


def _asked(question: Question, scope: Scope) -> list[ColumnElement[bool]]:
    value = question.value
    if question.kind == SearchKind.ID_NUMBER:
        return [Applicant.id_number_index == search_digest("id_number", value)]
    if question.kind == SearchKind.MOBILE:
        return [Applicant.mobile_index == search_digest("mobile", value)]
    if question.kind == SearchKind.MAIL:
        return [Applicant.mail_index == search_digest("mail", value)]
    if question.kind == SearchKind.NAME:
        return [Applicant.name == value]
    inmates = select(Inmate.id).where(Inmate.agency_id == question.agency_id, Inmate.number == value)
    if scope is not None:
        inmates = inmates.where(Inmate.agency_id.in_(sorted(scope)))
    return [or_(*(_case(model, scope).where(model.inmate_id.in_(inmates)) for model in CASES))]


def _case(model: Any, scope: Scope) -> Any:
    mine = exists().where(model.applicant_id == Applicant.id)
    return mine if scope is None else mine.where(model.agency_id.in_(sorted(scope)))


def with_case(scope: Scope) -> ColumnElement[bool]:
    """The condition that an applicant has a case at one of these agencies; headquarters sees everybody."""
    return true() if scope is None else or_(*(_case(model, scope) for model in CASES))


def get(applicant_id: str, scope: Scope) -> Applicant:
    """Somebody with a case in scope; raises ``NotFound``."""
    found = select(Applicant).where(Applicant.id == applicant_id, Applicant.erased_at.is_(None), with_case(scope))
    person = db.session.scalar(found)
    if person is None:
        raise NotFound()
    return person


def rows(ids: list[str], scope: Scope) -> list[Applicant]:
    """The persons of these ids in the same order; who is not in scope is left out."""
    found = select(Applicant).where(Applicant.id.in_(ids), with_case(scope), Applicant.erased_at.is_(None))
    by_id = {person.id: person for person in db.session.scalars(found)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def open_data(applicant_id: str, purpose: Purpose, scope: Scope, officer: Officer, actor: Actor) -> None:
    """Write down that an officer is about to see somebody's data; raises ``RuleErrors``, ``NotFound``."""
    purpose.check()
    person = get(applicant_id, scope)
    agency_id = case_agency(person.id, scope)
    audit.read(OPENED, actor, person, agency_id=agency_id, facts=facts_of_look(purpose, officer))


def look_of(applicant_id: str, actor: Actor) -> Look | None:
    """The look at this person that this officer has begun within the last quarter of an hour."""
    found = (
        select(AuditEntry.agency_id, AuditValues)
        .join(AuditValues, AuditValues.entry_seq == AuditEntry.seq)
        .where(
            AuditEntry.subject_kind == Applicant.__tablename__,
            AuditEntry.subject_id == applicant_id,
            AuditEntry.event == OPENED,
            AuditEntry.actor_kind == actor.kind,
            AuditEntry.actor_id == actor.id,
            AuditEntry.at > clock.now() - ONE_LOOK,
        )
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    row = db.session.execute(found).first()
    if row is None:
        return None
    facts = row[1].facts
    return Look(Purpose(facts["purpose"], facts["note"]), row[0])


def case_agency(applicant_id: str, scope: Scope) -> str | None:
    """The agency for which an officer looks: one of the own ones at which the person has a case; None: headquarters."""
    if scope is None:
        return None
    for model in CASES:
        mine = select(model.agency_id).where(model.applicant_id == applicant_id, model.agency_id.in_(sorted(scope)))
        found = db.session.scalar(mine.limit(1))
        if found is not None:
            return str(found)
    return None


def _own_agency(scope: Scope) -> str | None:
    return next(iter(scope)) if scope is not None and len(scope) == 1 else None


def facts_of_look(purpose: Purpose, officer: Officer) -> dict[str, Any]:
    """What the trail keeps of a look: for what, and in which role."""
    roles = {role.name for role in officer.roles}
    return {"purpose": purpose.word, "note": purpose.note, "role": next(r.value for r in StaffRole if r.value in roles)}


def agency_name(agency_id: str | None) -> str | None:
    """The name of an agency, or None."""
    return db.session.scalar(select(Agency.name).where(Agency.id == agency_id)) if agency_id else None


def cases_of(applicant_id: str, model: Any, scope: Scope, newest: Any, most: int = 20) -> list[Any]:
    """Somebody's cases of one kind at the agencies in scope, the newest first."""
    found = select(model).where(model.applicant_id == applicant_id).order_by(newest.desc(), model.id).limit(most)
    if scope is not None:
        found = found.where(model.agency_id.in_(sorted(scope)))
    return list(db.session.scalars(found))
