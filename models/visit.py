"""Visits by session (梯次): an agency's rules and timetable, the sessions, places held for a moment, closures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app import clock
from app.rules.vocabulary import SessionState, VisitKind
from models.agency import Agency
from models.applicant import Applicant
from models.base import Base, Instant, Timestamped, Versioned, check, internal, key, public, reference, word
from models.inmate import Inmate
from models.staff import Officer


class VisitRules(Timestamped, Versioned, Base):
    """What one agency has decided about one kind of visit; what it leaves open follows the statutory defaults.

    ``document`` is the readable form that is imported and exported; its meaning: ``app.rules.visit_rules``.
    """

    __tablename__ = "visit_rules"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    kind: Mapped[VisitKind] = word(VisitKind, name="ck_visit_rules_kind", nullable=False)
    is_offered: Mapped[bool] = public(nullable=False, default=True)
    document: Mapped[Any] = public(JSON, nullable=False)

    agency: Mapped[Agency] = relationship()

    __table_args__ = (UniqueConstraint("agency_id", "kind", name="uq_visit_rules"),)


class VisitSession(Timestamped, Versioned, Base):
    """梯次: one session of one day with its places; made from the timetable when somebody first asks for a place.

    ``taken`` counts bookings and running holds; it never exceeds ``capacity``.
    """

    __tablename__ = "visit_session"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    kind: Mapped[VisitKind] = word(VisitKind, name="ck_visit_session_kind", nullable=False)
    visit_on: Mapped[date] = public(Date, nullable=False)
    starts_at: Mapped[datetime] = public(Instant, nullable=False)
    minutes: Mapped[int] = public(nullable=False)
    capacity: Mapped[int] = public(nullable=False)
    taken: Mapped[int] = internal(nullable=False, default=0)
    state: Mapped[SessionState] = word(
        SessionState, name="ck_visit_session_state", nullable=False, default=SessionState.OPEN
    )

    agency: Mapped[Agency] = relationship()

    __table_args__ = (
        UniqueConstraint("agency_id", "kind", "starts_at", name="uq_visit_session"),
        Index("ix_visit_session_day", "agency_id", "kind", "visit_on", "starts_at"),
        Index("ix_visit_session_all", "visit_on", "starts_at", "id"),
        check("taken >= 0 AND taken <= capacity", "ck_visit_session_places"),
        check("minutes > 0", "ck_visit_session_minutes"),
    )

    @property
    def starts_local(self) -> datetime:
        """The beginning on a clock in Taiwan."""
        return clock.local(self.starts_at)


class PlaceHold(Base):
    """A place kept for ten minutes while the form is open: one for each applicant, extended at most twice."""

    __tablename__ = "place_hold"

    id: Mapped[str] = key()
    applicant_id: Mapped[str] = reference(ForeignKey("applicant.id"), nullable=False, unique=True)
    session_id: Mapped[str] = reference(ForeignKey("visit_session.id"), nullable=False, index=True)
    inmate_id: Mapped[str] = reference(ForeignKey("inmate.id"), nullable=False, index=True)
    grant_id: Mapped[str] = reference(ForeignKey("service_grant.id"), nullable=False)
    #: The booking that is being changed: its place is given back when the new one is booked.
    replaces_id: Mapped[str | None] = reference(ForeignKey("reservation.id"))
    expires_at: Mapped[datetime] = internal(Instant, nullable=False, index=True)
    extensions: Mapped[int] = internal(nullable=False, default=0)

    applicant: Mapped[Applicant] = relationship()
    session: Mapped[VisitSession] = relationship()
    inmate: Mapped[Inmate] = relationship()


class VisitClosure(Timestamped, Versioned, Base):
    """停止辦理接見: a time in which an agency holds no visits (of one kind, or none at all), and why."""

    __tablename__ = "visit_closure"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey("agency.id"), nullable=False)
    kind: Mapped[VisitKind | None] = word(VisitKind, name="ck_visit_closure_kind")
    from_at: Mapped[datetime] = public(Instant, nullable=False)
    until_at: Mapped[datetime] = public(Instant, nullable=False)
    reason: Mapped[str] = public(String(100), nullable=False)
    answer_by: Mapped[datetime | None] = public(Instant)
    reopened_at: Mapped[datetime | None] = public(Instant)
    made_by_id: Mapped[int] = internal(Integer, ForeignKey("ab_user.id"), nullable=False)

    agency: Mapped[Agency] = relationship()
    made_by: Mapped[Officer] = relationship()

    __table_args__ = (
        Index("ix_visit_closure_agency", "agency_id", "from_at", "id"),
        check("from_at < until_at", "ck_visit_closure_span"),
    )
