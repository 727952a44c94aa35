"""A mail and who carries it: the Protocol, the three ways of failing, and a folder instead of a server."""

from __future__ import annotations

import email
import email.policy
import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol

from app import clock

_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.-]+)*", re.ASCII)


class DeliveryFailure(Exception):
    """A mail did not certainly arrive; ``reason`` is for staff and holds no address, subject or text.

    ``is_channel`` is true where the server itself fails (unreachable, login refused): other mails will fare no better.
    """

    def __init__(self, reason: str, is_channel: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_channel = is_channel


class TemporaryFailure(DeliveryFailure):
    """Certainly not accepted; trying again later is right."""


class PermanentFailure(DeliveryFailure):
    """Certainly not accepted, and this mail never will be: an unknown recipient, a mail that may not be sent."""


class UnknownOutcome(DeliveryFailure):
    """The text was handed over and no answer came: a second try may be a duplicate (it has the same Message-ID)."""


@dataclass(frozen=True)
class MailAttachment:
    """A file that goes with a mail; ``media_type`` may have parameters (``text/calendar; method=PUBLISH``)."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one person; ``message_id`` is fixed by the caller, ``<…@domain>``, and the same at each try.

    ``sender`` and ``reply_to`` may carry a name (``法務部矯正署 <a@b>``); ``recipient`` is a bare address.
    """

    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str | None = None
    reply_to: str | None = None
    attachments: tuple[MailAttachment, ...] = ()


class Mailer(Protocol):
    """Carries mails."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over; raises a :class:`DeliveryFailure`, and returning means accepted."""

    def session(self) -> AbstractContextManager[Callable[[Mail], None]]:
        """:meth:`send` over one connection for a batch; leaving it never raises."""


def refuse_unsendable(mail: Mail) -> None:
    """Raise :class:`PermanentFailure` for a mail that could smuggle in a header, a recipient or a second mail."""
    headers = [mail.message_id, mail.sender, mail.recipient, mail.subject, mail.reply_to or ""]
    headers += [part for item in mail.attachments for part in (item.file_name, item.media_type)]
    if any(_UNSENDABLE.search(line) for line in headers):
        raise PermanentFailure("a header has a line break or a control sign")
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise PermanentFailure("the Message-ID is malformed")
    if parseaddr(mail.recipient) != ("", mail.recipient) or not _is_address(mail.recipient):
        raise PermanentFailure("the recipient is not one plain address")
    if not all(_is_address(parseaddr(line)[1]) for line in (mail.sender, mail.reply_to or mail.sender)):
        raise PermanentFailure("the sender or the reply address is malformed")
    if any(not _MEDIA_TYPE.fullmatch(item.media_type) for item in mail.attachments):
        raise PermanentFailure("an attachment's media type is malformed")


def _is_address(address: str) -> bool:
    # The local part stays ASCII: few servers take SMTPUTF8, and an encoded one would be another person's address.
    local, at, domain = address.rpartition("@")
    return bool(at and domain and local and local.isascii()) and not re.search(r"[\s<>,;:\"()\[\]\\]", address)


class OutboxFolder:
    """The harmless mailer: each mail becomes one ``.eml`` file (mode 0600) for the local outbox page; none leaves."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def send(self, mail: Mail) -> None:
        """Write the mail once; the same Message-ID again changes nothing."""
        refuse_unsendable(mail)
        try:
            content = _written(mail).as_bytes()
        except UnicodeError:
            raise PermanentFailure("the mail cannot be encoded") from None
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]
        draft = self.root / f"{name}.{uuid.uuid4().hex}.part"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
                handle.write(content)
            os.link(draft, self.root / f"{name}.eml")  # unlike a rename, this never replaces one that is there
        except FileExistsError:
            return
        finally:
            draft.unlink(missing_ok=True)

    @contextmanager
    def session(self) -> Iterator[Callable[[Mail], None]]:
        """A folder needs no connection."""
        yield self.send

    def letters(self) -> Iterator[EmailMessage]:
        """The mails in the folder, newest first."""
        for path in sorted(self.root.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
            yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _written(mail: Mail) -> EmailMessage:
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["Subject"] = mail.subject
    letter["From"] = _address(mail.sender)
    letter["To"] = mail.recipient
    letter["Date"] = format_datetime(clock.local(clock.now()))
    letter["Message-ID"] = mail.message_id
    if mail.reply_to:
        letter["Reply-To"] = _address(mail.reply_to)
    letter.set_content(mail.text)
    if mail.html is not None:
        letter.add_alternative(mail.html, subtype="html")
    for item in mail.attachments:
        main, _, sub = item.media_type.partition(";")[0].partition("/")
        letter.add_attachment(item.content, main, sub, filename=item.file_name)
    return letter


def _address(line: str) -> Address:
    name, address = parseaddr(line)
    return Address(display_name=name, addr_spec=address)
