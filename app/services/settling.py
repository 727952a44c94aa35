"""What an attempt has come to, and what the row then says: nothing is called sent, failed or open that is not."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.adapters.mailer import DeliveryFailure, PermanentFailure, UnknownOutcome
from app.rules.messages import USUAL_LIFE, Chance, back_off, channel_wait
from app.rules.vocabulary import MessageState
from app.security import SYSTEM
from app.services import audit, short_messages
from models import Notification

log = logging.getLogger(__name__)

#: Begins ``last_error`` once an attempt may have arrived: a second one like it is the last.
MAYBE = "may have arrived: "
GAVE_UP = "gave up: "


@dataclass(frozen=True)
class Claim:
    """A message in this worker's hands; ``attempts`` tells it apart from a later claim of the same message."""

    id: str
    attempts: int
    queued_at: datetime
    give_up_at: datetime
    may_have_arrived: bool
    #: What the channel carries; None where it could not be made.
    parcel: Any
    #: Whether its sealed part holds nothing but the SMS for the case that it comes back.
    keeps_short: bool = False


def claim_of(message: Notification, parcel: Any) -> Claim:
    """The claim of a message that was just taken."""
    return Claim(
        id=message.id,
        attempts=message.attempts,
        queued_at=message.queued_at,
        give_up_at=message.give_up_at or message.queued_at + USUAL_LIFE,
        may_have_arrived=(message.last_error or "").startswith(MAYBE),
        parcel=parcel,
        keeps_short=set(message.secret or ()) == {short_messages.INSTEAD},
    )


@dataclass(frozen=True)
class Outcome:
    """What the row is to say about one attempt."""

    claim: Claim
    state: MessageState
    reason: str | None = None
    due_at: datetime | None = None
    #: Whether the attempt counts: a server that fails before the message is judged has not tried it.
    counts: bool = True
    #: The channel's own number of the message, and in how many parts it went.
    provider_id: str | None = None
    parts: int | None = None

    @property
    def needs_a_person(self) -> bool:
        """Whether it ends among the messages that did not certainly arrive."""
        return self.state in (MessageState.FAILED, MessageState.UNKNOWN)


def outcome_of(claim: Claim, failure: DeliveryFailure, now: datetime, chance: Chance) -> Outcome:
    """What a failed attempt means for its message."""
    if isinstance(failure, PermanentFailure):
        return Outcome(claim, MessageState.FAILED, failure.reason)
    maybe = claim.may_have_arrived or isinstance(failure, UnknownOutcome)
    reason = f"{MAYBE}{failure.reason}" if maybe else failure.reason
    if isinstance(failure, UnknownOutcome) and claim.may_have_arrived:
        return Outcome(claim, MessageState.UNKNOWN, reason)
    counts = not failure.is_channel
    wait = back_off(claim.attempts, chance) if counts else channel_wait(now - claim.queued_at, chance)
    if now + wait > claim.give_up_at:
        given_up = MessageState.UNKNOWN if maybe else MessageState.FAILED
        return Outcome(claim, given_up, reason if maybe else GAVE_UP + reason, counts=counts)
    return Outcome(claim, MessageState.RETRYING, reason, now + wait, counts)


def settle(session: Session, outcome: Outcome, now: datetime) -> None:
    """Write the outcome down, unless another worker has taken the message over in the meantime."""
    claim, state = outcome.claim, outcome.state
    values: dict[str, Any] = {
        "state": state,
        "lease_until": None,
        "last_error": (outcome.reason or "")[:200] or None,
        "attempts": claim.attempts if outcome.counts else claim.attempts - 1,
    }
    row: Any = Notification.__table__.c  # the table and not the class: this runs once for each message
    where = [row.id == claim.id, row.state == MessageState.SENDING]
    if state is MessageState.SENT:
        values |= {"sent_at": now, "provider_id": outcome.provider_id, "parts": outcome.parts}
        # Whoever has it now: it is out. A claim that another worker made of it keeps its number.
        values.pop("attempts")
        where[1] = row.state.in_((MessageState.SENDING, MessageState.RETRYING))
    else:
        where.append(row.attempts == claim.attempts)
    if outcome.due_at is not None:
        values["due_at"] = outcome.due_at
    elif state is MessageState.FAILED or not claim.keeps_short:
        values["secret_sealed"] = None  # a live link is not kept once nothing is sent any more
    failed = session.get(Notification, claim.id, populate_existing=True) if state is MessageState.FAILED else None
    done = session.execute(update(Notification.__table__).where(*where).values(**values))  # type: ignore[arg-type]
    if done.rowcount and outcome.needs_a_person:  # type: ignore[attr-defined]
        if failed is not None:
            short_messages.sms_instead(session, failed)
        record_unreached(session, claim.id, state)
    if state is not MessageState.SENT:
        log.warning("message %s: %s (%s)", claim.id, state.value, outcome.reason)


def record_unreached(session: Session, message_id: str, state: MessageState) -> None:
    """Write into the trail that a message did not, or not certainly, arrive."""
    message = session.get_one(Notification, message_id, populate_existing=True)
    event = "notification.failed" if state is MessageState.FAILED else "notification.unknown"
    audit.record(session, event, SYSTEM, message, agency_id=message.agency_id)


def retry_in(claim: Claim, wait: timedelta, now: datetime, reason: str) -> Outcome:
    """A message that could not even be made: later again, and given up in time like any other."""
    if now + wait > claim.give_up_at:
        return Outcome(claim, MessageState.FAILED, GAVE_UP + reason)
    return Outcome(claim, MessageState.RETRYING, reason, now + wait)
