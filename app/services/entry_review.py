"""家庭聯絡簿審查: the officer's verdict on an entry, with its message in the same commit; and entries that ran out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import Stale
from app.extensions import db
from app.rules import parameters
from app.rules.dates import list_date, log_time
from app.rules.vocabulary import EntryState, InmateStatus, ReasonScope, Verdict
from app.security import SYSTEM, Actor
from app.services import application_review, audit, family_book, notifications, reasons, visiting
from app.transaction import end_reading, locked, transaction
from models import FamilyBookEntry, Inmate

AlreadyDecided = application_review.AlreadyDecided
VerdictMissing = application_review.VerdictMissing
BATCH = 50


@dataclass(frozen=True)
class EntryDecision:
    """An officer's verdict; ``version`` is the one that the officer had opened."""

    verdict: str
    reason: str = ""
    note: str = ""
    version: int = 0


def review(entry_id: str, decision: EntryDecision, officer_id: int, actor: Actor) -> None:
    """Decide an entry and tell its writer.

    Raises ``AlreadyDecided``, ``Stale``, ``VerdictMissing``, ``ReasonRequired``.
    """
    with transaction() as session:
        entry = locked(session, FamilyBookEntry, entry_id)
        if entry.state != EntryState.PENDING:
            raise _already(entry)
        if decision.version and entry.version != decision.version:
            raise Stale()
        if decision.verdict not in Verdict.values():
            raise VerdictMissing("verdict")
        verdict = Verdict(decision.verdict)
        reason = reasons.required(verdict, ReasonScope.ENTRY, decision.reason)
        before = entry.move(verdict.value)
        entry.decided_at, entry.decided_by_id = clock.now(), officer_id
        entry.rejection_reason = reason
        entry.rejection_note = decision.note.strip()[:500] or None if reason else None
        session.flush()
        audit.moved(session, entry, verdict.value, before, actor, reason=reason)
        _tell(session, entry)


def _already(entry: FamilyBookEntry) -> AlreadyDecided:
    officer = application_review.officer_of(entry.decided_by_id)
    return AlreadyDecided(
        officer=officer.full_name if officer else "",
        time=log_time(clock.local(entry.decided_at or entry.updated_at)),
        state=entry.state.label,
    )


def _tell(session: Session, entry: FamilyBookEntry) -> None:
    is_approved = entry.state == EntryState.APPROVED
    notifications.enqueue(
        session,
        "entry_approved" if is_approved else "entry_rejected",
        entry.applicant,
        entry,
        version=entry.version,
        agency=entry.agency,
        values={
            "agency": entry.agency.name,
            "state": entry.state.label,
            "title": entry.title,
            "date": published_day(entry),
            "reason": reasons.shown(entry.rejection_reason, entry.rejection_note, entry.applicant.locale),
            "next": list_date(family_book.next_day(session, entry)),
        },
    )


def published_day(entry: FamilyBookEntry) -> str:
    """發佈日期 as lists print it; empty for a draft."""
    return list_date(clock.local(entry.published_at).date()) if entry.published_at else ""


def expire() -> int:
    """Move entries that waited too long, or whose inmate has left, to 已過期 and tell it; returns how many."""
    waiting = select(FamilyBookEntry.agency_id).where(FamilyBookEntry.state == EntryState.PENDING).distinct()
    agency_ids = sorted(db.session.scalars(waiting))
    end_reading()
    return sum(_expire_of(agency_id) for agency_id in agency_ids)


def _expire_of(agency_id: str) -> int:
    days = parameters.number(visiting.values_of(agency_id), parameters.ParameterCode.BOOK_WAITING_DAYS)
    gone = or_(Inmate.status != InmateStatus.PRESENT, Inmate.agency_id != FamilyBookEntry.agency_id)
    total = 0
    while True:
        with transaction() as session:
            due = session.scalars(
                select(FamilyBookEntry)
                .join(Inmate, FamilyBookEntry.inmate_id == Inmate.id)
                .where(
                    FamilyBookEntry.agency_id == agency_id,
                    FamilyBookEntry.state == EntryState.PENDING,
                    or_(FamilyBookEntry.published_at <= clock.now() - timedelta(days=days), gone),
                )
                .order_by(FamilyBookEntry.published_at, FamilyBookEntry.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True, of=FamilyBookEntry)
            ).all()
            for entry in due:
                _expire(session, entry)
        total += len(due)
        if len(due) < BATCH:
            return total


def _expire(session: Session, entry: FamilyBookEntry) -> None:
    before = entry.move("expire")
    session.flush()
    audit.moved(session, entry, "expire", before, SYSTEM)
    notifications.enqueue(
        session,
        "entry_expired",
        entry.applicant,
        entry,
        version=entry.version,
        agency=entry.agency,
        values={"agency": entry.agency.name, "title": entry.title, "date": published_day(entry)},
    )
