"""What lapses by itself: bookings, accounts that were never verified, drafts, sessions, counters. Safe to run twice."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.extensions import db
from app.rules.vocabulary import AccountState, MessageState
from app.security import SYSTEM
from app.services import attachments, audit, booking_lapses, second_factor, throttle
from app.transaction import transaction
from models import Applicant, ApplicationDraft, BrowserSession, Consent, Notification, OneTimeToken, SessionKind

#: How long an account waits for its mail to be opened; after that its ID number is free again (SPEC §2).
UNVERIFIED_LIVES = timedelta(days=7)
#: How long a person still finds an ended session in the list of the last ones.
ENDED_KEPT = timedelta(days=30)
#: How many accounts or sessions go in one transaction: nobody waits long for the lock.
BATCH = 100


def clear_away() -> dict[str, int]:
    """Clear away everything that has lapsed; returns how many of each."""
    return {
        "bookings not reviewed": booking_lapses.lapse_unreviewed(),
        "unverified accounts": lapse_unverified(),
        "drafts": lapse_drafts(),
        "files without a row": attachments.sweep(),
        "sessions": lapse_sessions(),
        "counters": throttle.sweep(),
    }


def lapse_unverified() -> int:
    """Delete accounts that were not verified in time, with all that hangs on them; returns how many."""
    total = 0
    while count := _lapse_accounts():
        total += count
    return total


def _lapse_accounts() -> int:
    with transaction() as session:
        due = list(session.scalars(_unverified()))
        for applicant in due:
            audit.record(session, "applicant.lapse", SYSTEM, applicant)
            second_factor.remove(session, SessionKind.APPLICANT, applicant.id)
        _forget(session, [applicant.id for applicant in due])
        return len(due)


def _unverified():  # type: ignore[no-untyped-def]
    # What the worker is sending just now has to be settled first.
    is_sending = exists().where(Notification.applicant_id == Applicant.id, Notification.state == MessageState.SENDING)
    return (
        select(Applicant)
        .where(
            Applicant.state == AccountState.UNVERIFIED,
            Applicant.mail_verified_at.is_(None),
            Applicant.created_at <= clock.now() - UNVERIFIED_LIVES,
            ~is_sending,
        )
        .order_by(Applicant.created_at, Applicant.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Applicant)
    )


def _forget(session: Session, ids: list[str]) -> None:
    """Delete accounts with their messages, links, consents and sessions."""
    for model in (Notification, OneTimeToken, Consent):
        session.execute(delete(model).where(model.applicant_id.in_(ids)))
    mine = (BrowserSession.kind == SessionKind.APPLICANT, BrowserSession.subject_id.in_(ids))
    session.execute(delete(BrowserSession).where(*mine))
    session.execute(delete(Applicant).where(Applicant.id.in_(ids)))


def lapse_drafts() -> int:
    """Delete drafts that were left alone, with their papers, one at a time; returns how many."""
    due = list(db.session.scalars(select(ApplicationDraft.id).where(ApplicationDraft.expires_at <= clock.now())))
    return sum(_lapse_draft(draft_id) for draft_id in due)


def _lapse_draft(draft_id: str) -> int:
    with transaction() as session:
        draft = session.scalar(
            select(ApplicationDraft)
            .where(ApplicationDraft.id == draft_id, ApplicationDraft.expires_at <= clock.now())
            .options(selectinload(ApplicationDraft.attachments))
            .with_for_update(of=ApplicationDraft)
        )
        if draft is None:  # taken up again, or sent, meanwhile
            return 0
        files = [key for paper in list(draft.attachments) for key in attachments.forget(session, paper)]
        audit.record(session, "application_draft.lapse", SYSTEM, draft, agency_id=draft.agency_id)
        session.expire(draft, ["attachments"])
        session.delete(draft)
    attachments.discard(files)
    return 1


def lapse_sessions() -> int:
    """Delete the rows of sessions that are over, those of a person after thirty days; returns how many."""
    now = clock.now()
    ended, kept_until = or_(BrowserSession.expires_at <= now, BrowserSession.revoked_at.is_not(None)), now - ENDED_KEPT
    is_over = or_(
        and_(BrowserSession.subject_id.is_(None), ended),
        BrowserSession.expires_at <= kept_until,
        BrowserSession.revoked_at <= kept_until,
    )
    total = 0
    while True:
        with transaction() as session:
            ids = list(session.scalars(select(BrowserSession.id).where(is_over).limit(BATCH)))
            session.execute(delete(BrowserSession).where(BrowserSession.id.in_(ids)))
        total += len(ids)
        if len(ids) < BATCH:
            return total
