"""The worker's part of the outbox: claim by lease, commit the attempt, send outside the transaction, mark."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import cast

from flask import current_app
from sqlalchemy import and_, or_, select, update

from app import clock
from app.adapters.mailer import Mail, Mailer, PermanentFailure, TemporaryFailure, UnknownOutcome
from app.extensions import db
from app.rules.vocabulary import Channel, MessageState
from app.security import SYSTEM
from app.services import audit
from app.services.notifications import HIDDEN_LINK
from app.transaction import end_reading, transaction
from models import Notification

log = logging.getLogger(__name__)

#: A claim that was not settled within this time is taken over: its worker has died.
LEASE = timedelta(minutes=5)
#: Waits before the second, third, … attempt at a temporary failure; after the last the message has failed.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720))


def mailer() -> Mailer:
    """The mailer that this program was set up with."""
    return cast(Mailer, current_app.extensions["mailer"])


def deliver_due(limit: int = 50) -> int:
    """Try every mail that is due, oldest first; returns how many were tried."""
    now = clock.now()
    due = list(
        db.session.scalars(
            select(Notification.id)
            .where(_claimable(now), Notification.channel == Channel.MAIL)
            .order_by(Notification.queued_at, Notification.id)
            .limit(limit)
        )
    )
    end_reading()  # the next look must not see what this one saw
    return sum(_deliver(message_id) for message_id in due)


def _claimable(now):  # type: ignore[no-untyped-def]
    waiting = and_(
        Notification.state.in_((MessageState.QUEUED, MessageState.RETRYING, MessageState.UNKNOWN)),
        Notification.due_at <= now,
    )
    return or_(waiting, and_(Notification.state == MessageState.SENDING, Notification.lease_until < now))


def _deliver(message_id: str) -> bool:
    now = clock.now()
    with transaction() as session:
        claimed = session.execute(
            update(Notification)
            .where(Notification.id == message_id, _claimable(now))
            .values(state=MessageState.SENDING, lease_until=now + LEASE, attempts=Notification.attempts + 1)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return False  # another worker has it
        message = session.get_one(Notification, message_id, populate_existing=True)
        mail, attempts = _mail(message), message.attempts
    end_reading()
    try:
        mailer().send(mail)
    except TemporaryFailure as failure:
        _settle(message_id, *_after_failure(attempts), failure.reason)
    except PermanentFailure as failure:
        _settle(message_id, MessageState.FAILED, None, failure.reason)
    except UnknownOutcome as failure:
        _settle(message_id, *_after_unknown(attempts), failure.reason)
    else:
        _settle(message_id, MessageState.SENT, None, None)
    return True


def _mail(message: Notification) -> Mail:
    link = (message.secret or {}).get("link")
    sender = current_app.config["MAIL_SENDER"]
    return Mail(
        message_id=f"<{message.id}@{sender.rpartition('@')[2].rstrip('>')}>",
        sender=sender,
        recipient=message.recipient,
        subject=message.subject,
        text=message.body.replace(HIDDEN_LINK, link) if link else message.body,
    )


def _after_failure(attempts: int) -> tuple[MessageState, timedelta | None]:
    if attempts > len(BACK_OFF):
        return MessageState.FAILED, None
    return MessageState.RETRYING, BACK_OFF[attempts - 1]


def _after_unknown(attempts: int) -> tuple[MessageState, timedelta | None]:
    """The server may have it: once more under the same Message-ID, then a person has to look."""
    return (MessageState.RETRYING, BACK_OFF[0]) if attempts < 2 else (MessageState.FAILED, None)


def _settle(message_id: str, state: MessageState, wait: timedelta | None, error: str | None) -> None:
    now = clock.now()
    with transaction() as session:
        message = session.get_one(Notification, message_id)
        message.state, message.lease_until, message.last_error = state, None, (error or "")[:200] or None
        if wait is not None:
            message.due_at = now + wait
        if state is MessageState.SENT:
            message.sent_at, message.secret = now, None  # a live link is not kept once it is out
        if state is MessageState.FAILED:
            message.secret = None
            audit.record(session, "notification.failed", SYSTEM, message, agency_id=message.agency_id)
    if state is not MessageState.SENT:
        log.warning("message %s: %s (%s)", message_id, state.value, error)
