"""Mail servers that misbehave, and an outbox to deliver through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import MessageState
from app.services import delivery
from app.transaction import end_reading, transaction
from models import Notification, new_id
from tests import factories
from tests.adapters.mail_servers import mailer
from tests.concurrency.unruly_server import UnrulyServer


@pytest.fixture
def server() -> Iterator[UnrulyServer]:
    """A mail server that works until the test says otherwise."""
    with UnrulyServer() as server:
        yield server


@pytest.fixture
def through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes this process deliver through a port: ``through(port, limit=0.3)``, waits exactly as in the table."""
    monkeypatch.setattr(delivery, "chance", lambda: 0.5)

    def use(port: int, limit: float = 5.0, **settings: object) -> None:
        monkeypatch.setitem(app.extensions, "mailer", mailer(port, limit, **settings))

    return use


def queue(number: int, matter: str | None = None) -> list[str]:
    """Queue so many mails, each about a matter of its own or all about one; their ids in order."""
    with transaction():
        person = factories.applicant()
        rows = [
            factories.notification(
                person, subject_id=matter or new_id(), event="password_changed", subject_version=turn
            )
            for turn in range(number)
        ]
    ids = [row.id for row in rows]
    end_reading()
    return ids


def states() -> dict[str, MessageState]:
    """The state of every message, as the screens show it."""
    end_reading()
    return {row: state for row, state in db.session.execute(select(Notification.id, Notification.state))}


def row(message_id: str) -> Notification:
    """The message as the database has it now."""
    end_reading()
    return db.session.get_one(Notification, message_id)
