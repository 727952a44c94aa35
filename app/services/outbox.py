"""The local outbox: mails that a demonstration keeps in a folder instead of sending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from flask import current_app

from app.adapters.mailer import OutboxFolder
from app.errors import NotFound


@dataclass(frozen=True)
class LocalMail:
    """One mail of the folder, as a mail program would show it."""

    recipient: str
    subject: str
    text: str
    written_at: datetime


def messages(limit: int = 50) -> list[LocalMail]:
    """The newest mails of the folder; raises ``NotFound`` where the program has no local outbox."""
    if not current_app.config["SHOW_OUTBOX"]:
        raise NotFound()
    folder = OutboxFolder(Path(current_app.config["DATA_DIR"]) / "outbox")
    return [_read(letter) for letter in islice(folder.letters(), limit)]


def _read(letter: EmailMessage) -> LocalMail:
    body = letter.get_body(("plain",))
    return LocalMail(
        recipient=str(letter["To"]),
        subject=str(letter["Subject"]),
        text=body.get_content() if body else "",
        written_at=parsedate_to_datetime(str(letter["Date"])),
    )
