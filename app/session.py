"""Sessions on the server, of two kinds: the door decides which cookie counts, the cookie is only a random number."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask import request as current_request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.transaction import has_noted, transaction
from models import BrowserSession, SessionKind

#: A session's last-seen time is written at most this often.
TOUCH_EVERY = timedelta(seconds=60)
TOUCH_AT_LATEST = timedelta(minutes=5)
#: Marks what a page fetches by itself (the waiting board): nobody is at work because of it.
BY_ITSELF = "X-Board"
_serializer = TaggedJSONSerializer()


def kind_of(path: str) -> SessionKind | None:
    """Which kind of session a path belongs to; none for static files."""
    if path.startswith(("/backoffice", "/auditor")):
        return None if "/static/" in path else SessionKind.STAFF
    return SessionKind.APPLICANT if path == "/" or path.startswith("/portal") else None


def digest_of(number: str) -> str:
    """What the database keeps of a cookie."""
    return hashlib.sha256(number.encode()).hexdigest()


class ServerSession(SessionMixin):
    """The content of one browser's session at one door.

    ``subject_id`` is who has signed in; :meth:`sign_in` gives the session a new number (no fixation) and
    :meth:`sign_out` ends it on the server.
    """

    def __init__(self, kind: SessionKind | None, row: BrowserSession | None = None, number: str | None = None) -> None:
        self.kind, self.number = kind, number
        self.row_id = row.id if row else None
        self.subject_id = row.subject_id if row else None
        self.seen_at = row.seen_at if row else None
        #: When it ends whatever is done; not known before it is kept for the first time.
        self.expires_at = row.expires_at if row else None
        self.data: dict[str, Any] = _serializer.loads(row.content) if row and row.content else {}
        self.modified = False
        self.accessed = False
        self.renewed = False
        self.ended = False

    def __getitem__(self, name: str) -> Any:
        self.accessed = True
        return self.data[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if self.kind is None:
            return
        self.modified = self.modified or self.data.get(name, self) != value or isinstance(value, (list, dict))
        self.data[name] = value

    def __delitem__(self, name: str) -> None:
        self.modified = True
        del self.data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    @property
    def new(self) -> bool:  # type: ignore[override]
        return self.row_id is None

    def sign_in(self, subject_id: str) -> None:
        """Bind the session to a person under a new number; what was in it (but the language) goes."""
        locale = self.data.get("locale")
        self.data = {"locale": locale} if locale else {}
        self.subject_id, self.renewed, self.modified, self.ended = subject_id, True, True, False
        self.expires_at = None

    def change_number(self) -> None:
        """Go on under a new number until the same end: whoever has a copy of the cookie is out."""
        self.renewed = self.modified = True

    def sign_out(self) -> None:
        """End the session on the server: a copied cookie is dead."""
        locale = self.data.get("locale")
        self.data = {"locale": locale} if locale else {}
        self.subject_id, self.ended, self.modified, self.expires_at = None, True, True, None


class ServerSessions(SessionInterface):
    """Keeps sessions in ``browser_session``; writes a row only when there is something to keep."""

    session_class = ServerSession

    def cookie_name(self, app: Flask, kind: SessionKind) -> str:
        """``portal`` or ``staff``, with the ``__Host-`` prefix on TLS."""
        name = "portal" if kind is SessionKind.APPLICANT else "staff"
        return f"__Host-{name}" if app.config["SESSION_COOKIE_SECURE"] else name

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        kind = kind_of(request.path)
        if kind is None:
            return ServerSession(None)
        number = request.cookies.get(self.cookie_name(app, kind))
        row = self._find(app, kind, number) if number else None
        return ServerSession(kind, row, number if row else None)

    def _find(self, app: Flask, kind: SessionKind, number: str) -> BrowserSession | None:
        row = db.session.scalar(select(BrowserSession).where(BrowserSession.digest == digest_of(number)))
        if row is None or row.kind != kind or row.revoked_at is not None:
            return None
        now = clock.now()
        if now >= row.expires_at or now - row.seen_at >= idle_limit(app, kind):
            return None
        return row

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        if session.kind is None:
            return
        if session.accessed or session.modified:
            response.vary.add("Cookie")
        now = clock.now()
        # A page that has written into the trail leaves this to the next one, for a while.
        pause = TOUCH_AT_LATEST if has_noted() else TOUCH_EVERY
        touch = session.row_id is not None and (session.seen_at is None or now - session.seen_at >= pause)
        touch = touch and BY_ITSELF not in current_request.headers
        if session.new and not session.modified:
            return
        if not session.modified and not touch:
            return
        with transaction() as database:
            if session.row_id and (session.renewed or session.ended):
                database.execute(
                    update(BrowserSession).where(BrowserSession.id == session.row_id).values(revoked_at=now)
                )
                session.row_id = session.number = None
            if session.row_id is None:
                self._insert(app, session, response)
                return
            if not session.modified:
                self._touch(database, session.row_id, now)
                return
            row = database.get(BrowserSession, session.row_id)
            if row is not None and row.revoked_at is None:
                row.seen_at, row.content = now, _serializer.dumps(session.data)

    def _touch(self, database: Session, row_id: str, now: datetime) -> None:
        """Note that the browser was seen, by one statement: it comes with every page once a minute."""
        database.execute(
            update(BrowserSession)
            .where(BrowserSession.id == row_id, BrowserSession.revoked_at.is_(None))
            .values(seen_at=now)
        )

    def _insert(self, app: Flask, session: ServerSession, response: Response) -> None:
        assert session.kind is not None
        now, number = clock.now(), secrets.token_urlsafe(32)
        row = BrowserSession(
            digest=digest_of(number),
            kind=session.kind,
            subject_id=session.subject_id,
            created_at=now,
            seen_at=now,
            expires_at=session.expires_at or now + app.config["SESSION_ABSOLUTE"],
            user_agent=(current_request.user_agent.string or "")[:200],
            remote_address=current_request.remote_addr,
        )
        row.content = _serializer.dumps(session.data)
        db.session.add(row)
        response.set_cookie(
            self.cookie_name(app, session.kind),
            number,
            httponly=True,
            secure=app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax" if session.kind is SessionKind.APPLICANT else "Strict",
            path="/",
        )


def idle_limit(app: Flask, kind: SessionKind) -> timedelta:
    """How long a session of this kind lives without a request."""
    return app.config["STAFF_IDLE"] if kind is SessionKind.STAFF else app.config["PORTAL_IDLE"]


def install(app: Flask) -> None:
    """Use server-side sessions."""
    app.session_interface = ServerSessions()
