"""鎖定及解除鎖定 an applicant's account, with a reason; and the verification mail sent once more."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.i18n import _l
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, known_owners, notifications, one_time_links, sessions
from app.services.persons import Look
from app.services.plain_inserts import insert_values
from app.transaction import locked, transaction
from models import Applicant, SessionKind, StateMove

LONGEST_REASON = 200


class ReasonMissing(RuleError):
    """Whoever is shut out may ask why."""

    sentence = _l("請填寫原因（至多%(most)s字）。")


class NotActive(RuleError):
    """Only an account in use can be locked."""

    sentence = _l("只有「使用中」的帳號可以鎖定；這個帳號目前為「%(state)s」，資料未變更。")
    status = 409


class NotLocked(RuleError):
    """Only a locked account can be unlocked."""

    sentence = _l("這個帳號目前為「%(state)s」，並未鎖定，資料未變更。")
    status = 409


def clean_reason(raw: str) -> str:
    """A reason in one line; raises :class:`ReasonMissing`."""
    reason = " ".join(raw.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonMissing("reason", most=LONGEST_REASON)
    return reason


def check_version(applicant: Applicant, version: int) -> None:
    """Raises ``Stale`` where somebody else has changed the account since it was read."""
    if applicant.version != version:
        raise Stale()


def lock(applicant_id: str, version: int, reason: str, look: Look, actor: Actor) -> None:
    """鎖定: all sessions and links end; what is booked stays. Raises :class:`NotActive`, :class:`ReasonMissing`."""
    clean = clean_reason(reason)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        if applicant.state is not AccountState.ACTIVE:
            raise NotActive(state=applicant.state.label)
        check_version(applicant, version)
        sessions.end_all(session, SessionKind.APPLICANT, applicant.id)
        one_time_links.withdraw(session, applicant.id)
        _move(session, applicant, "lock", AccountState.LOCKED, clean, look, actor)
        notifications.enqueue(session, "account_locked", applicant, applicant, version=known_owners.serial())


def unlock(applicant_id: str, version: int, reason: str, look: Look, actor: Actor) -> None:
    """解除鎖定. Raises :class:`NotLocked`, :class:`ReasonMissing`."""
    clean = clean_reason(reason)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        if applicant.state is not AccountState.LOCKED:
            raise NotLocked(state=applicant.state.label)
        check_version(applicant, version)
        _move(session, applicant, "unlock", AccountState.ACTIVE, clean, look, actor)
        notifications.enqueue(session, "account_unlocked", applicant, applicant, version=known_owners.serial())


def _move(
    session: Session, applicant: Applicant, move: str, to: AccountState, reason: str, look: Look, actor: Actor
) -> None:
    before, applicant.state = applicant.state, to
    session.flush()
    keep_move(session, applicant, move, before, reason, look, actor)


def keep_move(
    session: Session, applicant: Applicant, move: str, before: AccountState, reason: str, look: Look, actor: Actor
) -> None:
    """Keep who moved an account, when, why and for which purpose; in the caller's transaction."""
    insert_values(
        session,
        StateMove,
        subject_kind=Applicant.__tablename__,
        subject_id=applicant.id,
        move=move,
        from_state=before.value,
        to_state=applicant.state.value,
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        reason=reason,
    )
    facts = {
        "state": [before.value, applicant.state.value],
        "reason": reason,
        **look.facts,
    }
    audit.record(session, f"applicant.{move}", actor, applicant, agency_id=look.agency_id, facts=facts)
