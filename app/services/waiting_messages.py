"""Whether messages wait to be sent now: a quick look, so that an idle worker writes nothing."""

from __future__ import annotations

from sqlalchemy import and_, exists, or_, select

from app import clock
from app.extensions import db
from app.rules.vocabulary import MessageState
from models import Notification


def are_due() -> bool:
    """Whether some message is due, or was left by a worker that died over it."""
    now = clock.now()
    waiting = and_(Notification.state.in_((MessageState.QUEUED, MessageState.RETRYING)), Notification.due_at <= now)
    left = and_(Notification.state == MessageState.SENDING, Notification.lease_until < now)
    return bool(db.session.scalar(select(exists().where(or_(waiting, left)))))
