"""辨識結果: how a face seen at a mobile visit compares with the photograph of the application."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.rules.office_vocabulary import RecognitionSource, RecognitionVerdict
from models.access_key import AccessKey
from models.agency import Agency
from models.application import Attachment
from models.base import (
    Base,
    Instant,
    Sealed,
    Timestamped,
    Versioned,
    check,
    internal,
    key,
    personal,
    reference,
    sensitive,
    word,
)
from models.reservation import Reservation
from models.staff import Officer


class RecognitionResult(Timestamped, Versioned, Base):
    """One comparison: ``portrait`` is the paper it was compared with, ``storage_key`` the capture in the file store.

    ``score`` and ``threshold`` lie between 0 and 1; both are empty where nothing was compared. ``override`` is what an
    officer decided instead, with a reason.
    """

    __tablename__ = "recognition_result"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    reservation_id: Mapped[str] = reference(ForeignKey("reservation.id"), nullable=False, index=True)
    portrait_id: Mapped[str | None] = reference(ForeignKey("attachment.id"))
    captured_at: Mapped[datetime] = internal(Instant, nullable=False)
    storage_key: Mapped[str | None] = internal(String(32), unique=True)
    media_type: Mapped[str | None] = internal(String(40))
    size_bytes: Mapped[int | None] = internal(Integer)
    score: Mapped[float | None] = personal(Float)
    threshold: Mapped[float | None] = internal(Float)
    verdict: Mapped[RecognitionVerdict] = word(RecognitionVerdict, name="ck_recognition_verdict", nullable=False)
    source: Mapped[RecognitionSource] = word(RecognitionSource, name="ck_recognition_source", nullable=False)
    access_key_id: Mapped[str | None] = reference(ForeignKey("access_key.id"))
    #: How the sending system calls this comparison: sent twice, it is kept once.
    external_id: Mapped[str | None] = internal(String(64))
    override: Mapped[RecognitionVerdict | None] = word(RecognitionVerdict, name="ck_recognition_override")
    override_reason_sealed: Mapped[bytes | None] = sensitive()
    overridden_at: Mapped[datetime | None] = internal(Instant)
    overridden_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))

    override_reason: Any = Sealed("override_reason_sealed")
    agency: Mapped[Agency] = relationship()
    reservation: Mapped[Reservation] = relationship()
    portrait: Mapped[Attachment | None] = relationship()
    access_key: Mapped[AccessKey | None] = relationship()
    overridden_by: Mapped[Officer | None] = relationship()

    __table_args__ = (
        UniqueConstraint("access_key_id", "external_id", name="uq_recognition_external"),
        Index("ix_recognition_agency", "agency_id", "captured_at", "id"),
        Index("ix_recognition_all", "captured_at", "id"),
        check("(override IS NULL) = (overridden_at IS NULL)", "ck_recognition_overridden"),
    )
