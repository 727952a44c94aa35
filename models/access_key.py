"""Keys with which other systems of the agencies hand data in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, relationship

from app.rules.office_vocabulary import ApiScope
from models.agency import Agency
from models.base import Base, Instant, Timestamped, Versioned, digest_column, internal, key, reference, word
from models.staff import Officer


class AccessKey(Timestamped, Versioned, Base):
    """A key for one purpose, of one agency or of all; only its digest is kept, ``hint`` is how people tell keys apart.

    It ends by itself (``expires_at``) or at once (``revoked_at``).
    """

    __tablename__ = "access_key"

    id: Mapped[str] = key()
    name: Mapped[str] = internal(String(60), nullable=False)
    agency_id: Mapped[str | None] = reference(ForeignKey("agency.id"))
    scope: Mapped[ApiScope] = word(ApiScope, name="ck_access_key_scope", nullable=False)
    digest: Mapped[str] = digest_column(nullable=False, unique=True)
    hint: Mapped[str] = internal(String(12), nullable=False)
    expires_at: Mapped[datetime] = internal(Instant, nullable=False)
    last_used_at: Mapped[datetime | None] = internal(Instant)
    revoked_at: Mapped[datetime | None] = internal(Instant)
    made_by_id: Mapped[int] = internal(Integer, ForeignKey("ab_user.id"), nullable=False)

    agency: Mapped[Agency | None] = relationship()
    made_by: Mapped[Officer] = relationship()

    __table_args__ = (Index("ix_access_key_order", "created_at", "id"),)

    def __str__(self) -> str:
        return self.name
