"""My sessions: list, end one, end all; and the password asked again before what matters."""

from __future__ import annotations

from datetime import timedelta

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


def end(kind: SessionKind, subject_id: str, session_id: str, actor: Actor) -> None:
    """End one of one's own sessions; raises ``NotFound``."""
    with transaction() as session:
        row = session.get(BrowserSession, session_id)
        if row is None or row.kind != kind or row.subject_id != subject_id or row.revoked_at is not None:
            raise NotFound()
        row.revoked_at = clock.now()
        audit.record(session, "session.end", actor, row)


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
