"""Both contact books: what families write to inmates (家庭聯絡簿) and agencies to families (機關聯絡簿)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.rules.vocabulary import Audience
from app.rules.vocabulary import EntryState as State
from models.agency import Agency
from models.applicant import Applicant
from models.application import ServiceGrant
from models.base import Base, Instant, Sealed, Timestamped, Versioned, check, internal, key, reference, sensitive, word
from models.inmate import Inmate
from models.move import Moves
from models.staff import Officer

#: Legal moves of an entry (SPEC §5).
ENTRY_MOVES = Moves(
    {
        "publish": {State.DRAFT: State.PENDING},
        "approve": {State.PENDING: State.APPROVED},
        "reject": {State.PENDING: State.REJECTED},
        "expire": {State.PENDING: State.EXPIRED},
    }
)


class BookPrint(Base):
    """A batch of approved entries printed for one 場舍, and its hand-over."""

    __tablename__ = "book_print"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False, index=True)
    unit: Mapped[str] = internal(String(40), nullable=False, default="")
    printed_at: Mapped[datetime] = internal(Instant, nullable=False)
    printed_by_id: Mapped[int] = internal(Integer, ForeignKey("ab_user.id"), nullable=False)

    agency: Mapped[Agency] = relationship()
    printed_by: Mapped[Officer] = relationship()
    entries: Mapped[list[FamilyBookEntry]] = relationship(back_populates="print_batch")


class FamilyBookEntry(Timestamped, Versioned, Base):
    """家庭聯絡簿: what a relative publishes for an inmate; an officer reads it before the inmate does."""

    __tablename__ = "family_book_entry"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False, index=True)
    grant_id: Mapped[str] = reference(ForeignKey("service_grant.id"), nullable=False)
    title_sealed: Mapped[bytes | None] = sensitive()
    text_sealed: Mapped[bytes | None] = sensitive()
    state: Mapped[State] = word(State, name="ck_family_book_entry_state", nullable=False, default=State.DRAFT)
    published_at: Mapped[datetime | None] = internal(Instant)
    decided_at: Mapped[datetime | None] = internal(Instant)
    decided_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    rejection_reason: Mapped[str | None] = internal(String(60))
    rejection_note_sealed: Mapped[bytes | None] = sensitive()
    print_id: Mapped[str | None] = reference(ForeignKey("book_print.id"), index=True)
    handed_over_at: Mapped[datetime | None] = internal(Instant)
    handed_over_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))

    title: Any = Sealed("title_sealed")
    text: Any = Sealed("text_sealed")
    rejection_note: Any = Sealed("rejection_note_sealed")
    agency: Mapped[Agency] = relationship()
    applicant: Mapped[Applicant] = relationship()
    inmate: Mapped[Inmate] = relationship()
    grant: Mapped[ServiceGrant] = relationship()
    decided_by: Mapped[Officer | None] = relationship(foreign_keys="FamilyBookEntry.decided_by_id")
    handed_over_by: Mapped[Officer | None] = relationship(foreign_keys="FamilyBookEntry.handed_over_by_id")
    print_batch: Mapped[BookPrint | None] = relationship(back_populates="entries")
    attachments: Mapped[list[BookAttachment]] = relationship(back_populates="entry", order_by="BookAttachment.position")

    __table_args__ = (
        Index("ix_family_book_entry_review", "agency_id", "state", "published_at", "id"),
        Index("ix_family_book_entry_all", "state", "published_at", "id"),
        Index("ix_family_book_entry_decided", "decided_at"),
        Index("ix_family_book_entry_published", "published_at", "id"),
        Index("ix_family_book_entry_writer", "applicant_id", "inmate_id", "published_at", "id"),
        check("(state = 'draft') = (published_at IS NULL)", "ck_family_book_entry_published"),
        check("(state IN ('approved','rejected')) = (decided_at IS NOT NULL)", "ck_family_book_entry_decided"),
    )

    def move(self, name: str) -> State:
        """Make a move of the table and return the state it came from; raises ``IllegalMove``."""
        before = self.state
        self.state = ENTRY_MOVES.target(name, before)
        return before


class AgencyBookEntry(Timestamped, Versioned, Base):
    """機關聯絡簿: what an agency (or headquarters, without an agency) tells all families or one."""

    __tablename__ = "agency_book_entry"

    id: Mapped[str] = key()
    agency_id: Mapped[str | None] = reference(ForeignKey("agency.id"))
    audience: Mapped[Audience] = word(Audience, name="ck_agency_book_entry_audience", nullable=False)
    inmate_id: Mapped[str | None] = reference(ForeignKey("inmate.id"), index=True)
    title_sealed: Mapped[bytes] = sensitive(nullable=False)
    text_sealed: Mapped[bytes] = sensitive(nullable=False)
    published_at: Mapped[datetime] = internal(Instant, nullable=False)
    published_by_id: Mapped[int] = internal(Integer, ForeignKey("ab_user.id"), nullable=False)
    #: Gone from every screen, kept 30 days for audit.
    deleted_at: Mapped[datetime | None] = internal(Instant)

    title: Any = Sealed("title_sealed")
    text: Any = Sealed("text_sealed")
    agency: Mapped[Agency | None] = relationship()
    inmate: Mapped[Inmate | None] = relationship()
    published_by: Mapped[Officer] = relationship()
    attachments: Mapped[list[BookAttachment]] = relationship(
        back_populates="agency_entry", order_by="BookAttachment.position"
    )

    __table_args__ = (
        Index("ix_agency_book_entry_agency", "agency_id", "published_at", "id"),
        Index("ix_agency_book_entry_all", "published_at", "id"),
        check("(audience = 'one_family') = (inmate_id IS NOT NULL)", "ck_agency_book_entry_inmate"),
    )


class BookAttachment(Base):
    """附件 of an entry in either book: a cleaned file in the encrypted store, one of three places."""

    __tablename__ = "book_attachment"

    id: Mapped[str] = key()
    entry_id: Mapped[str | None] = reference(ForeignKey("family_book_entry.id"), index=True)
    agency_entry_id: Mapped[str | None] = reference(ForeignKey("agency_book_entry.id"), index=True)
    position: Mapped[int] = internal(nullable=False)
    file_name_sealed: Mapped[bytes] = sensitive(nullable=False)
    media_type: Mapped[str] = internal(String(40), nullable=False)
    size_bytes: Mapped[int] = internal(nullable=False)
    pages: Mapped[int] = internal(nullable=False, default=1)
    storage_key: Mapped[str] = internal(String(32), nullable=False, unique=True)
    created_at: Mapped[datetime] = internal(Instant, nullable=False)

    file_name: Any = Sealed("file_name_sealed")
    entry: Mapped[FamilyBookEntry | None] = relationship(back_populates="attachments")
    agency_entry: Mapped[AgencyBookEntry | None] = relationship(back_populates="attachments")

    __table_args__ = (
        UniqueConstraint("entry_id", "position", name="uq_book_attachment_entry"),
        UniqueConstraint("agency_entry_id", "position", name="uq_book_attachment_agency_entry"),
        Index("ix_book_attachment_created", "created_at", "id"),
        check("(entry_id IS NULL) <> (agency_entry_id IS NULL)", "ck_book_attachment_owner"),
        check("position BETWEEN 1 AND 3", "ck_book_attachment_position"),
    )


class AgencyBookReading(Base):
    """That an applicant has opened a message of an agency."""

    __tablename__ = "agency_book_reading"

    id: Mapped[str] = key()
    entry_id: Mapped[str] = reference(ForeignKey("agency_book_entry.id"), nullable=False)
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False, index=True)
    read_at: Mapped[datetime] = internal(Instant, nullable=False)

    __table_args__ = (
        UniqueConstraint("entry_id", "applicant_id", name="uq_agency_book_reading"),
        Index("ix_agency_book_reading_all", "read_at", "id"),
    )
