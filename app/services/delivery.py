"""The worker's part of the outbox: claim by lease, commit the attempt, send outside the transaction, mark."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from weakref import WeakKeyDictionary

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app import clock
from app.adapters.mailer import DeliveryFailure, UnknownOutcome
from app.rules.messages import PASSES_WITH_TIME, back_off
from app.rules.vocabulary import MessageState
from app.services import claims, short_messages
from app.services.breaker import Breaker
from app.services.channels import CARRIERS, Carrier, Receipt, Send
from app.services.claims import Candidate
from app.services.settling import GAVE_UP, Claim, Outcome, claim_of, outcome_of, record_unreached, retry_in, settle
from app.transaction import end_reading, transaction
from models import Notification

log = logging.getLogger(__name__)

#: What moves the waits; tests put something known in its place.
chance = random.random


class _Standing:
    """What a worker knows of one channel from one batch to the next."""

    def __init__(self) -> None:
        self.breaker = Breaker(lambda: chance())
        #: An attempt that is over and not yet written down.
        self.unsettled: Outcome | None = None


_standings: WeakKeyDictionary[object, _Standing] = WeakKeyDictionary()


def deliver_due(limit: int = 100, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Try what is due on every channel, oldest first, at most ``limit`` each; returns how many were dealt with.

    Stops after the message at hand when ``is_stopping`` says so, when the channel's server fails, and when the database
    cannot be written: what was sent meanwhile is written down by the next call.
    """
    done = 0
    for carrier in CARRIERS:
        standing = _standings.setdefault(carrier.key(), _Standing())
        batch = _Batch(carrier, standing)
        try:
            batch.run(limit, is_stopping)
        except (OperationalError, InterfaceError) as error:
            log.error("the database cannot be reached or is locked: %s", type(error.orig).__name__)
        finally:
            end_reading()
        done += batch.done
    return done


class _Batch:
    """One connection's worth of messages."""

    def __init__(self, carrier: Carrier, standing: _Standing) -> None:
        self._carrier, self._standing = carrier, standing
        self._breaker = standing.breaker
        self.done = 0

    def run(self, limit: int, is_stopping: Callable[[], bool]) -> None:
        """Claim and send one after another; each is written down before the next one is sent."""
        self._write_down()
        if self._breaker.is_open(clock.now()):
            return
        due = claims.look(self._carrier.channel, clock.now(), limit)
        end_reading()  # the next look must not see what this one saw
        if not due:
            return
        with self._carrier.session() as send:
            for candidate in due:
                if is_stopping() or self._breaker.is_open(clock.now()):
                    break
                self._deal_with(candidate, send)
        self._write_down()

    def _deal_with(self, candidate: Candidate, send: Send) -> None:
        if candidate.is_outdated or self._is_over(candidate):
            self._drop(candidate)
            return
        claim = self._next(candidate)
        if claim is None:
            return  # another worker has it
        self.done += 1
        if claim.parcel is None:
            wait = back_off(claim.attempts, chance)
            self._standing.unsettled = retry_in(claim, wait, clock.now(), "the message cannot be made")
        else:
            self._standing.unsettled = self._attempt(claim, send)

    def _next(self, candidate: Candidate) -> Claim | None:
        """Write the last attempt down and take the next message: one commit for both."""
        if self._standing.unsettled is not None and self._standing.unsettled.needs_a_person:
            self._write_down()  # apart: its row in the trail would be locked while others are waited for
        with transaction() as session:
            self._settle_last(session)
            message = claims.claim(session, candidate, clock.now())
            claim = claim_of(message, self._parcel(message, candidate.locale)) if message else None
        self._standing.unsettled = None
        return claim

    def _parcel(self, message, locale):  # type: ignore[no-untyped-def]
        try:
            return self._carrier.parcel(message, locale)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("message %s cannot be made", message.id)  # it must not stop those behind it
            return None

    def _attempt(self, claim: Claim, send: Send) -> Outcome:
        try:
            receipt = send(claim.parcel) or Receipt()
        except DeliveryFailure as failure:
            if failure.is_channel:
                self._breaker.failed(clock.now(), failure.reason)
            else:
                self._breaker.worked()
            return outcome_of(claim, failure, clock.now(), chance)
        except Exception as error:
            log.exception("message %s: the channel's program failed", claim.id)
            return outcome_of(claim, UnknownOutcome(type(error).__name__), clock.now(), chance)
        self._breaker.worked()
        return Outcome(claim, MessageState.SENT, provider_id=receipt.provider_id, parts=receipt.parts)

    def _is_over(self, candidate: Candidate) -> bool:
        """Whether its time is up; one that was never tried and is still true is tried however late it is."""
        is_late = candidate.give_up_at is not None and candidate.give_up_at < clock.now()
        return is_late and (candidate.attempts > 0 or candidate.event in PASSES_WITH_TIME)

    def _drop(self, candidate: Candidate) -> None:
        self._write_down()
        state = MessageState.REPLACED if candidate.is_outdated else MessageState.FAILED
        why = None if candidate.is_outdated else GAVE_UP + "its time is over"
        with transaction() as session:
            message = session.get_one(Notification, candidate.id, populate_existing=True)  # with what is wiped below
            if claims.drop(session, candidate, clock.now(), state, why):
                self.done += 1
                if state is MessageState.FAILED:
                    short_messages.sms_instead(session, message)
                    record_unreached(session, candidate.id, state)

    def _write_down(self) -> None:
        if self._standing.unsettled is None:
            return
        with transaction() as session:
            self._settle_last(session)
        self._standing.unsettled = None

    def _settle_last(self, session: Session) -> None:
        if self._standing.unsettled is not None:
            settle(session, self._standing.unsettled, clock.now())
