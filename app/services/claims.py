"""Which message is next: due, not behind an older one about the same matter, and held by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from app.extensions import db
from app.rules.messages import ONLY_REMINDS, STANDS_ALONE
from app.rules.vocabulary import Channel, MessageState
from models import Applicant, Notification

#: A claim that was not settled within this time is taken over: its worker has died.
LEASE = timedelta(minutes=5)
WAITING = (MessageState.QUEUED, MessageState.RETRYING)
UNFINISHED = (*WAITING, MessageState.SENDING)
_ORDER = (Notification.queued_at, Notification.subject_version, Notification.id)
_NOBODY = literal("00000000-0000-0000-0000-000000000000", Notification.applicant_id.type)


@dataclass(frozen=True)
class Candidate:
    """A message that a look found due."""

    id: str
    event: str
    attempts: int
    give_up_at: datetime | None
    locale: str | None
    #: A newer message tells more: this one is not sent.
    is_outdated: bool
    #: Older ones wait that this one replaces.
    replaces_older: bool


def look(channel: Channel, now: datetime, limit: int) -> list[Candidate]:
    """What is due on a channel, oldest first; changes nothing, and others may look at the same time."""
    due = (
        select(Notification.id)
        .where(_claimable(now), Notification.channel == channel, ~_older(_blocking))
        .order_by(*_ORDER)
        .limit(limit)
    )
    rows = db.session.execute(
        select(
            Notification.id,
            Notification.event,
            Notification.attempts,
            Notification.give_up_at,
            Applicant.locale,
            _outdated(),
            _older(_replaceable),
        )
        .outerjoin(Applicant, Applicant.id == Notification.applicant_id)
        .where(Notification.id.in_(due))  # the questions above are asked of these only, not of all that is due
        .order_by(*_ORDER)
    )
    return [Candidate(*row) for row in rows]


def claim(session: Session, candidate: Candidate, now: datetime) -> Notification | None:
    """Take the message for this worker and count the attempt; None where somebody else was faster.

    What it replaces is replaced first: the statement waits for whoever is just claiming one of those, and the next one
    then sees that an older message is on its way.
    """
    if candidate.replaces_older:
        replace_older(session, candidate.id)
    return session.scalars(
        _claiming(),
        {"message_id": candidate.id, "now": now, "until": now + LEASE},
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).first()


@cache
def _claiming() -> Any:
    """The statement of a claim, built once: building it takes longer than running it."""
    moment = Notification.due_at.type
    return (
        update(Notification)
        .where(Notification.id == bindparam("message_id"), _claimable(bindparam("now", type_=moment)))
        .where(~_older(_unfinished))
        .values(
            state=MessageState.SENDING,
            lease_until=bindparam("until", type_=moment),
            attempts=Notification.attempts + 1,
        )
        .returning(Notification)
    )


def replace_older(session: Session, message_id: str) -> None:
    """Mark what still waits and is older than this message, about the same matter, as replaced."""
    older, mine = Notification, aliased(Notification)
    session.execute(
        update(older)
        .where(exists().where(mine.id == message_id, _same_matter(older, mine), _before(older, mine)).correlate(older))
        .where(_replaceable(older, None))
        .values(state=MessageState.REPLACED, secret_sealed=None),
        execution_options={"synchronize_session": False},
    )


def drop(session: Session, candidate: Candidate, now: datetime, state: MessageState, why: str | None) -> bool:
    """End a due message without an attempt; False where somebody else was faster."""
    done = session.execute(
        update(Notification)
        .where(Notification.id == candidate.id, _claimable(now))
        .values(state=state, secret_sealed=None, lease_until=None, last_error=why),
        execution_options={"synchronize_session": False},
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _claimable(now: Any) -> ColumnElement[bool]:
    waiting = and_(Notification.state.in_(WAITING), Notification.due_at <= now)
    return or_(waiting, and_(Notification.state == MessageState.SENDING, Notification.lease_until < now))


def _outdated() -> ColumnElement[bool]:
    newer = aliased(Notification)
    return and_(
        Notification.event.not_in(STANDS_ALONE),
        exists()
        .where(
            _same_matter(newer, Notification),
            _before(Notification, newer),
            _replacing(newer),
            newer.state != MessageState.REPLACED,
        )
        .correlate(Notification),
    )


def _older(kind: Any) -> ColumnElement[bool]:
    older = aliased(Notification)
    where = (_same_matter(older, Notification), _before(older, Notification), kind(older, Notification))
    return exists().where(*where).correlate(Notification)


def _unfinished(older: Any, mine: Any) -> ColumnElement[bool]:
    return older.state.not_in(set(MessageState) - set(UNFINISHED))


def _replaceable(older: Any, mine: Any) -> ColumnElement[bool]:
    """Waiting, and of a kind that news of the matter replaces; ``mine`` None: it is known to replace."""
    able = and_(older.state.not_in(set(MessageState) - set(WAITING)), older.event.not_in(STANDS_ALONE))
    return able if mine is None else and_(able, _replacing(mine))


def _blocking(older: Any, mine: Any) -> ColumnElement[bool]:
    return and_(_unfinished(older, mine), ~_replaceable(older, mine))


def _replacing(message: Any) -> ColumnElement[bool]:
    return message.event.not_in(STANDS_ALONE | ONLY_REMINDS)


def _same_matter(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(
        one.subject_id == other.subject_id,
        one.subject_kind == other.subject_kind,
        one.channel == other.channel,
        # A function, as the states above are told by what they are not: SQLite is to find siblings by their subject.
        func.coalesce(one.applicant_id, _NOBODY) == func.coalesce(other.applicant_id, _NOBODY),
    )


def _before(one: Any, other: Any) -> ColumnElement[bool]:
    return tuple_(*(getattr(one, c.key) for c in _ORDER)) < tuple_(*(getattr(other, c.key) for c in _ORDER))
