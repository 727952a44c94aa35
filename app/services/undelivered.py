"""未送達通知處理: messages that did not arrive, until somebody has sent them again or told the person by telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.dates import Shown, log_time
from app.rules.message_events import HIDDEN_LINK, LIVE
from app.rules.message_texts import event_of
from app.rules.messages import REMINDERS
from app.rules.undelivered_refusals import (
    AlreadyHandled,
    ArrivedBySms,
    LinkGone,
    NewerSent,
    NoteNeeded,
    VisitOver,
)
from app.rules.vocabulary import Channel, MessageState
from app.security import Actor
from app.services import audit, notifications, short_messages
from app.transaction import locked, transaction
from models import Applicant, Notification, Officer, Reservation, StateMove

#: States in which a person has to look.
UNDELIVERED = (MessageState.FAILED, MessageState.UNKNOWN)
#: What goes to an address that is known not to work is not complained about.
_EXPECTED = ("mail_change_told", "mail_changed", "staff_mail_changed")
#: These say nothing of how a matter stands: what came before them is still true.
_ONLY_REMINDS = (*REMINDERS, "grant_expiring")
#: How long a message that was sent again is tried, where no visit sets an earlier end.
TRIED_FOR = timedelta(days=3)
LONGEST_NOTE = 200

Scope = frozenset[str] | None


@dataclass(frozen=True)
class Visit:
    """The visit that a message is about."""

    arrives_at: datetime
    number: str


def condition() -> ColumnElement[bool]:
    """What has reached the person by no channel and has not been handled."""
    return and_(notifications.undelivered(), Notification.event.not_in(_EXPECTED))


def waiting(scope: Scope) -> tuple[int, datetime | None]:
    """How many wait at the agencies of a scope, and since when the oldest was queued.

    ``None`` counts all, with those that belong to no agency.
    """
    within = true() if scope is None else Notification.agency_id.in_(sorted(scope))
    found = select(func.count(), func.min(Notification.queued_at)).where(condition(), within)
    number, since = db.session.execute(found).one()
    return number, since


def count(scope: Scope) -> int:
    """How many wait at the agencies of a scope; ``None`` as in :func:`waiting`."""
    return waiting(scope)[0]


def get(message_id: str, scope: Scope) -> Notification:
    """A message that did not arrive, or was handled since; raises ``NotFound``, also for another agency's."""
    return _checked(db.session.get(Notification, message_id), scope)


def _checked(message: Notification | None, scope: Scope) -> Notification:
    if message is None or (scope is not None and message.agency_id not in scope):
        raise NotFound()
    touched = message.handled_at is not None or _last_move(db.session(), message) is not None
    if message.state not in UNDELIVERED and not touched:
        raise NotFound()  # it never failed: it stands in 簡訊電子郵件紀錄
    return message


def is_open(message: Notification) -> bool:
    """Whether something is still to be done about a message."""
    return message.state in UNDELIVERED and message.handled_at is None and arrived_by_sms(message) is None


def arrived_by_sms(message: Notification) -> ArrivedBySms | None:
    """What is told of a mail whose SMS has arrived; None where none has."""
    if message.channel is not Channel.MAIL or message.state not in UNDELIVERED or message.handled_at is not None:
        return None
    short = beside([message]).get(message.id)
    if short is None or short.state is not MessageState.DELIVERED:
        return None
    return ArrivedBySms(time=Shown(clock.local(short.sent_at or short.queued_at), log_time))


def beside(messages: Iterable[Notification]) -> dict[str, Notification]:
    """The messages that tell the same by the other channel, by the id of the message that they stand beside."""
    keys = {short_messages.key_beside(message): message.id for message in messages}
    rows = db.session.scalars(select(Notification).where(Notification.dedupe_key.in_(keys)))
    return {keys[row.dedupe_key]: row for row in rows}


def visits(messages: Iterable[Notification]) -> dict[str, Visit]:
    """The visits that messages are about, by the message's id."""
    subjects = {m.id: m.subject_id for m in messages if m.subject_kind == Reservation.__tablename__}
    rows = db.session.scalars(select(Reservation).where(Reservation.id.in_(set(subjects.values()))))
    found = {row.id: Visit(row.arrives_at, row.number) for row in rows}
    return {id_: found[subject_id] for id_, subject_id in subjects.items() if subject_id in found}


def send_again(message_id: str, scope: Scope, actor: Actor) -> None:
    """Queue a message again, to the account's present address.

    Raises ``NotFound``, :class:`AlreadyHandled`, :class:`LinkGone`, :class:`NewerSent`, :class:`VisitOver`.
    """
    with transaction() as session:
        message = _claimed(session, message_id, scope)
        refused = _refusal(session, message)
        if refused is not None:
            raise refused
        _queue(session, message, actor)


def send_all_again(session: Session, applicant: Applicant, actor: Actor) -> int:
    """After a change of address, in the caller's transaction: queue what had not arrived and still helps.

    Also where an SMS has come instead: the mail alone says which papers to bring.
    """
    waiting = session.scalars(
        select(Notification)
        .where(
            notifications.not_arrived(),
            Notification.event.not_in(_EXPECTED),
            Notification.applicant_id == applicant.id,
            Notification.channel == Channel.MAIL,
        )
        .order_by(Notification.queued_at, Notification.id)
        .with_for_update(of=Notification)
    ).all()
    useful = [message for message in waiting if _refusal(session, message) is None]
    for message in useful:
        _queue(session, message, actor)
    return len(useful)


def tell_by_phone(message_id: str, note: str, scope: Scope, officer_id: int, actor: Actor) -> None:
    """Note that the person was told by telephone; the same news that failed by the other channel is told with it.

    Raises ``NotFound``, :class:`NoteNeeded`, :class:`AlreadyHandled`, :class:`ArrivedBySms`.
    """
    clean = " ".join(note.split())
    if not 0 < len(clean) <= LONGEST_NOTE:
        raise NoteNeeded("note", longest=LONGEST_NOTE)
    with transaction() as session:
        message, others = _with_others(session, message_id, scope)
        for told in (message, *others):
            before, told.state = told.state, MessageState.TOLD_BY_PHONE
            told.handled_at, told.handled_by_id, told.handled_note = clock.now(), officer_id, clean
            told.secret = None
            session.flush()
            audit.moved(session, told, "told_by_phone", before, actor)


def _with_others(session: Session, message_id: str, scope: Scope) -> tuple[Notification, list[Notification]]:
    """A message that is open, and what failed of the same news by the other channel; locked in one order."""
    message = get(message_id, scope)
    keys = [message.dedupe_key, short_messages.key_beside(message)]
    rows = session.scalars(
        select(Notification)
        .where(Notification.dedupe_key.in_(keys))
        .order_by(Notification.dedupe_key)
        .with_for_update(of=Notification)
        .execution_options(populate_existing=True)
    ).all()
    if not is_open(message):
        raise _already(session, message)
    return message, [
        row for row in rows if row.id != message_id and row.agency_id == message.agency_id and is_open(row)
    ]


def check_open(message_id: str, scope: Scope) -> Notification:
    """A message about which something may still be done.

    Raises ``NotFound``, :class:`AlreadyHandled`, :class:`ArrivedBySms`.
    """
    message = get(message_id, scope)
    if not is_open(message):
        raise _already(db.session(), message)
    return message


def _claimed(session: Session, message_id: str, scope: Scope) -> Notification:
    message = _checked(locked(session, Notification, message_id), scope)
    if not is_open(message):
        raise _already(session, message)
    return message


def _last_move(session: Session, message: Notification) -> StateMove | None:
    return session.scalar(
        select(StateMove)
        .where(StateMove.subject_kind == Notification.__tablename__, StateMove.subject_id == message.id)
        .order_by(StateMove.at.desc())
        .limit(1)
    )


def _already(session: Session, message: Notification) -> RuleError:
    arrived = arrived_by_sms(message)
    if arrived is not None:
        return arrived
    move = _last_move(session, message)
    is_staff = move is not None and move.actor_kind == "staff" and move.actor_id is not None
    officer = session.get(Officer, int(move.actor_id)) if move is not None and is_staff else None  # type: ignore[arg-type]
    at = move.at if move is not None else message.handled_at or clock.now()
    return AlreadyHandled(
        officer=officer.full_name if officer else _l("申請人"), time=Shown(at, log_time), state=message.state.label
    )


def _refusal(session: Session, message: Notification) -> RuleError | None:
    """Why a message must not go out again; None where it may."""
    has_live = any(name in event_of(message.event).places for name in LIVE)
    if has_live or HIDDEN_LINK in message.body:
        return LinkGone()
    if message.event in REMINDERS and _give_up_at(session, message) is None:
        return VisitOver()
    newer = aliased(Notification)
    later = exists().where(
        newer.subject_id == message.subject_id,
        newer.subject_kind == message.subject_kind,
        newer.applicant_id == message.applicant_id,
        newer.channel == message.channel,
        newer.id != message.id,
        newer.event.not_in(_ONLY_REMINDS),
        newer.state != MessageState.REPLACED,
        newer.subject_kind != Applicant.__tablename__,  # what is told about an account stands for itself
        or_(newer.queued_at > message.queued_at, newer.subject_version > message.subject_version),
    )
    return NewerSent() if session.scalar(select(later)) else None


def _give_up_at(session: Session, message: Notification) -> datetime | None:
    """The arrival of the visit that a message is about, while it lies ahead."""
    if message.subject_kind != Reservation.__tablename__:
        return None
    arrives_at = session.scalar(select(Reservation.arrives_at).where(Reservation.id == message.subject_id))
    return arrives_at if arrives_at is not None and arrives_at > clock.now() else None


def _queue(session: Session, message: Notification, actor: Actor) -> None:
    now, before = clock.now(), message.state
    applicant = session.get(Applicant, message.applicant_id) if message.applicant_id else None
    if applicant is not None:
        message.recipient = applicant.mail if message.channel is Channel.MAIL else applicant.mobile
    message.state, message.attempts, message.due_at, message.lease_until = MessageState.QUEUED, 0, now, None
    message.give_up_at = _give_up_at(session, message) or now + TRIED_FOR
    session.flush()
    audit.moved(session, message, "sent_again", before, actor)
