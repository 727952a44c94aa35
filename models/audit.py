"""稽核軌跡: one row per act, in the act's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped

from models.base import Base, Instant, Sealed, check, digest_column, internal, key, personal, sensitive


class AuditEntry(Base):
    """Who did what to which record, when and from where; ``mac`` is keyed over the row, ``seq`` is its number."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = internal(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    id: Mapped[str] = internal(Uuid(as_uuid=False), nullable=False, unique=True)
    at: Mapped[datetime] = internal(Instant, nullable=False)
    event: Mapped[str] = internal(String(60), nullable=False)
    actor_kind: Mapped[str] = internal(String(16), nullable=False)
    actor_id: Mapped[str | None] = internal(String(36))
    actor_name: Mapped[str | None] = personal(String(50))
    remote_address: Mapped[str | None] = personal(String(45))
    agency_id: Mapped[str | None] = internal(Uuid(as_uuid=False))
    subject_kind: Mapped[str] = internal(String(32), nullable=False)
    subject_id: Mapped[str | None] = internal(String(36))
    values_digest: Mapped[str] = digest_column(nullable=False)
    mac: Mapped[str] = digest_column(nullable=False)

    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "seq"),
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_event", "event", "seq"),
        Index("ix_audit_entry_agency", "agency_id", "seq"),
    )


class AuditValues(Base):
    """The sealed values of a trail row, apart from it: retention may erase them without breaking the trail."""

    __tablename__ = "audit_values"

    id: Mapped[str] = key()
    entry_seq: Mapped[int] = internal(ForeignKey("audit_entry.seq"), nullable=False, unique=True)
    facts_sealed: Mapped[bytes] = sensitive(nullable=False)

    #: What changed: {field: [before, after]}, or the act's own facts.
    facts: Any = Sealed("facts_sealed", kind="json")


class AuditCounter(Base):
    """The number of the newest trail row: numbers have no gaps, so a missing row shows. One row, locked by writers."""

    __tablename__ = "audit_counter"

    id: Mapped[int] = internal(primary_key=True, autoincrement=False)
    last: Mapped[int] = internal(BigInteger, nullable=False)

    __table_args__ = (check("id = 1", "ck_audit_counter_single"),)


class AuditSeal(Base):
    """A chained batch of trail rows; its head is also written outside the database."""

    __tablename__ = "audit_seal"

    id: Mapped[str] = key()
    last_seq: Mapped[int] = internal(BigInteger, nullable=False, unique=True)
    chain: Mapped[str] = digest_column(nullable=False)
    sealed_at: Mapped[datetime] = internal(Instant, nullable=False)
