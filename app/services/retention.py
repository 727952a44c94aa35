"""保存期限: what is erased when its term is over; safe to run twice, in batches that nobody waits for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml
from flask_babel import force_locale
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.i18n import DEFAULT_LOCALE, _
from app.rules.vocabulary import MessageState
from app.security import SYSTEM
from app.services import account_retention, audit, recognitions
from app.transaction import transaction
from models import AuditEntry, AuditValues, Notification, RosterEdition, RosterSupplement

_TERMS = Path(__file__).resolve().parents[1] / "seeds" / "data" / "retention.yaml"
BATCH = 200
#: A message in one of these is still on its way.
_UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.RETRYING)


@cache
def terms() -> dict[str, timedelta]:
    """How long each kind of data is kept."""
    return {name: timedelta(days=days) for name, days in yaml.safe_load(_TERMS.read_text(encoding="utf-8")).items()}


def run() -> dict[str, int]:
    """Erase what has outlived its term; returns how many of each, and writes the numbers into the trail."""
    acts = {
        "message_bodies": _messages,
        "rosters": _rosters,
        "visit_records": account_retention.visit_records,
        "accounts": account_retention.accounts,
        "recognition_captures": lambda session, before: recognitions.erase(session, before, BATCH),
        "trail_values": _values,
    }
    return {name: _all(name, act) for name, act in acts.items()}


def _all(name: str, act) -> int:  # type: ignore[no-untyped-def]
    total, before = 0, clock.now() - terms()[name]
    while True:
        with transaction() as session:
            count = act(session, before)
            if count:
                audit.record(session, "retention.erase", SYSTEM, name, facts={"rows": count})
        total += count
        if not count:
            return total


def _messages(session: Session, before: datetime) -> int:
    """Text, address and what was sealed beside them go; what was sent when, about what, stays."""
    rows = session.scalars(
        select(Notification)
        .where(
            Notification.queued_at < before,
            Notification.state.not_in(_UNDER_WAY),
            Notification.erased_at.is_(None),
        )
        .order_by(Notification.queued_at, Notification.id)
        .limit(BATCH)
    ).all()
    with force_locale(DEFAULT_LOCALE):
        gone = _("［已逾保存期限，內容已刪除］")
    for row in rows:
        row.body = row.recipient = gone
        row.secret = row.handled_note = None
        row.erased_at = clock.now()
    return len(rows)


def _rosters(session: Session, before: datetime) -> int:
    """Editions with their supplements, the oldest first; the trail still says who printed them when."""
    old = select(RosterEdition.id).where(RosterEdition.printed_at < before).order_by(RosterEdition.printed_at)
    ids = list(session.scalars(old.limit(BATCH)))
    session.execute(delete(RosterSupplement).where(RosterSupplement.edition_id.in_(ids)))
    session.execute(delete(RosterEdition).where(RosterEdition.id.in_(ids)))
    return len(ids)


def _values(session: Session, before: datetime) -> int:
    """Values of the trail; each row keeps their digest, so that the chain holds."""
    old = select(AuditValues.entry_seq).join(AuditEntry, AuditEntry.seq == AuditValues.entry_seq)
    numbers = list(session.scalars(old.where(AuditEntry.at < before).order_by(AuditEntry.seq).limit(BATCH)))
    session.execute(delete(AuditValues).where(AuditValues.entry_seq.in_(numbers)))
    return len(numbers)
