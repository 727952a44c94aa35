"""Browser sessions, kept on the server: the cookie is only a random number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped

from app.i18n import _l
from app.rules.vocabulary import Word
from models.base import Base, Instant, Sealed, digest_column, internal, key, sensitive, word


class SessionKind(Word):
    """At which door a session was opened; it is worth nothing at the other."""

    APPLICANT = "applicant", _l("申請人")
    STAFF = "staff", _l("機關人員")


class BrowserSession(Base):
    """One browser at one door: idle and absolute end, revocation, and its sealed content."""

    __tablename__ = "browser_session"

    id: Mapped[str] = key()
    digest: Mapped[str] = digest_column(nullable=False, unique=True)
    kind: Mapped[SessionKind] = word(SessionKind, name="ck_browser_session_kind", nullable=False)
    subject_id: Mapped[str | None] = internal(String(36))
    content_sealed: Mapped[bytes | None] = sensitive()
    remote_address_sealed: Mapped[bytes | None] = sensitive()
    user_agent: Mapped[str | None] = internal(String(200))
    created_at: Mapped[datetime] = internal(Instant, nullable=False)
    seen_at: Mapped[datetime] = internal(Instant, nullable=False)
    expires_at: Mapped[datetime] = internal(Instant, nullable=False, index=True)
    revoked_at: Mapped[datetime | None] = internal(Instant)

    content: Any = Sealed("content_sealed")
    remote_address: Any = Sealed("remote_address_sealed")

    __table_args__ = (Index("ix_browser_session_subject", "kind", "subject_id"),)
