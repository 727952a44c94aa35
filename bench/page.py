"""How many statements session and trail add to a page: ``.venv/bin/python -m bench.page``.

The same pages are opened with sessions in the database and a written trail, and with both taken out: a session that
needs no row, and a trail that writes nothing. The goal is at most 3 more. Once a minute a request also notes when the
browser was last seen, which is counted apart.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from sqlalchemy import event, update

from app import clock
from app.extensions import db
from app.services import audit
from app.session import ServerSession, ServerSessions
from app.transaction import transaction
from models import AuditEntry, BrowserSession
from tests import factories
from tests.conftest import BrowserClient
from tests.databases import build_app, migrate, seed
from tests.doors import Office, Portal, Visitor
from tests.postgres import RUN_FOLDER
from views.backoffice import looks

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that a block sends to the database, without those that frame a transaction."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(_FRAME):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


class SessionInMemory(ServerSessions):
    """The session of one visitor, as it was, without asking the database."""

    def __init__(self, visitor: Visitor) -> None:
        row = visitor.session_row()
        assert row is not None
        self.kind, self.subject_id, self.content = row.kind, row.subject_id, visitor.session_content()

    def open_session(self, app: Flask, request: Any) -> ServerSession:
        session = ServerSession(self.kind)
        session.subject_id, session.data = self.subject_id, dict(self.content)
        return session

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        """Keep nothing."""


@contextmanager
def without_session_and_trail(app: Flask, visitor: Visitor) -> Iterator[None]:
    """Take both out for a block; who has opened a case lately is still asked, because the page shows it."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(app, "session_interface", SessionInMemory(visitor)))
        for place, name in ((audit, "read"), (audit, "record"), (looks, "note")):
            stack.enter_context(mock.patch.object(place, name, lambda *args, **options: None))
        yield


def statements(visitor: Visitor, address: str) -> int:
    """How much opening a page sends to the database."""
    with counting() as seen:
        page = visitor.opens(address)
    assert page.address == address, f"{address} led to {page.address}"
    return len(seen)


def last_seen(minutes: int) -> None:
    """Let all browsers have been seen this long ago."""
    with transaction() as session:
        session.execute(update(BrowserSession).values(seen_at=clock.now() - timedelta(minutes=minutes)))


def nobody_has_looked() -> None:
    """Let the looks so far lie long ago."""
    with transaction() as session:
        session.execute(update(AuditEntry).values(at=clock.now() - timedelta(days=1)))


def measure(app: Flask, pages: dict[str, tuple[Visitor, str]], show: Callable[[str], None]) -> None:
    """Print one line for each page."""
    show("| page | without both | first look | further looks | first look, once a minute |\n|---|---:|---:|---:|---:|")
    for name, (visitor, address) in pages.items():
        visitor.opens(address)  # tokens of forms, caches of templates
        with without_session_and_trail(app, visitor):
            plain = statements(visitor, address)
        counts = []
        for minutes in (0, 0, 2):
            last_seen(minutes)
            if len(counts) != 1:
                nobody_has_looked()
            counts.append(statements(visitor, address) - plain)
        show(f"| {name} | {plain} | +{counts[0]} | +{counts[1]} | +{counts[2]} |")


def main() -> None:
    """Build a small agency and count."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[RUN_FOLDER] = folder
        app = build_app(f"sqlite:///{folder}/bench.db", Path(folder) / "data")
        migrate(app)
        seed(app)
        app.test_client_class = BrowserClient
        with app.app_context():
            lawyer, agency = factories.applicant(), factories.agency()
            inmate = factories.inmate(agency)
            case = factories.application(lawyer, inmate)
            factories.reservation(factories.granted(lawyer, inmate))
            officer = factories.officer(agency)
            portal = Portal(app.test_client()).is_signed_in_as(lawyer)
            office = Office(app.test_client()).is_signed_in_as(officer)
            pages: dict[str, tuple[Visitor, str]] = {
                "portal: applications": (portal, "/portal/applications"),
                "portal: bookings": (portal, "/portal/bookings"),
                "office: list of applications": (office, "/backoffice/applications/list/"),
                "office: review of an application": (office, f"/backoffice/applications/review/{case.id}"),
            }
            measure(app, pages, print)
            db.session.remove()


if __name__ == "__main__":
    main()
