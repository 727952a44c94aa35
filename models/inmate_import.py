"""Inmates as the prison system hands them over: staged, checked, compared, then taken in at once or not at all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Dialect, ForeignKey, Index, Integer, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.rules.office_vocabulary import ImportSource, ImportState, StagedAct
from app.rules.vocabulary import InmateStatus, RestrictionKind
from app.said import Said, kept, read
from models.access_key import AccessKey
from models.agency import Agency
from models.base import (
    Base,
    Instant,
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
from models.staff import Officer


class InmateImport(Timestamped, Versioned, Base):
    """One delivery of one agency's inmates; ``digest`` is that of the file, ``checked`` tells how far the check is."""

    __tablename__ = "inmate_import"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    source: Mapped[ImportSource] = word(ImportSource, name="ck_inmate_import_source", nullable=False)
    state: Mapped[ImportState] = word(
        ImportState, name="ck_inmate_import_state", nullable=False, default=ImportState.RECEIVED
    )
    file_name_sealed: Mapped[bytes | None] = sensitive()
    #: The delivered file in the store, until it is taken in or given up.
    storage_key: Mapped[str | None] = internal(String(32), unique=True)
    digest: Mapped[str] = digest_column(nullable=False)
    lines: Mapped[int] = internal(nullable=False, default=0)
    checked: Mapped[int] = internal(nullable=False, default=0)
    faults: Mapped[int] = internal(nullable=False, default=0)
    added: Mapped[int] = internal(nullable=False, default=0)
    changed: Mapped[int] = internal(nullable=False, default=0)
    left: Mapped[int] = internal(nullable=False, default=0)
    unchanged: Mapped[int] = internal(nullable=False, default=0)
    restrictions: Mapped[int] = internal(nullable=False, default=0)
    touched: Mapped[int] = internal(nullable=False, default=0)
    checked_at: Mapped[datetime | None] = internal(Instant)
    applied_at: Mapped[datetime | None] = internal(Instant)
    made_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    applied_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    access_key_id: Mapped[str | None] = reference(ForeignKey("access_key.id"))

    file_name: Any = Sealed("file_name_sealed")
    agency: Mapped[Agency] = relationship()
    made_by: Mapped[Officer | None] = relationship(foreign_keys="InmateImport.made_by_id")
    applied_by: Mapped[Officer | None] = relationship(foreign_keys="InmateImport.applied_by_id")
    access_key: Mapped[AccessKey | None] = relationship()

    __table_args__ = (
        Index("ix_inmate_import_agency", "agency_id", "created_at", "id"),
        Index("ix_inmate_import_all", "created_at", "id"),
        Index("ix_inmate_import_state", "state", "created_at", "id"),
    )


class StagedInmate(Base):
    """One line as it will stand in ``inmate``: final key, already sealed for its place there."""

    __tablename__ = "staged_inmate"

    id: Mapped[str] = key()
    import_id: Mapped[str] = reference(ForeignKey("inmate_import.id"), nullable=False)
    line: Mapped[int] = internal(nullable=False)
    act: Mapped[StagedAct] = word(StagedAct, name="ck_staged_inmate_act", nullable=False)
    inmate_id: Mapped[str] = reference(nullable=False)
    #: Names of the columns that differ from what stands, parted by commas.
    differs: Mapped[str] = internal(String(300), nullable=False, default="")
    number: Mapped[str] = personal(String(10), nullable=False)
    name: Mapped[str] = personal(String(50), nullable=False)
    sex: Mapped[str | None] = personal(String(1))
    birth_date_sealed: Mapped[bytes | None] = sensitive()
    id_number_sealed: Mapped[bytes | None] = sensitive()
    id_number_index: Mapped[str | None] = digest_column()
    custody_type: Mapped[str] = personal(String(20), nullable=False)
    treatment_grade: Mapped[str | None] = personal(String(10))
    is_juvenile: Mapped[bool] = personal(nullable=False, default=False)
    unit: Mapped[str | None] = internal(String(40))
    admitted_on: Mapped[date | None] = personal(Date)
    transferred_in_on: Mapped[date | None] = personal(Date)
    status: Mapped[InmateStatus] = word(InmateStatus, name="ck_staged_inmate_status", nullable=False)

    birth_date: Any = Sealed("birth_date_sealed", kind="date", place=("inmate", "inmate_id"))
    id_number: Any = Sealed("id_number_sealed", index="id_number_index", place=("inmate", "inmate_id"))

    __table_args__ = (
        UniqueConstraint("import_id", "inmate_id", name="uq_staged_inmate"),
        Index("ix_staged_inmate_line", "import_id", "line", "id"),
        Index("ix_staged_inmate_act", "import_id", "act", "line", "id"),
    )


class StagedRestriction(Base):
    """One restriction as it will stand in ``inmate_restriction``, with its final key."""

    __tablename__ = "staged_restriction"

    id: Mapped[str] = key()
    import_id: Mapped[str] = reference(ForeignKey("inmate_import.id"), nullable=False, index=True)
    inmate_id: Mapped[str] = reference(nullable=False, index=True)
    kind: Mapped[RestrictionKind] = word(RestrictionKind, name="ck_staged_restriction_kind", nullable=False)
    from_on: Mapped[date] = internal(Date, nullable=False)
    until_on: Mapped[date | None] = internal(Date)
    details_sealed: Mapped[bytes | None] = sensitive()

    details: Any = Sealed("details_sealed", place=("inmate_restriction", "id"))


class KeptSentence(TypeDecorator[Said]):
    """A sentence that is put into the words of its reader; rows from before hold the Chinese words themselves."""

    impl = String(200)
    cache_ok = True

    def process_bind_param(self, value: str | Said | None, dialect: Dialect) -> str | None:
        return None if value is None else kept(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else read(value)


class ImportFault(Base):
    """What is wrong in one place of a delivery: which line, which column, what was found, what was expected."""

    __tablename__ = "import_fault"

    id: Mapped[str] = key()
    import_id: Mapped[str] = reference(ForeignKey("inmate_import.id"), nullable=False)
    line: Mapped[int] = internal(nullable=False)
    column: Mapped[str] = internal(String(40), nullable=False)
    found_sealed: Mapped[bytes | None] = sensitive()
    expected: Mapped[Said] = internal(KeptSentence, nullable=False)

    found: Any = Sealed("found_sealed")

    @property
    def what(self) -> str | Said:
        """What was found, for its reader."""
        return read(self.found or "")

    __table_args__ = (Index("ix_import_fault_line", "import_id", "line", "id"),)
