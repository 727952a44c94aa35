"""My sessions: list, end one, end all; and the password asked again before what matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.security import Actor
from app.services import audit
from app.transaction import transaction
from models import BrowserSession, SessionKind

#: How long an answered "password again" counts.
FRESH_FOR = timedelta(minutes=5)
#: Under which name a session's content keeps when that was (seconds).
CONFIRMED_AT = "password_confirmed_at"


def is_fresh(content: Mapping[str, Any]) -> bool:
    """Whether the person of a session (its content is given) has given the password again a moment ago."""
    confirmed_at = content.get(CONFIRMED_AT)
    return confirmed_at is not None and 0 <= clock.now().timestamp() - confirmed_at < FRESH_FOR.total_seconds()


def of(kind: SessionKind, subject_id: str) -> list[BrowserSession]:
    """The live sessions of a person at a door, the last seen first."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(BrowserSession)
            .where(
                BrowserSession.kind == kind,
                BrowserSession.subject_id == subject_id,
                BrowserSession.revoked_at.is_(None),
                BrowserSession.expires_at > now,
            )
            .order_by(BrowserSession.seen_at.desc(), BrowserSession.id)
        )
    )


def past(kind: SessionKind, subject_id: str, most: int = 20) -> list[BrowserSession]:
    """The newest sessions of a person at a door, ended ones too."""
    mine = (BrowserSession.kind == kind, BrowserSession.subject_id == subject_id)
    newest = select(BrowserSession).where(*mine).order_by(BrowserSession.created_at.desc(), BrowserSession.id)
    return list(db.session.scalars(newest.limit(most)))


def end(kind: SessionKind, subject_id: str, session_id: str, actor: Actor) -> None:
    """End one of one's own sessions; raises ``NotFound``."""
    with transaction() as session:
        row = session.get(BrowserSession, session_id)
        if row is None or row.kind != kind or row.subject_id != subject_id or row.revoked_at is not None:
            raise NotFound()
        row.revoked_at = clock.now()
        audit.record(session, "session.end", actor, row)


def note_sign_out(session_id: str | None, actor: Actor) -> None:
    """Write into the trail that somebody signs out; the session itself ends with the request."""
    with transaction() as session:
        audit.record(session, "session.sign_out", actor, BrowserSession.__tablename__, subject_id=session_id)


def end_others(kind: SessionKind, subject_id: str, keep: str | None, actor: Actor) -> None:
    """End all of one's own sessions but one."""
    with transaction() as session:
        end_all(session, kind, subject_id, keep)
        audit.record(session, "session.end_others", actor, "browser_session")


def end_all(session: Session, kind: SessionKind, subject_id: str, keep: str | None = None) -> None:
    """End all sessions of a person at a door (but one), in the caller's transaction."""
    where = [
        BrowserSession.kind == kind,
        BrowserSession.subject_id == subject_id,
        BrowserSession.revoked_at.is_(None),
    ]
    if keep:
        where.append(BrowserSession.id != keep)
    session.execute(update(BrowserSession).where(*where).values(revoked_at=clock.now()))
