"""The demonstration's lawyers' visits of the next two working days."""

from __future__ import annotations

import logging
import uuid
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.vocabulary import ReservationState, Verdict
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents
from app.services import booking_review, reservations, visiting
from models import Inmate, Reservation, ServiceGrant

log = logging.getLogger(__name__)


def fill(agency_id: str) -> None:
    """Bookings for the next two working days, made before their cut-off; most of the first day's are decided."""
    calendar, cutoff = visiting.calendar(), visiting.rules_for(agency_id).cutoff
    first = calendar.next_working_day(clock.today())
    for day, plan in ((first, people.VISITS), (calendar.next_working_day(first), people.LATER_VISITS)):
        booked_at = min(clock.now(), calendar.deadline_before(day, cutoff) - timedelta(hours=3))
        for lawyer, number, arrives, verdict, companions in plan:
            _visit(agency_id, day, booked_at, lawyer, number, arrives, verdict, companions)


def _visit(
    agency_id: str,
    day: date,
    booked_at: datetime,
    lawyer: int,
    number: str,
    arrives: str,
    verdict: Verdict | None,
    companions: list[reservations.CompanionData],
) -> None:
    applicant = demo_residents.lawyer(people.LAWYERS[lawyer][1])
    inmate = db.session.scalars(select(Inmate).where(Inmate.agency_id == agency_id, Inmate.number == number)).first()
    if applicant is None or inmate is None:
        return
    grant = db.session.scalars(
        select(ServiceGrant).where(ServiceGrant.applicant_id == applicant.id, ServiceGrant.inmate_id == inmate.id)
    ).first()
    if grant is None:
        return
    applicant_id, actor = applicant.id, Actor("applicant", applicant.id, applicant.name)
    request = reservations.BookingRequest(
        grant.id,
        day,
        time.fromisoformat(arrives),
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo/{day}/{lawyer}/{number}/{arrives}")),
        companions,
        second_visit_confirmed=True,
    )
    try:
        with clock.frozen(booked_at):
            reservation_id = reservations.book(applicant_id, request, actor)
        reservation = db.session.get_one(Reservation, reservation_id)
        if verdict is None or reservation.state is not ReservationState.PENDING:
            return
        officer = demo_residents.officer()
        row = booking_review.RowVerdict(reservation_id, verdict.value, reservation.version)
        who = Actor("staff", str(officer.id), officer.full_name)
        booking_review.decide(row, None, officer.id, who)
    except RuleError as error:  # somebody has changed the demonstration: its rules hold for us too
        log.info("demonstration visit left out: %s", error)
