"""Service applications, their papers, the draft they grow in, and the grants they lead to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from app.rules.vocabulary import ApplicationState as State
from app.rules.vocabulary import AttachmentKind, GrantState, Relationship, ServiceItem
from models.agency import Agency
from models.applicant import Applicant
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
from models.inmate import Inmate
from models.move import Moves
from models.staff import Officer

#: Legal moves of an application (SPEC §3).
APPLICATION_MOVES = Moves(
    {
        "approve": {State.PENDING: State.APPROVED},
        "approve_partly": {State.PENDING: State.PARTLY_APPROVED},
        "reject": {State.PENDING: State.REJECTED},
        "withdraw": {State.PENDING: State.WITHDRAWN},
        "expire": {State.PENDING: State.EXPIRED},
        # A wrong decision is undone and decided again (SPEC §3).
        "undo": {
            State.APPROVED: State.PENDING,
            State.PARTLY_APPROVED: State.PENDING,
            State.REJECTED: State.PENDING,
        },
    }
)

#: Legal moves of a grant (SPEC §3). ``question`` follows a move of the inmate, ``renew`` a decision made again.
GRANT_MOVES = Moves(
    {
        "suspend": {GrantState.ACTIVE: GrantState.SUSPENDED, GrantState.TO_CHECK: GrantState.SUSPENDED},
        "resume": {GrantState.SUSPENDED: GrantState.ACTIVE},
        "revoke": {
            GrantState.ACTIVE: GrantState.REVOKED,
            GrantState.TO_CHECK: GrantState.REVOKED,
            GrantState.SUSPENDED: GrantState.REVOKED,
        },
        "reinstate": {GrantState.REVOKED: GrantState.ACTIVE},
        "question": {GrantState.ACTIVE: GrantState.TO_CHECK},
        "confirm": {GrantState.TO_CHECK: GrantState.ACTIVE},
        "expire": {
            GrantState.ACTIVE: GrantState.EXPIRED,
            GrantState.TO_CHECK: GrantState.EXPIRED,
            GrantState.SUSPENDED: GrantState.EXPIRED,
        },
        "renew": {
            GrantState.ACTIVE: GrantState.ACTIVE,
            GrantState.REVOKED: GrantState.ACTIVE,
            GrantState.EXPIRED: GrantState.ACTIVE,
        },
    }
)


class ServiceApplication(Timestamped, Versioned, Base):
    """服務項目申請: one applicant asks for one service item with one inmate."""

    __tablename__ = "service_application"

    id: Mapped[str] = key()
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False, index=True)
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False, index=True)
    item: Mapped[ServiceItem] = word(ServiceItem, name="ck_service_application_item", nullable=False)
    relation: Mapped[Relationship] = word(Relationship, name="ck_service_application_relation", nullable=False)
    certificate_number: Mapped[str | None] = personal(String(40))
    supervising_lawyer: Mapped[str | None] = personal(String(50))
    state: Mapped[State] = word(State, name="ck_service_application_state", nullable=False, default=State.PENDING)
    submitted_at: Mapped[datetime] = internal(Instant, nullable=False)
    applied_on: Mapped[date] = internal(Date, nullable=False)
    decided_at: Mapped[datetime | None] = internal(Instant)
    decided_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    rejection_reason: Mapped[str | None] = internal(String(60))
    rejection_note_sealed: Mapped[bytes | None] = sensitive()
    idempotency_key: Mapped[str] = internal(String(36), nullable=False)
    #: The refused application that this one mends.
    previous_id: Mapped[str | None] = reference(ForeignKey("service_application.id"))

    rejection_note: Any = Sealed("rejection_note_sealed")
    applicant: Mapped[Applicant] = relationship()
    agency: Mapped[Agency] = relationship()
    inmate: Mapped[Inmate] = relationship()
    decided_by: Mapped[Officer | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="application", order_by="Attachment.created_at, Attachment.id"
    )
    #: What a family asks for; empty for a lawyer, whose application is one item.
    items: Mapped[list[ApplicationItem]] = relationship(back_populates="application", order_by="ApplicationItem.item")

    __table_args__ = (
        UniqueConstraint("applicant_id", "idempotency_key", name="uq_service_application_idempotency"),
        Index(
            "uq_service_application_pending",
            "applicant_id",
            "inmate_id",
            "item",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_service_application_review", "agency_id", "item", "state", "submitted_at", "id"),
        Index("ix_service_application_scope", "agency_id", "submitted_at", "id"),
        Index("ix_service_application_item", "item", "submitted_at", "id"),
        Index("ix_service_application_submitted", "submitted_at", "id"),
        Index("ix_service_application_decided", "decided_at"),
        Index("ix_service_application_all", "item", "state", "submitted_at", "id"),
        check(
            "(state IN ('approved','partly_approved','rejected')) = (decided_at IS NOT NULL)",
            "ck_service_application_decided",
        ),
    )

    def move(self, name: str) -> State:
        """Make a move of the table and return the state it came from; raises ``IllegalMove``."""
        before = self.state
        self.state = APPLICATION_MOVES.target(name, before)
        return before


class ApplicationItem(Base):
    """One service item of a family's application, with a verdict of its own."""

    __tablename__ = "application_item"

    id: Mapped[str] = key()
    application_id: Mapped[str] = reference(ForeignKey("service_application.id"), nullable=False)
    item: Mapped[ServiceItem] = word(ServiceItem, name="ck_application_item_item", nullable=False)
    state: Mapped[State] = word(State, name="ck_application_item_state", nullable=False, default=State.PENDING)
    rejection_reason: Mapped[str | None] = internal(String(60))
    rejection_note_sealed: Mapped[bytes | None] = sensitive()

    rejection_note: Any = Sealed("rejection_note_sealed")
    application: Mapped[ServiceApplication] = relationship(back_populates="items")

    __table_args__ = (UniqueConstraint("application_id", "item", name="uq_application_item"),)


class ApplicationDraft(Timestamped, Versioned, Base):
    """A half-filled application on the server: files go up one by one and survive a closed window (7 days)."""

    __tablename__ = "application_draft"

    id: Mapped[str] = key()
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False)
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False)
    item: Mapped[ServiceItem] = word(ServiceItem, name="ck_application_draft_item", nullable=False)
    fields_sealed: Mapped[bytes | None] = sensitive()
    expires_at: Mapped[datetime] = internal(Instant, nullable=False, index=True)
    #: The refused application that this draft mends: its papers but the refused ones are here already.
    previous_id: Mapped[str | None] = reference(ForeignKey("service_application.id"))

    #: What has been typed so far: relation, certificate_number, supervising_lawyer.
    fields: Any = Sealed("fields_sealed", kind="json")
    agency: Mapped[Agency] = relationship()
    inmate: Mapped[Inmate] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="draft", order_by="Attachment.created_at, Attachment.id"
    )

    __table_args__ = (UniqueConstraint("applicant_id", "inmate_id", "item", name="uq_application_draft_subject"),)


class Attachment(Base):
    """附件: a cleaned paper in the encrypted file store, on a draft first and then on its application."""

    __tablename__ = "attachment"

    id: Mapped[str] = key()
    draft_id: Mapped[str | None] = reference(ForeignKey("application_draft.id"), index=True)
    application_id: Mapped[str | None] = reference(ForeignKey("service_application.id"), index=True)
    kind: Mapped[AttachmentKind] = word(AttachmentKind, name="ck_attachment_kind", nullable=False)
    file_name_sealed: Mapped[bytes] = sensitive(nullable=False)
    media_type: Mapped[str] = internal(String(40), nullable=False)
    size_bytes: Mapped[int] = internal(nullable=False)
    pages: Mapped[int] = internal(nullable=False, default=1)
    storage_key: Mapped[str] = internal(String(32), nullable=False, unique=True)
    #: Where the untouched upload of a mandate is kept, sealed, as evidence; no page shows it.
    original_key: Mapped[str | None] = internal(String(32))
    created_at: Mapped[datetime] = internal(Instant, nullable=False)
    #: Why an officer refused this very paper (審核未通過 names the papers to replace); None where it stands.
    refusal: Mapped[str | None] = internal(String(60))
    refusal_note_sealed: Mapped[bytes | None] = sensitive()

    refusal_note: Any = Sealed("refusal_note_sealed")
    file_name: Any = Sealed("file_name_sealed")
    draft: Mapped[ApplicationDraft | None] = relationship(back_populates="attachments")
    application: Mapped[ServiceApplication | None] = relationship(back_populates="attachments")

    __table_args__ = (
        Index("uq_attachment_original_key", "original_key", unique=True),
        Index("ix_attachment_created", "created_at", "id"),
        check("(draft_id IS NULL) <> (application_id IS NULL)", "ck_attachment_owner"),
    )

    @property
    def file_keys(self) -> list[str]:
        """Every file of this paper in the store."""
        return [key for key in (self.storage_key, self.original_key) if key is not None]


class ServiceGrant(Timestamped, Versioned, Base):
    """取得之服務項目: what an approval allows, from when until when; a lawyer's grant covers on-site and mobile."""

    __tablename__ = "service_grant"

    id: Mapped[str] = key()
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False)
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False, index=True)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False)
    application_id: Mapped[str] = reference(ForeignKey("service_application.id"), nullable=False)
    item: Mapped[ServiceItem] = word(ServiceItem, name="ck_service_grant_item", nullable=False)
    relation: Mapped[Relationship] = word(Relationship, name="ck_service_grant_relation", nullable=False)
    state: Mapped[GrantState] = word(
        GrantState, name="ck_service_grant_state", nullable=False, default=GrantState.ACTIVE
    )
    from_on: Mapped[date] = internal(Date, nullable=False)
    until_on: Mapped[date] = internal(Date, nullable=False)
    #: Why it was suspended or revoked, from the list; None while it stands.
    reason: Mapped[str | None] = internal(String(60))
    reason_note_sealed: Mapped[bytes | None] = sensitive()
    #: The last warning before the end that was sent: 30, 7 or 1 days; None before the first.
    warned_days: Mapped[int | None] = internal(Integer)

    reason_note: Any = Sealed("reason_note_sealed")
    applicant: Mapped[Applicant] = relationship()
    agency: Mapped[Agency] = relationship()
    inmate: Mapped[Inmate] = relationship()
    application: Mapped[ServiceApplication] = relationship()

    __table_args__ = (
        UniqueConstraint("application_id", "item", name="uq_service_grant_application"),
        Index("ix_service_grant_holder", "applicant_id", "inmate_id", "item"),
        Index("ix_service_grant_scope", "agency_id", "until_on", "id"),
        Index("ix_service_grant_until", "until_on", "id"),
        check("from_on <= until_on", "ck_service_grant_span"),
    )

    def holds_on(self, day: date) -> bool:
        """Whether the grant can carry a visit on this day."""
        return self.state == GrantState.ACTIVE and self.from_on <= day <= self.until_on

    def move(self, name: str) -> GrantState:
        """Make a move of the table and return the state it came from; raises ``IllegalMove``."""
        before = self.state
        self.state = GRANT_MOVES.target(name, before)
        return before
