"""Order and replacing: news of one matter never overtakes older news, and what is outdated is not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.adapters.mailer import Mail, PermanentFailure, TemporaryFailure
from app.extensions import db
from app.rules.vocabulary import MessageState as State
from app.services import delivery
from models import Applicant, Notification, new_id
from tests import factories


class Postman:
    """Keeps subjects; fails as ``answers`` says by subject."""

    def __init__(self) -> None:
        self.carried: list[str] = []
        self.answers: dict[str, Exception] = {}

    def send(self, mail: Mail) -> None:
        if mail.subject in self.answers:
            raise self.answers[mail.subject]
        self.carried.append(mail.subject)

    @contextmanager
    def session(self) -> Iterator[Callable[[Mail], None]]:
        yield self.send


@pytest.fixture
def postman(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Postman:
    postman = Postman()
    monkeypatch.setitem(app.extensions, "mailer", postman)
    monkeypatch.setattr(delivery, "chance", lambda: 0.5)
    return postman


@pytest.fixture
def person(app: Flask, dialect: str) -> Applicant:
    return factories.applicant()


def news(person: Applicant, subject: str, matter: str, event: str, age: float = 0, **columns: Any) -> Notification:
    """A message about a matter, queued some minutes ago."""
    at = clock.now() - timedelta(minutes=age)
    columns = {"subject_kind": "reservation", "queued_at": at, "due_at": at, **columns}
    return factories.notification(person, subject=subject, subject_id=matter, event=event, **columns)


def states() -> dict[str, State]:
    db.session.rollback()
    rows = db.session.execute(select(Notification.subject, Notification.state))
    return {subject: state for subject, state in rows}


def test_a_newer_message_replaces_one_that_still_waits(each_database: str, postman: Postman, person: Applicant) -> None:
    visit = new_id()
    for age, (subject, event) in enumerate(
        [("cancelled", "booking_cancelled"), ("approved", "booking_approved"), ("received", "booking_received")]
    ):
        news(person, subject, visit, event, age)
    assert delivery.deliver_due() == 3
    assert postman.carried == ["cancelled"]
    assert states() == {"received": State.REPLACED, "approved": State.REPLACED, "cancelled": State.SENT}


def test_one_that_waits_for_its_next_attempt_is_replaced_at_once(postman: Postman, person: Applicant, clock_at) -> None:  # type: ignore[no-untyped-def]
    visit = new_id()
    postman.answers = {"approved": TemporaryFailure("451")}
    news(person, "approved", visit, "booking_approved")
    delivery.deliver_due()
    clock_at.passes(seconds=5)
    news(person, "cancelled", visit, "booking_cancelled")
    delivery.deliver_due()
    assert states() == {"approved": State.REPLACED, "cancelled": State.SENT}


def test_version_decides_where_the_time_is_the_same(each_database: str, postman: Postman, person: Applicant) -> None:
    visit = new_id()
    for version in (3, 1, 2):
        news(person, f"v{version}", visit, "booking_changed", subject_version=version)
    delivery.deliver_due()
    assert postman.carried == ["v3"]


def test_what_stands_alone_is_sent_in_order_and_never_replaced(
    each_database: str, postman: Postman, person: Applicant
) -> None:
    for age, subject in enumerate(["third", "second", "first"]):
        news(person, subject, person.id, "password_changed", age, subject_kind="applicant")
    while delivery.deliver_due():
        pass
    assert postman.carried == ["first", "second", "third"]


@pytest.mark.parametrize("event", ["password_changed", "reminder"])
def test_it_waits_for_an_older_one_that_it_may_not_replace(
    event: str, postman: Postman, person: Applicant, clock_at
) -> None:  # type: ignore[no-untyped-def]
    older = "password_changed" if event == "password_changed" else "booking_approved"
    postman.answers = {"older": TemporaryFailure("451")}
    news(person, "older", person.id, older, age=1)
    news(person, "newer", person.id, event)
    assert delivery.deliver_due() == 1
    assert postman.carried == [] and states()["newer"] is State.QUEUED
    postman.answers = {}
    clock_at.passes(minutes=1)
    delivery.deliver_due()
    delivery.deliver_due()
    assert postman.carried == ["older", "newer"]


def test_one_that_failed_for_good_stands_in_nobodys_way(postman: Postman, person: Applicant) -> None:
    postman.answers = {"older": PermanentFailure("550")}
    news(person, "older", person.id, "password_changed", age=1)
    news(person, "newer", person.id, "password_changed")
    delivery.deliver_due()
    delivery.deliver_due()
    assert states() == {"older": State.FAILED, "newer": State.SENT}


def test_another_matter_and_another_person_do_not_wait(each_database: str, postman: Postman, person: Applicant) -> None:
    visit = new_id()
    postman.answers = {"older": TemporaryFailure("451")}
    news(person, "older", visit, "password_changed", age=1)
    news(person, "other matter", new_id(), "password_changed")
    news(factories.applicant(), "other person", visit, "password_changed")
    delivery.deliver_due()
    assert sorted(postman.carried) == ["other matter", "other person"]


def test_many_that_wait_do_not_hide_one_that_may_go(postman: Postman, person: Applicant) -> None:
    postman.answers = {"stuck": TemporaryFailure("451")}
    news(person, "stuck", person.id, "password_changed", age=99)
    for number in range(6):
        news(person, f"behind {number}", person.id, "password_changed", age=50 - number)
    news(person, "free", new_id(), "booking_approved")
    for _ in range(3):
        delivery.deliver_due(limit=2)
    assert postman.carried == ["free"]


def test_an_older_one_sent_again_by_hand_does_not_bring_old_news(postman: Postman, person: Applicant) -> None:
    visit = new_id()
    news(person, "cancelled", visit, "booking_cancelled", state=State.SENT)
    news(person, "approved", visit, "booking_approved", age=5)
    delivery.deliver_due()
    assert postman.carried == [] and states()["approved"] is State.REPLACED


def test_a_reminder_of_a_cancelled_visit_is_not_sent_and_replaces_nothing(postman: Postman, person: Applicant) -> None:
    one, two = new_id(), new_id()
    news(person, "approved", one, "booking_approved", age=2)
    news(person, "reminder", one, "reminder")
    news(person, "reminded of nothing", two, "reminder", age=2)
    news(person, "cancelled", two, "booking_cancelled")
    while delivery.deliver_due():
        pass
    assert sorted(postman.carried) == ["approved", "cancelled", "reminder"]


@pytest.mark.parametrize(("event", "goes"), [("reminder", False), ("booking_approved", True)])
def test_after_its_time_only_what_is_still_true_is_tried(
    event: str, goes: bool, postman: Postman, person: Applicant
) -> None:
    late = news(person, "late", new_id(), event, give_up_at=clock.now() - timedelta(minutes=1))
    assert delivery.deliver_due() == 1
    assert bool(postman.carried) is goes
    assert states()["late"] is (State.SENT if goes else State.FAILED)
    assert goes or db.session.get_one(Notification, late.id).last_error == "gave up: its time is over"
