"""The worker: what is due goes out once, and the state tells the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock
from app.adapters.mailer import Mail, PermanentFailure, TemporaryFailure, UnknownOutcome
from app.extensions import db
from app.rules.vocabulary import Channel, MessageState
from app.services import claims, delivery
from app.services.claims import LEASE
from app.services.notifications import HIDDEN_LINK
from app.transaction import end_reading, transaction
from models import Notification
from tests import factories


class Postman:
    """Keeps what it is given; ``fails`` are raised one after another before it works (None: this one goes well)."""

    def __init__(self) -> None:
        self.carried: list[Mail] = []
        self.fails: list[Exception | None] = []
        self.on_send: Callable[[], Any] = lambda: None

    def send(self, mail: Mail) -> None:
        self.on_send()
        failure = self.fails.pop(0) if self.fails else None
        if failure is not None:
            raise failure
        self.carried.append(mail)

    @contextmanager
    def session(self) -> Iterator[Callable[[Mail], None]]:
        yield self.send


@pytest.fixture
def postman(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Postman:
    postman = Postman()
    monkeypatch.setitem(app.extensions, "mailer", postman)
    monkeypatch.setattr(delivery, "chance", lambda: 0.5)  # waits are exactly what the table says
    return postman


def row_of(message: Notification) -> Notification:
    db.session.rollback()
    return db.session.get_one(Notification, message.id)


def state_of(message: Notification) -> MessageState:
    return row_of(message).state


def test_a_due_mail_goes_out_once(each_database: str, postman: Postman) -> None:
    message = factories.notification()
    assert (delivery.deliver_due(), delivery.deliver_due()) == (1, 0)
    assert state_of(message) is MessageState.SENT
    [mail] = postman.carried
    assert mail.message_id == f"<{message.id}@portal.example>"
    assert mail.recipient == message.recipient and message.sent_at == clock.now()


def test_the_link_stands_in_the_mail_and_nowhere_after(postman: Postman) -> None:
    message = factories.notification(
        body=f"點此網址進行驗證 {HIDDEN_LINK}", secret={"link": "http://x/portal/verify/T"}
    )
    delivery.deliver_due()
    assert postman.carried[0].text == "點此網址進行驗證 http://x/portal/verify/T"
    db.session.expire_all()
    assert db.session.get_one(Notification, message.id).secret is None


def test_a_temporary_failure_is_tried_again_later_under_the_same_id(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification()
    postman.fails = [TemporaryFailure("421"), TemporaryFailure("421")]
    delivery.deliver_due()
    assert state_of(message) is MessageState.RETRYING
    assert delivery.deliver_due() == 0
    clock_at.passes(minutes=1)
    delivery.deliver_due()
    clock_at.passes(minutes=5)
    delivery.deliver_due()
    assert state_of(message) is MessageState.SENT
    assert db.session.get_one(Notification, message.id).attempts == 3


def test_it_gives_up_when_its_time_is_over(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification(give_up_at=clock.now() + timedelta(hours=24))
    postman.fails = [TemporaryFailure("451")] * 20
    begun = clock.now()
    while state_of(message) is not MessageState.FAILED:
        clock_at(max(clock.now(), row_of(message).due_at))
        delivery.deliver_due()
    assert clock.now() - begun < timedelta(hours=24), "no attempt after the last moment"
    assert row_of(message).attempts == 7
    assert row_of(message).last_error == "gave up: 451"


def test_a_refused_recipient_is_final(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification()
    postman.fails = [PermanentFailure("550 no such user")]
    delivery.deliver_due()
    clock_at.passes(days=2)
    assert delivery.deliver_due() == 0
    assert state_of(message) is MessageState.FAILED
    assert db.session.get_one(Notification, message.id).last_error == "550 no such user"


def test_an_unknown_outcome_is_tried_once_more(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification()
    postman.fails = [UnknownOutcome("dropped"), UnknownOutcome("dropped")]
    for _ in range(4):
        delivery.deliver_due()
        clock_at.passes(hours=1)
    assert state_of(message) is MessageState.UNKNOWN
    assert row_of(message).attempts == 2


def test_a_failure_between_two_unknown_outcomes_does_not_hide_the_first(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification()
    postman.fails = [TemporaryFailure("451"), UnknownOutcome("dropped"), TemporaryFailure("451"), UnknownOutcome("x")]
    seen = []
    for _ in range(6):
        delivery.deliver_due()
        seen.append(state_of(message))
        clock_at.passes(hours=2)
    assert seen[2:4] == [MessageState.RETRYING, MessageState.UNKNOWN]
    assert row_of(message).attempts == 4


def test_the_attempt_is_committed_before_sending_and_no_transaction_is_open(
    each_database: str, postman: Postman
) -> None:
    message = factories.notification()
    seen: list[Any] = []

    def look() -> None:
        seen.append(db.session().in_transaction())
        with db.engine.connect() as other:
            row = other.execute(Notification.__table__.select().where(Notification.id == message.id)).one()
            seen.append((row.state, row.attempts))

    postman.on_send = look
    delivery.deliver_due()
    assert seen == [False, (MessageState.SENDING, 1)]


def test_a_dead_workers_claim_is_taken_over_after_the_lease(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification()
    with transaction() as session:
        claim = {"state": MessageState.SENDING, "attempts": 1, "lease_until": clock.now() + LEASE}
        session.execute(update(Notification).where(Notification.id == message.id).values(**claim))
    assert delivery.deliver_due() == 0
    clock_at(clock.now() + LEASE + timedelta(seconds=1))
    assert delivery.deliver_due() == 1
    assert state_of(message) is MessageState.SENT


def test_a_claim_is_one_workers_for_its_lease(each_database: str, postman: Postman) -> None:
    message = factories.notification()
    [seen] = claims.look(Channel.MAIL, clock.now(), 10)
    end_reading()
    with transaction() as session:
        assert claims.claim(session, seen, clock.now()) is not None
    assert row_of(message).lease_until == clock.now() + LEASE
    with transaction() as session:  # another worker, who had seen it at the same time
        assert claims.claim(session, seen, clock.now()) is None
        assert not claims.drop(session, seen, clock.now(), MessageState.REPLACED, None)
    assert state_of(message) is MessageState.SENDING


def test_one_message_is_given_up_and_not_its_neighbour(app: Flask) -> None:
    gone, stays = factories.notification(), factories.notification()
    seen = next(one for one in claims.look(Channel.MAIL, clock.now(), 10) if one.id == gone.id)
    end_reading()
    with transaction() as session:
        assert claims.drop(session, seen, clock.now(), MessageState.REPLACED, None)
    assert (state_of(gone), state_of(stays)) == (MessageState.REPLACED, MessageState.QUEUED)


def test_a_round_takes_no_more_than_it_was_told_to(postman: Postman) -> None:
    for _message in range(3):
        factories.notification()
    assert (delivery.deliver_due(limit=2), delivery.deliver_due(limit=2)) == (2, 1)


def test_oldest_first(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    now = clock.now()
    for minutes in (1, 3, 2):
        at = now - timedelta(minutes=minutes)
        factories.notification(subject=str(minutes), queued_at=at, due_at=at)
    delivery.deliver_due()
    assert [mail.subject for mail in postman.carried] == ["3", "2", "1"]


def test_each_look_sees_what_others_have_queued_meanwhile(each_database: str, app: Flask, postman: Postman) -> None:
    assert delivery.deliver_due() == 0
    with app.app_context():  # a session of its own, as another process has
        factories.notification()
    assert delivery.deliver_due() == 1
