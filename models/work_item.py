"""待辦事項: what somebody has to look at because something about an inmate changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.rules.office_vocabulary import WorkKind
from models.agency import Agency
from models.base import Base, Instant, Sealed, Timestamped, Versioned, internal, key, reference, sensitive, word
from models.inmate import Inmate
from models.staff import Officer


class WorkItem(Timestamped, Versioned, Base):
    """One booking, grant, application or entry that a move, a release or a restriction touches.

    ``cause`` tells one change from the next (the delivery's key): the same change puts a thing on the list once.
    """

    __tablename__ = "work_item"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    kind: Mapped[WorkKind] = word(WorkKind, name="ck_work_item_kind", nullable=False)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False, index=True)
    subject_kind: Mapped[str] = internal(String(32), nullable=False)
    subject_id: Mapped[str] = internal(String(36), nullable=False)
    cause: Mapped[str] = internal(String(36), nullable=False)
    #: The day of the visit, where the thing has one.
    due_on: Mapped[date | None] = internal(Date)
    is_done: Mapped[bool] = internal(nullable=False, default=False)
    done_at: Mapped[datetime | None] = internal(Instant)
    done_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    note_sealed: Mapped[bytes | None] = sensitive()

    note: Any = Sealed("note_sealed")
    agency: Mapped[Agency] = relationship()
    inmate: Mapped[Inmate] = relationship()
    done_by: Mapped[Officer | None] = relationship()

    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "cause", name="uq_work_item"),
        Index("ix_work_item_agency", "agency_id", "is_done", "created_at", "id"),
        Index("ix_work_item_all", "is_done", "created_at", "id"),
        Index("ix_work_item_created", "created_at", "id"),
        Index("ix_work_item_subject", "subject_id"),
    )
