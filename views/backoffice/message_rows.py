"""How a message reads in officers' lists: masked, and never with a live link or code (it is not in the text)."""

from __future__ import annotations

from typing import Any

from app.i18n import _
from app.rules import masking
from app.rules.dates import log_time
from app.rules.vocabulary import Channel
from models import Notification, Officer
from views.backoffice.case_facts import locale

#: So much of a text stands in a list; the whole text is on the page of the message.
SHOWN = 60


def agency(message: Notification) -> str:
    """機關; what belongs to no agency is headquarters'."""
    return message.agency.name if message.agency else _("法務部矯正署")


def person(message: Notification) -> Any:
    """收件人, masked."""
    if message.subject_kind == Officer.__tablename__:
        return _("機關人員")
    return masking.name_circle(message.applicant.name) if message.applicant else None


def recipient(message: Notification) -> str:
    """傳送目的, masked."""
    mask = masking.mobile if message.channel is Channel.SMS else masking.mail_start
    return mask(message.recipient)


def sent(message: Notification) -> str:
    """傳送時間; while a message waits, when it was queued."""
    return log_time(message.sent_at or message.queued_at, locale())


def beginning(message: Notification) -> str:
    """The first words of the text, without the salutation's line break."""
    text = " ".join(message.body.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
