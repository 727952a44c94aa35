"""Which SMS is queued with a mail, which one in its place, and what never happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from app import clock
from app.adapters.mailer import Mail, PermanentFailure, TemporaryFailure
from app.adapters.sms_gateway import Sms
from app.extensions import db
from app.rules import undelivered_refusals
from app.rules.vocabulary import Channel, ReasonScope
from app.rules.vocabulary import MessageState as State
from app.services import booking_review, delivery, notifications, reasons, undelivered
from app.services.bounces import take_in
from app.transaction import end_reading, transaction
from models import Applicant, Notification, Reservation
from tests import factories
from tests.services.conftest import ANYBODY
from tests.services.test_bounces import report

VALUES = {
    "agency": "桃園女子監獄",
    "date": "2026-03-10(星期二)",
    "time": "09:30",
    "number": "L260310-4K7PQT",
    "inmate": "黃○萍",
    "reason": "",
    "address": "",
    "kind": "",
    "companions": "－",
    "relation": "",
    "until": "",
    "state": "",
}


class Post:
    """Mailer and gateway in one: keeps what it carried, and fails as ``mails_fail`` says."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.sms: list[Sms] = []
        self.mails_fail: Exception | None = None

    @contextmanager
    def session(self) -> Iterator[Callable[[Mail], None]]:
        yield self._mail

    def _mail(self, mail: Mail) -> None:
        if self.mails_fail is not None:
            raise self.mails_fail
        self.mails.append(mail)

    def send(self, message: Sms) -> str:
        self.sms.append(message)
        return f"A-{len(self.sms)}"


@pytest.fixture
def post(app: Flask, seeded: None, monkeypatch: pytest.MonkeyPatch) -> Post:
    """SMS are on; mails and SMS are kept."""
    post = Post()
    monkeypatch.setitem(app.extensions, "mailer", post)
    monkeypatch.setitem(app.extensions, "sms_gateway", post)
    app.config["SMS_URL"] = "local"
    monkeypatch.setattr(delivery, "chance", lambda: 0.5)
    return post


def person(**columns: object) -> Applicant:
    return factories.applicant(**{"mobile": "0912345678", "mobile_verified_at": clock.now(), **columns})


def tell(applicant: Applicant, what: str, version: int = 1) -> None:
    with transaction() as session:
        notifications.enqueue(session, what, applicant, applicant, version=version, values=VALUES)


def queued(channel: Channel = Channel.SMS) -> list[Notification]:
    end_reading()
    return list(db.session.scalars(select(Notification).where(Notification.channel == channel)))


def test_what_cannot_wait_goes_by_both_and_the_rest_by_mail(each_database: str, post: Post) -> None:
    tell(person(), "booking_approved")
    tell(person(mobile="0912345679"), "booking_received")
    assert [(m.event, m.recipient, m.parts) for m in queued()] == [("booking_approved", "0912345678", 1)]
    assert delivery.deliver_due() == 3
    assert len(post.mails) == 2 and [m.number for m in post.sms] == ["0912345678"]
    short = queued()[0]
    assert (short.state, short.provider_id, short.parts) == (State.SENT, "A-1", 1)
    assert "黃" not in post.sms[0].text and "http" not in post.sms[0].text and len(post.sms[0].text) <= 70


@pytest.mark.parametrize(
    ("columns", "gets"),
    [
        ({"prefers_sms": True}, True),
        ({"mail_bounced_at": "now"}, True),
        ({}, False),
        ({"prefers_sms": True, "mobile_verified_at": None}, False),
        ({"prefers_sms": True, "mobile": "+819012345678"}, False),
    ],
)
def test_who_gets_an_sms_where_a_mail_would_do(post: Post, columns: dict[str, object], gets: bool) -> None:
    columns = {name: clock.now() if value == "now" else value for name, value in columns.items()}
    tell(person(**columns), "booking_received")
    assert len(queued()) == gets and len(queued(Channel.MAIL)) == 1


def test_without_a_gateway_nothing_is_queued(app: Flask, post: Post) -> None:
    app.config["SMS_URL"] = ""
    tell(person(prefers_sms=True), "booking_approved")
    assert queued() == [] and queued(Channel.MAIL)[0].secret is None


def test_a_message_costs_one_statement_for_each_channel(post: Post) -> None:
    lawyer = person()
    tell(lawyer, "booking_approved")  # reads the texts
    counted: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    with transaction() as session:
        lawyer = session.get_one(Applicant, lawyer.id)
        event.listen(db.engine, "before_cursor_execute", count)
        notifications.enqueue(session, "booking_approved", lawyer, lawyer, version=2, values=VALUES)
        session.flush()
        event.remove(db.engine, "before_cursor_execute", count)
    assert len(counted) <= 2 and all("INSERT INTO notification" in statement for statement in counted)


def test_an_sms_takes_the_place_of_a_mail_that_was_refused(each_database: str, post: Post) -> None:
    post.mails_fail = PermanentFailure("550 no such user")
    tell(person(), "booking_received")
    delivery.deliver_due()
    delivery.deliver_due()
    assert [m.state for m in queued(Channel.MAIL)] == [State.FAILED]
    assert queued(Channel.MAIL)[0].secret is None
    assert [m.state for m in queued()] == [State.SENT] and "已受理" in post.sms[0].text


def test_a_mail_that_may_still_arrive_keeps_its_sms(post: Post) -> None:
    post.mails_fail = TemporaryFailure("451 later")
    tell(person(), "booking_received")
    delivery.deliver_due()
    assert queued() == []
    post.mails_fail = None
    clock.stop_everywhere(clock.now() + timedelta(hours=1))
    delivery.deliver_due()
    mail = queued(Channel.MAIL)[0]
    assert queued() == [] and mail.state == State.SENT and set(mail.secret) == {"sms"}


def test_a_mail_that_comes_back_is_replaced_by_its_sms_once(app: Flask, each_database: str, post: Post) -> None:
    tell(person(), "booking_received")
    delivery.deliver_due()
    mail = queued(Channel.MAIL)[0]
    domain = app.config["MAIL_SENDER"].rpartition("@")[2]
    returned = report(f"<{mail.id}@{domain}>")
    assert take_in([returned])["returned"] == 1 and take_in([returned])["known"] == 1
    assert [m.event for m in queued()] == ["booking_received"]


def test_who_has_read_the_sms_need_not_be_telephoned(each_database: str, post: Post) -> None:
    post.mails_fail = PermanentFailure("550 no such user")
    tell(person(), "booking_approved")
    delivery.deliver_due()
    mail, short = queued(Channel.MAIL)[0].id, queued()[0].id
    about = [queued()[0].subject_id]
    assert undelivered.count(None) == 1 and notifications.undelivered_for(about), "accepted is not arrived"
    assert undelivered.beside([db.session.get_one(Notification, mail)])[mail].id == short
    with transaction() as session:
        session.get_one(Notification, short).state = State.DELIVERED
    assert undelivered.count(None) == 0 and not notifications.undelivered_for(about)
    message = undelivered.get(mail, None)
    assert not undelivered.is_open(message) and message.state == State.FAILED, "the log says what became of the mail"
    with pytest.raises(undelivered_refusals.ArrivedBySms):
        undelivered.send_again(mail, None, ANYBODY)
    with transaction() as session:
        lawyer = session.scalars(select(Applicant)).one()
        assert undelivered.send_all_again(session, lawyer, ANYBODY) == 1, "to a new address it goes all the same"


def test_a_call_tells_what_failed_by_both(each_database: str, post: Post) -> None:
    post.mails_fail = PermanentFailure("550 no such user")
    tell(person(), "booking_approved")
    delivery.deliver_due()
    with transaction() as session:
        short = session.scalars(select(Notification).where(Notification.channel == Channel.SMS)).one()
        short.state = State.FAILED
    officer = factories.officer()
    assert undelivered.count(None) == 2
    undelivered.tell_by_phone(queued(Channel.MAIL)[0].id, "本人接聽", None, officer.id, ANYBODY)
    assert undelivered.count(None) == 0 and {m.handled_note for m in (*queued(), *queued(Channel.MAIL))} == {"本人接聽"}


def test_another_messages_sms_says_nothing_of_this_one(post: Post) -> None:
    post.mails_fail = PermanentFailure("550 no such user")
    lawyer = person()
    for version in (1, 2):
        tell(lawyer, "booking_approved", version)
        delivery.deliver_due()
    with transaction() as session:
        first = session.scalars(select(Notification).where(Notification.channel == Channel.SMS)).first()
        assert first is not None
        first.state = State.DELIVERED
    assert undelivered.count(None) == 1


def test_a_given_up_mail_is_replaced_but_a_late_reminder_is_not(post: Post) -> None:
    post.mails_fail = TemporaryFailure("451 later")
    tell(person(), "booking_received")
    tell(person(mobile="0912345679"), "reminder")
    delivery.deliver_due()
    clock.stop_everywhere(clock.now() + timedelta(days=4))
    delivery.deliver_due()
    assert {m.event for m in queued(Channel.MAIL) if m.state == State.FAILED} == {"booking_received", "reminder"}
    assert [m.event for m in queued()] == ["booking_received"]


def test_a_link_is_wiped_although_an_sms_waits_beside_it(post: Post) -> None:
    lawyer = person()
    with transaction() as session:
        notifications.enqueue(session, "password", lawyer, lawyer, values={"minutes": 30}, link="https://x/y")
    delivery.deliver_due()
    assert queued(Channel.MAIL)[0].secret is None and queued() == []


def test_a_verdict_of_the_desk_is_told_by_both_without_the_officers_own_words(each_database: str, post: Post) -> None:
    booking, officer = factories.reservation(applicant_id=person().id), factories.officer()
    verdict = booking_review.RowVerdict(booking.id, "reject", booking.version, _reason(), "黃小萍另有開庭")
    booking_review.decide(verdict, None, officer.id, ANYBODY)
    assert db.session.get_one(Reservation, booking.id).state == "rejected"
    mail, short = queued(Channel.MAIL)[0], queued()[0]
    assert "黃小萍" in mail.body and "黃小萍" not in short.body and _reason() in short.body


def _reason() -> str:
    return reasons.offered(ReasonScope.BOOKING)[0].text
