"""Agencies of corrections, their parameters and the calendar of working days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Timestamped, Versioned, check, key, public, reference


class Agency(Timestamped, Versioned, Base):
    """矯正機關: ``name`` is the short name on screens, ``full_name`` the one on paper; a host sees its sub-units."""

    __tablename__ = "agency"

    id: Mapped[str] = key()
    code: Mapped[str | None] = public(String(8), unique=True)
    name: Mapped[str] = public(String(40), unique=True, nullable=False)
    full_name: Mapped[str] = public(String(80), nullable=False)
    kind: Mapped[str] = public(String(20), nullable=False)
    region: Mapped[str | None] = public(String(10))
    county: Mapped[str | None] = public(String(10))
    phone: Mapped[str | None] = public(String(30))
    address: Mapped[str | None] = public(String(200))
    active_from: Mapped[date | None] = public(Date)
    active_until: Mapped[date | None] = public(Date)
    host_id: Mapped[str | None] = reference(ForeignKey("agency.id"), index=True)

    host: Mapped[Agency | None] = relationship(remote_side="Agency.id", lazy="select")

    @property
    def label(self) -> str:
        """As the manual's filters print it: ``2477-桃園女子監獄``; the bare name where the code is not known."""
        return f"{self.code}-{self.name}" if self.code else self.name

    def is_active_on(self, day: date) -> bool:
        """Whether the agency stands on this day."""
        return (not self.active_from or self.active_from <= day) and (not self.active_until or day <= self.active_until)

    def __str__(self) -> str:
        return self.name


class AgencyParameter(Timestamped, Versioned, Base):
    """One typed setting of one agency (系統參數設定(機關)); meanings and types: ``app.rules.parameters``."""

    __tablename__ = "agency_parameter"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    code: Mapped[str] = public(String(16), nullable=False)
    position: Mapped[int] = public(nullable=False, default=0)
    value: Mapped[str] = public(String(200), nullable=False, default="")
    #: The value that replaces this one for visits from a day on; both or none.
    next_value: Mapped[str | None] = public(String(200))
    next_from_on: Mapped[date | None] = public(Date)

    agency: Mapped[Agency] = relationship()

    __table_args__: Any = (
        UniqueConstraint("agency_id", "code", name="uq_agency_parameter_code"),
        Index("ix_agency_parameter_order", "agency_id", "position", "id"),
        check("(next_value IS NULL) = (next_from_on IS NULL)", "ck_agency_parameter_next"),
    )

    def value_on(self, day: date) -> str:
        """The value in force on a day."""
        if self.next_value is not None and self.next_from_on is not None and self.next_from_on <= day:
            return self.next_value
        return self.value


class CalendarDay(Timestamped, Base):
    """A day that differs from the plain week, or is confirmed by the official calendar."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = public(Date, primary_key=True)
    is_working: Mapped[bool] = public(nullable=False)
    name: Mapped[str] = public(String(60), nullable=False, default="")
