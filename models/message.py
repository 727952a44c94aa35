"""The outbox: a decision and its message are one commit; a worker delivers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.rules.vocabulary import Channel, MessageState
from models.agency import Agency
from models.applicant import Applicant
from models.base import (
    Base,
    Instant,
    Sealed,
    Timestamped,
    Versioned,
    internal,
    key,
    public,
    reference,
    sensitive,
    word,
)
from models.staff import Officer


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
    #: Version of the record that the message tells about: of two messages the higher one is the newer.
    subject_version: Mapped[int] = internal(nullable=False, default=1)
    #: When trying again no longer helps anybody: then it goes to 未送達通知處理.
    give_up_at: Mapped[datetime | None] = internal(Instant)
    #: Whether a calendar file goes with the mail.
    has_calendar: Mapped[bool] = internal(nullable=False, default=False)
    #: The SMS gateway's own number of the message, and in how many parts it was sent.
    provider_id: Mapped[str | None] = internal(String(100), index=True)
    parts: Mapped[int | None] = internal(Integer)
    #: What an officer did about a message that did not arrive.
    handled_at: Mapped[datetime | None] = internal(Instant)
    handled_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    handled_note_sealed: Mapped[bytes | None] = sensitive()
    #: When text and address were erased because their term was over.
    erased_at: Mapped[datetime | None] = internal(Instant)

    handled_note: Any = Sealed("handled_note_sealed")
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


class MessageTemplate(Timestamped, Versioned, Base):
    """通知範本: subject and body of one event on one channel in one language."""

    __tablename__ = "message_template"

    id: Mapped[str] = key()
    event: Mapped[str] = public(String(40), nullable=False)
    channel: Mapped[Channel] = word(Channel, name="ck_message_template_channel", nullable=False)
    locale: Mapped[str] = public(String(16), nullable=False)
    subject: Mapped[str] = public(String(200), nullable=False, default="")
    body: Mapped[str] = public(Text, nullable=False)

    __table_args__ = (UniqueConstraint("event", "channel", "locale", name="uq_message_template"),)


class MessageTemplateEdition(Base):
    """An earlier or present wording of a 通知範本: who wrote it, and when."""

    __tablename__ = "message_template_edition"

    id: Mapped[str] = key()
    template_id: Mapped[str] = reference(ForeignKey("message_template.id"), nullable=False)
    number: Mapped[int] = internal(nullable=False)
    subject: Mapped[str] = public(String(200), nullable=False, default="")
    body: Mapped[str] = public(Text, nullable=False)
    saved_at: Mapped[datetime] = internal(Instant, nullable=False)
    saved_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))

    template: Mapped[MessageTemplate] = relationship()
    saved_by: Mapped[Officer | None] = relationship()

    __table_args__ = (UniqueConstraint("template_id", "number", name="uq_message_template_edition"),)
