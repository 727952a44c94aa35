"""Mails that come back: which of our messages a delivery report (RFC 3464) is about, and what it says."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import BinaryIO

#: A report is some kilobytes and the mail that it returns; more is not read.
LARGEST = 1024 * 1024
_PARTS = 50
_MESSAGE_ID = re.compile(r"<([^<>@\s]{1,100}@[^<>@\s]{1,200})>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Unreadable(ValueError):
    """A mail that is no delivery report, or not a whole one; the text says why and holds nothing of the mail."""


@dataclass(frozen=True)
class Report:
    """What one report says of one message of ours; ``message_id`` is without its angle brackets."""

    message_id: str
    action: str
    status: str

    @property
    def is_final(self) -> bool:
        """Whether nobody tries any more: the message did not arrive."""
        return self.action == "failed"

    @property
    def blames_address(self) -> bool:
        """Whether the address itself does not work, and not only the way to it."""
        return self.is_final and self.status.startswith("5")


def mails(source: BinaryIO) -> Iterator[bytes | None]:
    """The mails of an mbox, or the one mail that the source is; None for one that is larger than is read."""
    kept: list[bytes] = []
    size, is_start, is_mbox = 0, True, None
    while line := source.readline(LARGEST):
        if is_mbox is None:
            is_mbox = line.startswith(b"From ")
        if is_mbox and is_start and line.startswith(b"From "):
            if size:
                yield b"".join(kept) if size <= LARGEST else None
            kept, size, is_start = [], 0, False
            continue
        size += len(line)
        if size <= LARGEST:
            kept.append(line)
        is_start = line in (b"\n", b"\r\n")
    if size:
        yield b"".join(kept) if size <= LARGEST else None


def read(raw: bytes) -> Report:
    """The report in a mail; raises :class:`Unreadable`, whatever the mail is made of."""
    try:
        return _read(email.message_from_bytes(raw))
    except Unreadable:
        raise
    except Exception as error:  # the parser was not made for hostile mails
        raise Unreadable(f"it cannot be taken apart ({type(error).__name__})") from None


def _read(mail: Message) -> Report:
    parts = [part for part, _number in zip(mail.walk(), range(_PARTS), strict=False)]
    verdicts = [
        fields for part in parts if part.get_content_type() == "message/delivery-status" for fields in _of(part)
    ]
    if not verdicts:
        raise Unreadable("it is no delivery report")
    returned = [part for part in parts if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")]
    found = next((found for part in returned for found in _message_ids(part)), None)
    if found is None:
        raise Unreadable("it does not say which message it is about")
    # Our mails go to one person each: the gravest word counts.
    for action in ("failed", "delayed", "delivered", "relayed", "expanded"):
        for fields in verdicts:
            if str(fields.get("Action", "")).strip().lower() == action:
                status = _STATUS.search(str(fields.get("Status", "")))
                return Report(found, action, status.group() if status else "")
    raise Unreadable("it does not say what became of the message")


def _of(part: Message) -> list[Message]:
    """The groups of fields of a delivery status: one about the message, then one for each recipient."""
    content = part.get_payload()
    return [group for group in content if isinstance(group, Message)] if isinstance(content, list) else []


def _message_ids(part: Message) -> Iterator[str]:
    content = part.get_payload()
    if part.get_content_type() == "message/rfc822":
        heads = [inner for inner in content if isinstance(inner, Message)] if isinstance(content, list) else []
    else:
        raw = part.get_payload(decode=True)
        heads = [email.message_from_bytes(raw if isinstance(raw, bytes) else b"")]
    for head in heads[:1]:
        found = _MESSAGE_ID.search(str(head.get("Message-ID", "")))
        if found:
            yield found.group(1)
