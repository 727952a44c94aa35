"""The worker: what is due goes out once, and the state tells the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock
from app.adapters.mailer import Mail, PermanentFailure, TemporaryFailure, UnknownOutcome
from app.extensions import db
from app.rules.vocabulary import MessageState
from app.services import delivery
from app.services.notifications import HIDDEN_LINK
from app.transaction import transaction
from models import Notification
from tests import factories


class Postman:
    """Keeps what it is given; ``fails`` are raised one after another before it works."""

    def __init__(self) -> None:
        self.carried: list[Mail] = []
        self.fails: list[Exception] = []
        self.on_send: Callable[[], Any] = lambda: None

    def send(self, mail: Mail) -> None:
        self.on_send()
        if self.fails:
            raise self.fails.pop(0)
        self.carried.append(mail)


@pytest.fixture
def postman(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Postman:
    postman = Postman()
    monkeypatch.setitem(app.extensions, "mailer", postman)
    return postman


def state_of(message: Notification) -> MessageState:
    db.session.expire_all()
    return db.session.get_one(Notification, message.id).state


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


def test_it_gives_up_after_the_last_wait(postman: Postman, clock_at) -> None:  # type: ignore[no-untyped-def]
    message = factories.notification()
    postman.fails = [TemporaryFailure("451")] * 20
    for _ in range(20):
        delivery.deliver_due()
        clock_at.passes(hours=13)
    assert state_of(message) is MessageState.FAILED
    assert db.session.get_one(Notification, message.id).attempts == len(delivery.BACK_OFF) + 1


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
    assert state_of(message) is MessageState.FAILED
    assert db.session.get_one(Notification, message.id).attempts == 2


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
        claim = {"state": MessageState.SENDING, "attempts": 1, "lease_until": clock.now() + delivery.LEASE}
        session.execute(update(Notification).where(Notification.id == message.id).values(**claim))
    assert delivery.deliver_due() == 0
    clock_at(clock.now() + delivery.LEASE + timedelta(seconds=1))
    assert delivery.deliver_due() == 1
    assert state_of(message) is MessageState.SENT


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
