"""預約: a visit that somebody announced, and those who come along."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from app import clock
from app.rules.vocabulary import BookingSource, Relationship, VisitKind
from app.rules.vocabulary import ReservationState as State
from models.agency import Agency
from models.applicant import Applicant
from models.application import ServiceGrant
from models.base import (
    Base,
    Instant,
    Sealed,
    Timestamped,
    Versioned,
    check,
    digest_column,
    internal,
    key,
    personal,
    public,
    reference,
    sensitive,
    word,
)
from models.inmate import Inmate
from models.move import Moves
from models.staff import Officer

#: Legal moves of a reservation (SPEC §4.5).
RESERVATION_MOVES = Moves(
    {
        "approve": {State.PENDING: State.APPROVED},
        "reject": {State.PENDING: State.REJECTED},
        "lapse": {State.PENDING: State.LAPSED},
        "cancel": {
            State.PENDING: State.CANCELLED,
            State.APPROVED: State.CANCELLED,
            State.AWAITING_NEW_DATE: State.CANCELLED,
        },
        "change": {State.PENDING: State.PENDING, State.APPROVED: State.PENDING},
        "close": {State.APPROVED: State.AWAITING_NEW_DATE},
        "choose": {State.AWAITING_NEW_DATE: State.PENDING},
        "check_in": {State.APPROVED: State.CHECKED_IN},
        "no_show": {State.APPROVED: State.NO_SHOW},
        "refuse": {State.APPROVED: State.REFUSED_BY_INMATE, State.CHECKED_IN: State.REFUSED_BY_INMATE},
        "away": {State.APPROVED: State.INMATE_AWAY, State.CHECKED_IN: State.INMATE_AWAY},
        "start": {State.CHECKED_IN: State.IN_PROGRESS},
        "finish": {State.IN_PROGRESS: State.COMPLETED},
    }
)

#: States in which a visit may still take place.
LIVE_STATES = (State.PENDING, State.APPROVED, State.CHECKED_IN, State.IN_PROGRESS)


class Reservation(Timestamped, Versioned, Base):
    """預約: for a lawyer on site an announced arrival, not a slot (SPEC §4.2).

    ``number`` is what people quote on the telephone; ``arrives_at`` an instant, ``visit_on`` its day in Taiwan.
    """

    __tablename__ = "reservation"

    id: Mapped[str] = key()
    number: Mapped[str] = public(String(16), nullable=False, unique=True)
    kind: Mapped[VisitKind] = word(VisitKind, name="ck_reservation_kind", nullable=False)
    source: Mapped[BookingSource] = word(BookingSource, name="ck_reservation_source", nullable=False)
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False, index=True)
    applicant_id: Mapped[str | None] = reference(ForeignKey("applicant.id"), index=True)
    grant_id: Mapped[str | None] = reference(ForeignKey("service_grant.id"))
    visitor_name: Mapped[str] = personal(String(50), nullable=False)
    visitor_relation: Mapped[Relationship] = word(Relationship, name="ck_reservation_relation", nullable=False)
    visit_on: Mapped[date] = internal(Date, nullable=False)
    arrives_at: Mapped[datetime] = internal(Instant, nullable=False)
    requested_on: Mapped[date] = internal(Date, nullable=False)
    state: Mapped[State] = word(State, name="ck_reservation_state", nullable=False, default=State.PENDING)
    decided_at: Mapped[datetime | None] = internal(Instant)
    decided_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    rejection_reason: Mapped[str | None] = internal(String(60))
    rejection_note_sealed: Mapped[bytes | None] = sensitive()
    remind_me: Mapped[bool] = internal(nullable=False, default=True)
    idempotency_key: Mapped[str] = internal(String(36), nullable=False)

    rejection_note: Any = Sealed("rejection_note_sealed")
    agency: Mapped[Agency] = relationship()
    inmate: Mapped[Inmate] = relationship()
    applicant: Mapped[Applicant | None] = relationship()
    grant: Mapped[ServiceGrant | None] = relationship()
    decided_by: Mapped[Officer | None] = relationship()
    companions: Mapped[list[Companion]] = relationship(back_populates="reservation", order_by="Companion.position")

    __table_args__ = (
        UniqueConstraint("applicant_id", "idempotency_key", name="uq_reservation_idempotency"),
        Index(
            "uq_reservation_same_arrival",
            "applicant_id",
            "inmate_id",
            "arrives_at",
            unique=True,
            sqlite_where=text("state IN ('pending','approved')"),
            postgresql_where=text("state IN ('pending','approved')"),
        ),
        Index("ix_reservation_day", "agency_id", "visit_on", "arrives_at", "id"),
        Index("ix_reservation_review", "agency_id", "kind", "state", "requested_on", "id"),
        Index("ix_reservation_visit", "visit_on", "arrives_at", "id"),
        Index("ix_reservation_state", "state", "visit_on", "arrives_at", "id"),
        Index("ix_reservation_all", "kind", "visit_on", "arrives_at", "id"),
        check("(state IN ('pending','lapsed','cancelled')) OR (decided_at IS NOT NULL)", "ck_reservation_decided"),
    )

    @property
    def arrives_local(self) -> datetime:
        """The announced arrival on a clock in Taiwan."""
        return clock.local(self.arrives_at)

    def move(self, name: str) -> State:
        """Make a move of the table and return the state it came from; raises ``IllegalMove``."""
        before = self.state
        self.state = RESERVATION_MOVES.target(name, before)
        return before


class Companion(Base):
    """其他接見人: typed by the booker, never picked from a list."""

    __tablename__ = "companion"

    id: Mapped[str] = key()
    reservation_id: Mapped[str] = reference(ForeignKey("reservation.id"), nullable=False, index=True)
    position: Mapped[int] = internal(nullable=False)
    name: Mapped[str] = personal(String(50), nullable=False)
    relation: Mapped[Relationship] = word(Relationship, name="ck_companion_relation", nullable=False)
    id_number_sealed: Mapped[bytes] = sensitive(nullable=False)
    id_number_index: Mapped[str] = digest_column(nullable=False)

    id_number: Any = Sealed("id_number_sealed", index="id_number_index")
    reservation: Mapped[Reservation] = relationship(back_populates="companions")


class RosterEdition(Base):
    """預約現場律師接見清冊: what was printed, frozen, so that later changes can be told apart."""

    __tablename__ = "roster_edition"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    visit_on: Mapped[date] = internal(Date, nullable=False)
    source_filter: Mapped[str] = internal(String(16), nullable=False)
    edition: Mapped[int] = internal(nullable=False)
    printed_at: Mapped[datetime] = internal(Instant, nullable=False)
    printed_by_id: Mapped[int] = internal(Integer, ForeignKey("ab_user.id"), nullable=False)
    content_sealed: Mapped[bytes] = sensitive(nullable=False)

    #: The frozen sheet: rows, pending rows and totals as printed.
    content: Any = Sealed("content_sealed", kind="json")
    agency: Mapped[Agency] = relationship()
    printed_by: Mapped[Officer] = relationship()

    __table_args__ = (UniqueConstraint("agency_id", "visit_on", "source_filter", "edition", name="uq_roster_edition"),)
