"""An SMS and who carries it: the Protocol, a folder instead of a gateway, and nobody.

It fails in the three ways of a mail (``app.adapters.mailer``); no reason ever holds a number or a text.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app import clock
from app.adapters.mailer import PermanentFailure, TemporaryFailure
from app.rules.characters import are_typed


@dataclass(frozen=True)
class Sms:
    """One SMS to one person; ``message_id`` is the same at each try, ``number`` is ``0912345678``."""

    message_id: str
    number: str
    text: str


class SmsGateway(Protocol):
    """Carries SMS."""

    def send(self, message: Sms) -> str | None:
        """Hand the SMS over and return the gateway's own number of it, if it gives one.

        Raises a ``DeliveryFailure``; returning means accepted.
        """


def refuse_unsendable(message: Sms) -> None:
    """Raise :class:`PermanentFailure` for an SMS that goes to no mobile of Taiwan, or says nothing."""
    number = message.number
    if not (number.isascii() and number.isdigit() and len(number) == 10 and number.startswith("09")):
        raise PermanentFailure("the recipient is not a mobile number of Taiwan")
    if not message.text.strip() or not are_typed(message.text, also="\n"):
        raise PermanentFailure("the text is empty or has a control sign")


class NoGateway:
    """Nobody carries SMS: what was queued while there was a gateway waits for the next one."""

    def send(self, message: Sms) -> str | None:
        """Refuse for now."""
        raise TemporaryFailure("SMS_URL is empty", is_channel=True)


class SmsFolder:
    """The harmless gateway: each SMS becomes one file (mode 0600) for the local outbox page; none leaves."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def send(self, message: Sms) -> str | None:
        """Write the SMS once; the same message again changes nothing."""
        refuse_unsendable(message)
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(message.message_id.encode()).hexdigest()[:32]
        draft = self.root / f"{name}.{uuid.uuid4().hex}.part"
        content = {"number": message.number, "text": message.text, "at": clock.now().isoformat()}
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                json.dump(content, handle, ensure_ascii=False)
            os.link(draft, self.root / f"{name}.sms")
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        return f"local-{name}"

    def messages(self) -> Iterator[dict[str, str]]:
        """The SMS in the folder, newest first."""
        for path in sorted(self.root.glob("*.sms"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
            yield json.loads(path.read_text(encoding="utf-8"))
