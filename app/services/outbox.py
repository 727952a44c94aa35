"""The local outbox: mails and SMS that a demonstration keeps in a folder instead of sending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from flask import current_app

from app.adapters.mailer import OutboxFolder
from app.adapters.sms_gateway import SmsFolder
from app.errors import NotFound
from app.rules.vocabulary import Channel


@dataclass(frozen=True)
class LocalMail:
    """One mail or SMS of the folder, as its reader would be shown it."""

    recipient: str
    subject: str
    text: str
    written_at: datetime


def messages(limit: int = 50) -> list[LocalMail]:
    """The newest mails and SMS of the folder; raises ``NotFound`` where the program has no local outbox."""
    if not current_app.config["SHOW_OUTBOX"]:
        raise NotFound()
    folder = Path(current_app.config["DATA_DIR"]) / "outbox"
    mails = [_read(letter) for letter in islice(OutboxFolder(folder).letters(), limit)]
    short = [_short(message) for message in islice(SmsFolder(folder).messages(), limit)]
    return sorted(mails + short, key=lambda one: one.written_at, reverse=True)[:limit]


def _short(message: dict[str, str]) -> LocalMail:
    at = datetime.fromisoformat(message["at"])
    return LocalMail(message["number"], str(Channel.SMS.label), message["text"], at)


def _read(letter: EmailMessage) -> LocalMail:
    body = letter.get_body(("plain",))
    return LocalMail(
        recipient=str(letter["To"]),
        subject=str(letter["Subject"]),
        text=body.get_content() if body else "",
        written_at=parsedate_to_datetime(str(letter["Date"])),
    )
