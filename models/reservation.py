"""預約: a visit that somebody announced, and those who come along."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from app import clock
from app.rules.vocabulary import Attention, BookingSource, CancelledBy, Relationship, VisitKind, Word
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
from models.visit import VisitClosure, VisitSession

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
        "close": {State.APPROVED: State.AWAITING_NEW_DATE, State.PENDING: State.AWAITING_NEW_DATE},
        "choose": {State.AWAITING_NEW_DATE: State.PENDING},
        #: The closure is lifted: the booking stands again, or waits for its review again.
        "reopen": {State.AWAITING_NEW_DATE: State.APPROVED},
        "reopen_unreviewed": {State.AWAITING_NEW_DATE: State.PENDING},
        "check_in": {State.APPROVED: State.CHECKED_IN},
        "no_show": {State.APPROVED: State.NO_SHOW},
        "refuse": {State.APPROVED: State.REFUSED_BY_INMATE, State.CHECKED_IN: State.REFUSED_BY_INMATE},
        "away": {State.APPROVED: State.INMATE_AWAY, State.CHECKED_IN: State.INMATE_AWAY},
        "start": {State.CHECKED_IN: State.IN_PROGRESS},
        "finish": {State.IN_PROGRESS: State.COMPLETED},
        #: An entry at the desk that should not have been made; the desk takes it back on the same day.
        "undo_entry": {State.CHECKED_IN: State.CANCELLED},
        # The desk takes its last move back on the same day: to before it for whoever was here, else to before check-in.
        "undo": {
            State.CHECKED_IN: State.APPROVED,
            State.IN_PROGRESS: State.CHECKED_IN,
            State.COMPLETED: State.IN_PROGRESS,
            State.REFUSED_BY_INMATE: State.CHECKED_IN,
            State.INMATE_AWAY: State.CHECKED_IN,
        },
        "undo_unarrived": {
            State.NO_SHOW: State.APPROVED,
            State.REFUSED_BY_INMATE: State.APPROVED,
            State.INMATE_AWAY: State.APPROVED,
        },
    }
)

#: States in which a visit may still take place.
LIVE_STATES = (State.PENDING, State.APPROVED, State.CHECKED_IN, State.IN_PROGRESS)
#: States in which a visit has its place of a session: it is to come, took place, or was missed.
PLACED_STATES = (
    *LIVE_STATES,
    State.COMPLETED,
    State.NO_SHOW,
    State.REFUSED_BY_INMATE,
    State.INMATE_AWAY,
)


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
    #: Who cancelled; the reason of an agency's cancelling stands where that of a refusal would.
    cancelled_by: Mapped[CancelledBy | None] = word(CancelledBy, name="ck_reservation_cancelled_by")
    #: What a person has to look at before the visit; None where nothing is to do.
    attention: Mapped[Attention | None] = word(Attention, name="ck_reservation_attention")
    #: The officer who entered a booking by telephone or a walk-in.
    entered_by_id: Mapped[int | None] = internal(Integer, ForeignKey("ab_user.id"))
    #: Why the desk made a booking that breaks a rule of online booking.
    exception_sealed: Mapped[bytes | None] = sensitive()
    #: A visitor without an account: bar certificate, ID number, telephone.
    visitor_certificate: Mapped[str | None] = personal(String(40))
    visitor_id_number_sealed: Mapped[bytes | None] = sensitive()
    visitor_id_number_index: Mapped[str | None] = digest_column()
    visitor_phone_sealed: Mapped[bytes | None] = sensitive()
    #: What 監獄行刑法 §69 has written down at the desk: occupation, age, address.
    visit_record_sealed: Mapped[bytes | None] = sensitive()
    checked_in_at: Mapped[datetime | None] = internal(Instant)
    #: The number that the waiting board calls out, given at check-in: 1, 2, … per agency and day.
    queue_number: Mapped[int | None] = internal(Integer)
    started_at: Mapped[datetime | None] = internal(Instant)
    ended_at: Mapped[datetime | None] = internal(Instant)
    #: A visit by session: which one, for how many persons that count, and for how many minutes.
    session_id: Mapped[str | None] = reference(ForeignKey("visit_session.id"), index=True)
    persons: Mapped[int | None] = internal(Integer)
    minutes: Mapped[int | None] = internal(Integer)
    #: The device room of a mobile or remote visit.
    room: Mapped[str | None] = internal(String(40))
    #: The closure that asks the booker for another date, or asked last.
    closure_id: Mapped[str | None] = reference(ForeignKey("visit_closure.id"), index=True)

    rejection_note: Any = Sealed("rejection_note_sealed")
    exception_reason: Any = Sealed("exception_sealed")
    visitor_id_number: Any = Sealed("visitor_id_number_sealed", index="visitor_id_number_index", field="id_number")
    visitor_phone: Any = Sealed("visitor_phone_sealed")
    #: ``{"occupation": …, "age": …, "address": …}``
    visit_record: Any = Sealed("visit_record_sealed", kind="json")
    agency: Mapped[Agency] = relationship()
    inmate: Mapped[Inmate] = relationship()
    applicant: Mapped[Applicant | None] = relationship()
    grant: Mapped[ServiceGrant | None] = relationship()
    decided_by: Mapped[Officer | None] = relationship(foreign_keys="Reservation.decided_by_id")
    entered_by: Mapped[Officer | None] = relationship(foreign_keys="Reservation.entered_by_id")
    session: Mapped[VisitSession | None] = relationship()
    closure: Mapped[VisitClosure | None] = relationship()
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
        Index(
            "uq_reservation_same_visitor",
            "visitor_id_number_index",
            "inmate_id",
            "arrives_at",
            unique=True,
            sqlite_where=text("state IN ('pending','approved') AND applicant_id IS NULL"),
            postgresql_where=text("state IN ('pending','approved') AND applicant_id IS NULL"),
        ),
        Index(
            "uq_reservation_desk_idempotency",
            "idempotency_key",
            unique=True,
            sqlite_where=text("applicant_id IS NULL"),
            postgresql_where=text("applicant_id IS NULL"),
        ),
        Index("uq_reservation_queue_number", "agency_id", "visit_on", "queue_number", unique=True),
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

    @property
    def stood(self) -> Word:
        """The word for its state; a cancelled booking says by whom (WORDING §4)."""
        if self.state == State.CANCELLED and self.cancelled_by is not None:
            return self.cancelled_by
        return self.state

    @property
    def state_label(self) -> Any:
        """The state in words."""
        return self.stood.label

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
    #: What the companion will show at the desk: bar certificate, mandate, consent.
    paper_sealed: Mapped[bytes | None] = sensitive()
    #: The grant that the companion holds, matched silently for the officer; None where none was found.
    grant_id: Mapped[str | None] = reference(ForeignKey("service_grant.id"))

    #: Persons under twelve do not count (監獄行刑法); known only where it matters.
    birth_date_sealed: Mapped[bytes | None] = sensitive()

    birth_date: Any = Sealed("birth_date_sealed", kind="date")
    id_number: Any = Sealed("id_number_sealed", index="id_number_index")
    paper: Any = Sealed("paper_sealed")
    grant: Mapped[ServiceGrant | None] = relationship()
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


class RosterSupplement(Base):
    """預約現場律師接見補充清冊: what changed after an edition was printed, frozen and numbered."""

    __tablename__ = "roster_supplement"

    id: Mapped[str] = key()
    edition_id: Mapped[str] = reference(ForeignKey("roster_edition.id"), nullable=False)
    number: Mapped[int] = internal(nullable=False)
    printed_at: Mapped[datetime] = internal(Instant, nullable=False)
    printed_by_id: Mapped[int] = internal(Integer, ForeignKey("ab_user.id"), nullable=False)
    content_sealed: Mapped[bytes] = sensitive(nullable=False)

    #: The frozen sheet: added, changed and cancelled visits, and the whole state after them.
    content: Any = Sealed("content_sealed", kind="json")
    edition: Mapped[RosterEdition] = relationship()
    printed_by: Mapped[Officer] = relationship()

    __table_args__ = (UniqueConstraint("edition_id", "number", name="uq_roster_supplement"),)
