"""預約: a lawyer announces an arrival; changing and cancelling it are in ``booking_changes``."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import BookingSource, ServiceItem, VisitKind
from app.rules.vocabulary import ReservationState as State
from app.security import Actor
from app.services import audit, booking_changes, closure_guard, companions, session_bookings
from app.services.booking_rules import (
    GrantMissing,
    NotBookable,
    SameArrival,
    SecondBooking,
    check_booking,
    warn_of_second,
)
from app.services.booking_texts import described, tell, tell_companions
from app.services.companions import CompanionData, clean_companions
from app.transaction import locked, transaction
from models import Applicant, Inmate, Reservation, ServiceGrant
from models.reservation import LIVE_STATES

#: What others know of booking, wherever it is written.
__all__ = [
    "BookingRequest",
    "GrantMissing",
    "Mine",
    "NotBookable",
    "SameArrival",
    "SecondBooking",
    "book",
    "bookable_grants",
    "cancel",
    "check_booking",
    "check_time",
    "described",
    "get",
    "insert_booking",
    "of_applicant",
    "own_grant",
]

_NUMBER_ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXY"
#: How many past bookings a list shows.
PAST_SHOWN = 100


@dataclass(frozen=True)
class BookingRequest:
    """What a booker asks for; ``key`` is made with the form, so that one form is one booking."""

    grant_id: str
    visit_on: date
    arrives: time
    key: str
    companions: list[CompanionData] = field(default_factory=list)
    remind_me: bool = True
    second_visit_confirmed: bool = False


@dataclass(frozen=True)
class Mine:
    """One's own reservations: those to come, the next one first, and the last ``PAST_SHOWN`` of the others."""

    coming: list[Reservation]
    past: list[Reservation]
    has_more: bool


def bookable_grants(applicant_id: str) -> list[ServiceGrant]:
    """The grants with which an applicant can book a lawyer's visit today, by agency and 呼號."""
    today = clock.today()
    found = db.session.scalars(
        select(ServiceGrant)
        .where(ServiceGrant.applicant_id == applicant_id, ServiceGrant.item == ServiceItem.LAWYER_VISIT)
        .options(selectinload(ServiceGrant.agency), selectinload(ServiceGrant.inmate))
    )
    return sorted((g for g in found if g.holds_on(today)), key=lambda g: (g.agency.name, g.inmate.number))


def own_grant(applicant_id: str, grant_id: str) -> ServiceGrant:
    """One's own grant; raises ``NotFound``."""
    inmate = joinedload(ServiceGrant.inmate)  # each page names agency and inmate; the week asks for restrictions
    together = (joinedload(ServiceGrant.agency), inmate.joinedload(Inmate.restrictions))
    grant = db.session.get(ServiceGrant, grant_id, options=together) if grant_id else None
    if grant is None or grant.applicant_id != applicant_id:
        raise NotFound()
    return grant


def check_time(applicant_id: str, grant_id: str, visit_on: date, arrives: time) -> None:
    """Check day and arrival before the last step; raises ``NotFound`` and the errors of :func:`check_booking`."""
    check_booking(own_grant(applicant_id, grant_id), visit_on, arrives)


def book(applicant_id: str, request: BookingRequest, actor: Actor) -> str:
    """Announce an arrival and return the reservation's id; the same form sent twice is one booking.

    Raises the errors of :func:`check_booking`, ``SecondBooking``, ``SameArrival``, ``RuleErrors`` for companions.
    """
    booker = db.session.get(Applicant, applicant_id)
    people = clean_companions(request.companions, booker.id_number if booker else "")
    try:
        with transaction() as session:
            made = session.scalar(_made(applicant_id, request.key))
            if made is not None:
                return made
            closure_guard.share(session, select(ServiceGrant.agency_id).where(ServiceGrant.id == request.grant_id))
            grant = locked(session, ServiceGrant, request.grant_id)
            if grant.applicant_id != applicant_id:
                raise NotFound()
            check_booking(grant, request.visit_on, request.arrives)
            if not request.second_visit_confirmed:
                warn_of_second(session, grant, request.visit_on, request.arrives)
            reservation = insert_booking(
                session,
                request.visit_on,
                request.arrives,
                people,
                source=BookingSource.ONLINE,
                agency_id=grant.agency_id,
                inmate_id=grant.inmate_id,
                applicant_id=applicant_id,
                grant_id=grant.id,
                visitor_name=grant.applicant.name,
                visitor_relation=grant.relation,
                remind_me=request.remind_me,
                idempotency_key=request.key[:36],
            )
            audit.record(session, "reservation.book", actor, reservation, agency_id=reservation.agency_id)
            tell(session, "booking_received", reservation)
            tell_companions(session, reservation, {})
            return reservation.id
    except IntegrityError as error:
        made = db.session.scalar(_made(applicant_id, request.key))
        if made is not None:  # the other half of a double click was faster
            return made
        raise SameArrival("at") from error


def _made(applicant_id: str, key: str):  # type: ignore[no-untyped-def]
    return select(Reservation.id).where(Reservation.applicant_id == applicant_id, Reservation.idempotency_key == key)


def insert_booking(
    session: Session, visit_on: date, arrives: time, people: Sequence[CompanionData], **columns: Any
) -> Reservation:
    """Add a visit on site under a number of its own, with clean companions.

    ``columns`` say who comes to whom and how: source, agency_id, inmate_id, visitor_name, visitor_relation and
    idempotency_key at least. Nothing is checked and nobody is told: that is the caller's act.
    """
    reservation = Reservation(
        number=_number(visit_on),
        kind=VisitKind.LAWYER_ON_SITE,
        visit_on=visit_on,
        arrives_at=clock.at(visit_on, arrives),
        requested_on=clock.today(),
        **columns,
    )
    session.add(reservation)
    session.flush()
    companions.keep(session, reservation, people)
    return reservation


def _number(visit_on: date) -> str:
    tail = "".join(secrets.choice(_NUMBER_ALPHABET) for _ in range(6))
    return f"L{visit_on:%y%m%d}-{tail}"


def of_applicant(applicant_id: str) -> Mine:
    """預約紀錄查詢及異動: one's own reservations."""
    is_coming = (Reservation.state == State.AWAITING_NEW_DATE) | (
        Reservation.state.in_(LIVE_STATES) & (Reservation.visit_on >= clock.today())
    )
    mine = (
        select(Reservation)
        .where(Reservation.applicant_id == applicant_id)
        .options(selectinload(Reservation.agency), selectinload(Reservation.inmate))
    )
    rested = (selectinload(Reservation.grant), selectinload(Reservation.closure))
    coming = db.session.scalars(
        mine.options(*rested).where(is_coming).order_by(Reservation.arrives_at, Reservation.id)
    ).all()
    past = db.session.scalars(
        mine.where(~is_coming).order_by(Reservation.arrives_at.desc(), Reservation.id).limit(PAST_SHOWN + 1)
    ).all()
    return Mine(list(coming), list(past[:PAST_SHOWN]), len(past) > PAST_SHOWN)


def cancel(applicant_id: str, reservation_id: str, version: int, actor: Actor) -> None:
    """Cancel one's own reservation, by the rules of its kind; raises ``NotFound``, ``IllegalMove``, ``Stale`` and,
    for a visit by session, ``ChangeTooLate``."""
    by_session = get(applicant_id, reservation_id).session_id is not None
    act = session_bookings.cancel if by_session else booking_changes.cancel
    act(applicant_id, reservation_id, version, actor)


def get(applicant_id: str, reservation_id: str) -> Reservation:
    """One's own reservation; raises ``NotFound``."""
    reservation = db.session.get(Reservation, reservation_id)
    if reservation is None or reservation.applicant_id != applicant_id:
        raise NotFound()
    return reservation
