"""收容人: a copy of what the prison system keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from app.rules.vocabulary import InmateStatus, RestrictionKind
from models.agency import Agency
from models.base import (
    Base,
    Sealed,
    Timestamped,
    Versioned,
    digest_column,
    internal,
    key,
    personal,
    reference,
    sensitive,
    word,
)


class Inmate(Timestamped, Versioned, Base):
    """收容人: ``number`` (呼號) is text with leading zeros, unique among those present, re-used over time."""

    __tablename__ = "inmate"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    number: Mapped[str] = personal(String(10), nullable=False)
    name: Mapped[str] = personal(String(50), nullable=False)
    sex: Mapped[str | None] = personal(String(1))
    birth_date_sealed: Mapped[bytes | None] = sensitive()
    id_number_sealed: Mapped[bytes | None] = sensitive()
    id_number_index: Mapped[str | None] = digest_column(index=True)
    custody_type: Mapped[str] = personal(String(20), nullable=False, default="受刑人")
    treatment_grade: Mapped[str | None] = personal(String(10))
    is_juvenile: Mapped[bool] = personal(nullable=False, default=False)
    unit: Mapped[str | None] = internal(String(40))
    admitted_on: Mapped[date | None] = personal(Date)
    transferred_in_on: Mapped[date | None] = personal(Date)
    status: Mapped[InmateStatus] = word(
        InmateStatus, name="ck_inmate_status", nullable=False, default=InmateStatus.PRESENT
    )

    birth_date: Any = Sealed("birth_date_sealed", kind="date")
    id_number: Any = Sealed("id_number_sealed", index="id_number_index")
    agency: Mapped[Agency] = relationship()
    restrictions: Mapped[list[InmateRestriction]] = relationship(back_populates="inmate")

    __table_args__ = (
        Index(
            "uq_inmate_present_number",
            "agency_id",
            "number",
            unique=True,
            sqlite_where=text("status = 'present'"),
            postgresql_where=text("status = 'present'"),
        ),
        Index("ix_inmate_agency_number", "agency_id", "number", "id"),
        Index("ix_inmate_created", "created_at", "id"),
    )

    def restricted_on(self, day: date, kind: RestrictionKind) -> bool:
        """Whether a restriction of this kind holds on this day."""
        return any(r.kind == kind and r.holds_on(day) for r in self.restrictions)

    def __str__(self) -> str:
        return f"{self.number}{self.name}"


class InmateRestriction(Timestamped, Base):
    """A restriction on an inmate, from the prison system; told to officers only."""

    __tablename__ = "inmate_restriction"

    id: Mapped[str] = key()
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False, index=True)
    kind: Mapped[RestrictionKind] = word(RestrictionKind, name="ck_inmate_restriction_kind", nullable=False)
    from_on: Mapped[date] = internal(Date, nullable=False)
    until_on: Mapped[date | None] = internal(Date)
    details_sealed: Mapped[bytes | None] = sensitive()

    details: Any = Sealed("details_sealed")
    inmate: Mapped[Inmate] = relationship(back_populates="restrictions")

    __table_args__ = (Index("ix_inmate_restriction_all", "from_on", "id"),)

    def holds_on(self, day: date) -> bool:
        """Whether the restriction holds on this day (both ends included)."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)
