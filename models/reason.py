"""不通過原因: the drop-down of reasons for refusing."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.rules.vocabulary import ReasonScope
from models.base import Base, Timestamped, Versioned, key, public, word


class RejectionReason(Timestamped, Versioned, Base):
    """One reason for refusing, in Chinese and English, offered in one kind of review."""

    __tablename__ = "rejection_reason"

    id: Mapped[str] = key()
    scope: Mapped[ReasonScope] = word(ReasonScope, name="ck_rejection_reason_scope", nullable=False)
    position: Mapped[int] = public(nullable=False)
    text: Mapped[str] = public(String(60), nullable=False)
    text_en: Mapped[str] = public(String(120), nullable=False)
    is_active: Mapped[bool] = public(nullable=False, default=True)

    __table_args__ = (UniqueConstraint("scope", "text", name="uq_rejection_reason_text"),)

    def __str__(self) -> str:
        return self.text
