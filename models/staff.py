"""Officers, desk, headquarters and auditors: Flask-AppBuilder users with agencies and an expiry."""

from __future__ import annotations

from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Uuid, true
from sqlalchemy.orm import Mapped, relationship

from models.agency import Agency
from models.base import Base, Instant, internal

#: At which agencies an officer works.
officer_agency = Table(
    "officer_agency",
    Base.metadata,
    Column("officer_id", Integer, ForeignKey("ab_user.id"), primary_key=True, info={"data_class": "internal"}),
    Column(
        "agency_id", Uuid(as_uuid=False), ForeignKey("agency.id"), primary_key=True, info={"data_class": "internal"}
    ),
)


class Officer(User):
    """機關專責人員, and every other kind of staff: what each may do is a matter of roles."""

    __tablename__ = "ab_user"
    __table_args__ = {"extend_existing": True}

    valid_until: Mapped[date | None] = internal(Date)
    must_change_password: Mapped[bool] = internal(nullable=False, default=True, server_default=true())
    password_set_at: Mapped[datetime | None] = internal(Instant)
    signed_in_at: Mapped[datetime | None] = internal(Instant)

    agencies: Mapped[list[Agency]] = relationship(secondary=officer_agency, order_by="Agency.name")

    @property
    def full_name(self) -> str:
        """Family name first, as Chinese names are written."""
        return f"{self.last_name}{self.first_name}"

    def get_full_name(self) -> str:
        return self.full_name

    def __str__(self) -> str:
        return self.full_name
