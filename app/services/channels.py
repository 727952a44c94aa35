"""How a message leaves: one strategy per channel, with what it carries, its session and its failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import current_app

from app.adapters.mailer import Mailer
from app.adapters.sms_gateway import Sms
from app.rules import sms
from app.rules.vocabulary import Channel
from app.services import letters, short_messages
from models import Notification


@dataclass(frozen=True)
class Receipt:
    """What a channel says about a message that it took."""

    provider_id: str | None = None
    parts: int | None = None


#: Hands one parcel over; raises a ``DeliveryFailure``, and returning means accepted.
Send = Callable[[Any], Receipt | None]


class Carrier(Protocol):
    """One channel: what it makes of a message, and how that is handed over."""

    channel: Channel

    def key(self) -> object:
        """What its server's health is remembered for; another one is healthy until it fails."""

    def parcel(self, message: Notification, locale: str | None) -> Any:
        """What is handed over, made inside the claim's transaction: nothing is read afterwards."""

    def session(self) -> AbstractContextManager[Send]:
        """One connection for a batch."""


class MailCarrier:
    """Mail, through the mailer that the program was set up with."""

    channel = Channel.MAIL

    def key(self) -> object:
        """The mailer itself."""
        return mailer()

    def parcel(self, message: Notification, locale: str | None) -> Any:
        """The letter."""
        return letters.letter(message, locale)

    def session(self) -> AbstractContextManager[Send]:
        """One SMTP connection."""
        return mailer().session()


class SmsCarrier:
    """SMS, through the gateway that the program was set up with."""

    channel = Channel.SMS

    def key(self) -> object:
        """The gateway itself."""
        return short_messages.gateway()

    def parcel(self, message: Notification, locale: str | None) -> Any:
        """The text with its code; its language was chosen when it was queued."""
        return short_messages.parcel(message)

    @contextmanager
    def session(self) -> Iterator[Send]:
        """One request for each SMS."""
        gateway = short_messages.gateway()

        def send(short: Sms) -> Receipt:
            return Receipt(gateway.send(short), sms.length(short.text).parts)

        yield send


def mailer() -> Mailer:
    """The mailer that this program was set up with."""
    return cast(Mailer, current_app.extensions["mailer"])


#: Each channel in use; a further one is a further line.
CARRIERS: list[Carrier] = [MailCarrier(), SmsCarrier()]
