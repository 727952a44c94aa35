"""Delivery receipts: the gateway says, signed, what became of an SMS that it took."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from flask import current_app
from sqlalchemy import select

from app import clock
from app.rules.vocabulary import Channel, MessageState
from app.security import SYSTEM
from app.services import audit, throttle
from app.transaction import transaction
from models import Notification

#: A receipt is believed this long before and after the time that it is signed with.
WINDOW_SECONDS = 300
#: Longest receipt that is read.
LARGEST = 16 * 1024
_MOST_DIGITS = 12


#: Receipts that are refused, per sender; those that are right are not counted.
REFUSED = throttle.Limit("sender.sms_receipt", 60, timedelta(minutes=15))


class ReceiptRefused(Exception):
    """Not signed by the gateway, too old, or no receipt: the answer is the same, and says nothing."""


def take_in(body: bytes, timestamp: str, signature: str) -> str:
    """Take one receipt in; returns what became of it, for the log. Raises :class:`ReceiptRefused`.

    The same receipt again changes nothing, so that one that is played back within the window does no harm.
    """
    _check(body, timestamp, signature)
    fields = _fields(body)
    names = json.loads(current_app.config["SMS_RECEIPT_FIELDS"])
    provider_id, word = fields.get(names["id"], ""), fields.get(names["status"], "")
    state = _state(word)
    if not provider_id:
        raise ReceiptRefused()
    if state is None:
        return "not final"
    return _settle(provider_id[:100], state)


def signature_of(body: bytes, timestamp: str, secret: str) -> str:
    """HMAC-SHA256 over time, full stop and body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def may_try_on(remote_address: str | None) -> bool:
    """Count a receipt that was refused; whether its sender still is within the limit."""
    if not current_app.config["SMS_RECEIPT_SECRET"]:
        return True  # there is nothing to guess
    try:
        throttle.claim(REFUSED, remote_address)
    except throttle.TooMany:
        return False
    return True


def _check(body: bytes, timestamp: str, signature: str) -> None:
    secret = current_app.config["SMS_RECEIPT_SECRET"]
    if not secret or len(body) > LARGEST or not (timestamp.isascii() and timestamp.isdigit()):
        raise ReceiptRefused()
    wanted = signature_of(body, timestamp, secret)
    given = signature.strip().lower().removeprefix("sha256=")
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise ReceiptRefused()
    if len(timestamp) > _MOST_DIGITS or abs(clock.now().timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise ReceiptRefused()


def _fields(body: bytes) -> Mapping[str, str]:
    """The fields of a receipt, JSON or as of a form."""
    try:
        text = body.decode("utf-8")
        if text.lstrip().startswith("{"):
            found: Any = json.loads(text)
            return {str(name): str(value) for name, value in found.items()}
        return dict(parse_qsl(text, max_num_fields=50))
    except (ValueError, RecursionError):
        raise ReceiptRefused() from None


def _state(word: str) -> MessageState | None:
    config = current_app.config
    if re.fullmatch(config["SMS_RECEIPT_DELIVERED"], word, re.IGNORECASE):
        return MessageState.DELIVERED
    return MessageState.FAILED if re.fullmatch(config["SMS_RECEIPT_FAILED"], word, re.IGNORECASE) else None


def _settle(provider_id: str, state: MessageState) -> str:
    with transaction() as session:
        message = session.scalars(
            select(Notification)
            .where(Notification.provider_id == provider_id, Notification.channel == Channel.SMS)
            .order_by(Notification.sent_at.desc(), Notification.id)
            .limit(1)
            .with_for_update()
        ).first()
        if message is None:
            return "unknown"
        if message.state not in (MessageState.SENT, MessageState.UNKNOWN):
            return "known"
        message.state = state
        if state is MessageState.FAILED:
            message.last_error = "the receipt says that it did not arrive"
            audit.record(session, "notification.returned", SYSTEM, message, agency_id=message.agency_id)
        return state.value
