"""What guards the ways in: counted attempts, second factors, passwords of the past."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Instant, Sealed, digest_column, internal, key, sensitive, word
from models.session import SessionKind


class AttemptCounter(Base):
    """How often something was tried under one name; the name itself is kept as a keyed digest only.

    Full (``count`` at its limit) and before ``until`` means shut; after ``until`` it starts afresh.
    """

    __tablename__ = "attempt_counter"

    id: Mapped[str] = key()
    purpose: Mapped[str] = internal(String(40), nullable=False)
    digest: Mapped[str] = digest_column(nullable=False)
    count: Mapped[int] = internal(nullable=False)
    until: Mapped[datetime] = internal(Instant, nullable=False, index=True)

    __table_args__ = (UniqueConstraint("purpose", "digest", name="uq_attempt_counter"),)


class SecondFactor(Base):
    """A time-based one-time password (RFC 6238) of one person; counts once ``confirmed_at`` stands."""

    __tablename__ = "second_factor"

    id: Mapped[str] = key()
    kind: Mapped[SessionKind] = word(SessionKind, name="ck_second_factor_kind", nullable=False)
    subject_id: Mapped[str] = internal(String(36), nullable=False)
    secret_sealed: Mapped[bytes] = sensitive(nullable=False)
    created_at: Mapped[datetime] = internal(Instant, nullable=False)
    confirmed_at: Mapped[datetime | None] = internal(Instant)
    #: The newest time step that was accepted: a code works once.
    last_step: Mapped[int] = internal(BigInteger, nullable=False, default=0)

    secret: Any = Sealed("secret_sealed")

    __table_args__ = (
        UniqueConstraint("kind", "subject_id", name="uq_second_factor_subject"),
        Index("ix_second_factor_all", "created_at", "id"),
    )


class RecoveryCode(Base):
    """A code that replaces the second factor once."""

    __tablename__ = "recovery_code"

    id: Mapped[str] = key()
    kind: Mapped[SessionKind] = word(SessionKind, name="ck_recovery_code_kind", nullable=False)
    subject_id: Mapped[str] = internal(String(36), nullable=False)
    digest: Mapped[str] = digest_column(nullable=False)
    used_at: Mapped[datetime | None] = internal(Instant)

    __table_args__ = (UniqueConstraint("kind", "subject_id", "digest", name="uq_recovery_code"),)


class FormerPassword(Base):
    """A password (hash) that a member of staff had, the present one included: the last three may not come back."""

    __tablename__ = "former_password"

    id: Mapped[str] = key()
    officer_id: Mapped[int] = internal(nullable=False)
    password_hash: Mapped[str] = internal(String(256), nullable=False)
    set_at: Mapped[datetime] = internal(Instant, nullable=False)

    __table_args__ = (Index("ix_former_password_officer", "officer_id", "set_at"),)
