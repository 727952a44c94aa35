"""The outbox: a decision and its message are one commit; a worker delivers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.rules.vocabulary import Channel, MessageState
from models.agency import Agency
from models.applicant import Applicant
from models.base import Base, Instant, Sealed, Timestamped, internal, key, public, reference, sensitive, word


class Notification(Base):
    """簡訊電子郵件紀錄: one message to one person, from queue to delivery.

    ``body`` is what the logs show; live links and codes stand in ``secret`` only, which is wiped once sent.
    """

    __tablename__ = "notification"

    id: Mapped[str] = key()
    dedupe_key: Mapped[str] = internal(String(120), nullable=False, unique=True)
    event: Mapped[str] = internal(String(40), nullable=False)
    channel: Mapped[Channel] = word(Channel, name="ck_notification_channel", nullable=False)
    agency_id: Mapped[str | None] = reference(ForeignKey("agency.id"))
    applicant_id: Mapped[str | None] = reference(ForeignKey("applicant.id"))
    subject_kind: Mapped[str] = internal(String(32), nullable=False)
    subject_id: Mapped[str] = internal(String(36), nullable=False, index=True)
    recipient_sealed: Mapped[bytes] = sensitive(nullable=False)
    subject: Mapped[str] = internal(String(200), nullable=False)
    body_sealed: Mapped[bytes] = sensitive(nullable=False)
    secret_sealed: Mapped[bytes | None] = sensitive()
    state: Mapped[MessageState] = word(
        MessageState, name="ck_notification_state", nullable=False, default=MessageState.QUEUED
    )
    attempts: Mapped[int] = internal(nullable=False, default=0)
    queued_at: Mapped[datetime] = internal(Instant, nullable=False)
    due_at: Mapped[datetime] = internal(Instant, nullable=False)
    lease_until: Mapped[datetime | None] = internal(Instant)
    sent_at: Mapped[datetime | None] = internal(Instant)
    last_error: Mapped[str | None] = internal(String(200))

    recipient: Any = Sealed("recipient_sealed")
    body: Any = Sealed("body_sealed")
    secret: Any = Sealed("secret_sealed", kind="json")
    agency: Mapped[Agency | None] = relationship()
    applicant: Mapped[Applicant | None] = relationship()

    __table_args__ = (
        Index("ix_notification_due", "state", "due_at", "id"),
        Index("ix_notification_applicant", "applicant_id", "queued_at", "id"),
        Index("ix_notification_agency", "agency_id", "queued_at", "id"),
        Index("ix_notification_state", "state", "queued_at", "id"),
        Index("ix_notification_all", "queued_at", "id"),
    )


class MessageTemplate(Timestamped, Base):
    """通知範本: subject and body of one event on one channel in one language."""

    __tablename__ = "message_template"

    id: Mapped[str] = key()
    event: Mapped[str] = public(String(40), nullable=False)
    channel: Mapped[Channel] = word(Channel, name="ck_message_template_channel", nullable=False)
    locale: Mapped[str] = public(String(16), nullable=False)
    subject: Mapped[str] = public(String(200), nullable=False, default="")
    body: Mapped[str] = public(Text, nullable=False)

    __table_args__ = (UniqueConstraint("event", "channel", "locale", name="uq_message_template"),)
