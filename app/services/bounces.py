"""Mails that came back: the message is 未送達 after all, and the address is known not to work."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Iterable

from app import clock
from app.adapters.bounce_reports import Report, Unreadable, read
from app.rules.vocabulary import MessageState
from app.security import SYSTEM
from app.services import audit, short_messages
from app.services.letters import message_domain
from app.transaction import transaction
from models import Applicant, Notification

log = logging.getLogger(__name__)

#: States that a report may correct; in the others somebody or something has decided already.
_OPEN = (
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
    MessageState.RETRYING,
    MessageState.SENDING,
)


def take_in(mails: Iterable[bytes | None]) -> Counter[str]:
    """Take in reports, each on its own; returns how many of each kind: returned, not final, known, unknown, unreadable.

    A report counts only for a message whose Message-ID it returns: an address in it is never believed.
    """
    tally: Counter[str] = Counter()
    for number, raw in enumerate(mails, 1):
        try:
            if raw is None:
                raise Unreadable("it is too large")
            tally[_take_in(read(raw))] += 1
        except Unreadable as error:
            log.warning("mail %s is passed over: %s", number, error)
            tally["unreadable"] += 1
    return tally


def _take_in(report: Report) -> str:
    message_id = _ours(report.message_id)
    if message_id is None:
        return "unknown"
    if not report.is_final:
        return "not final"
    with transaction() as session:
        message = session.get(Notification, message_id, with_for_update=True, populate_existing=True)
        if message is None:
            return "unknown"
        if message.state not in _OPEN:
            return "known"
        short_messages.sms_instead(session, message)
        message.state, message.lease_until, message.secret = MessageState.FAILED, None, None
        message.last_error = f"returned: {report.status or 'no status'}"
        audit.record(session, "notification.returned", SYSTEM, message, agency_id=message.agency_id)
        person = session.get(Applicant, message.applicant_id) if message.applicant_id else None
        if report.blames_address and person is not None and person.mail == message.recipient:
            person.mail_bounced_at = clock.now()
    return "returned"


def _ours(message_id: str) -> str | None:
    local, _at, domain = message_id.partition("@")
    try:
        return str(uuid.UUID(local)) if domain.lower() == message_domain().lower() else None
    except ValueError:
        return None
