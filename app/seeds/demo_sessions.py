"""The demonstration's visits by session, of relatives and of a lawyer: most wait for their review, one has its room."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.visits_by_session import Place
from app.rules.vocabulary import Verdict, VisitKind
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents
from app.services import device_visits, place_holds, session_bookings, session_choices, visit_facts
from app.services.device_visits import Arrangement, DeviceVerdict
from app.services.session_bookings import SessionBooking
from models import Applicant, Inmate, Reservation, ServiceGrant
from models.base import search_digest
from models.reservation import LIVE_STATES

log = logging.getLogger(__name__)


def fill(agency_id: str) -> None:
    """Book what nobody has booked yet, each in the first session that is free."""
    for mail, number, kind, verdict, room in people.SESSION_VISITS:
        grant = grant_of(agency_id, mail, number, kind)
        if grant is None or _has_one(grant, kind):
            continue
        try:
            place = next(free_places(grant, kind), None)
            if place is None:
                continue
            booked = book(grant, kind, place)
            if verdict is not None:
                _decide(booked, verdict, room)
        except RuleError as error:  # the rules hold for the demonstration too
            log.info("demonstration visit left out: %s", error)


def grant_of(agency_id: str, mail: str, number: str, kind: VisitKind) -> ServiceGrant | None:
    """What this person may book such a visit with; None where an officer of the demonstration has ended it."""
    wanted = (
        select(ServiceGrant)
        .join(Applicant, Applicant.id == ServiceGrant.applicant_id)
        .join(Inmate, Inmate.id == ServiceGrant.inmate_id)
        .where(
            Applicant.mail_index == search_digest("mail", mail),
            Inmate.agency_id == agency_id,
            Inmate.number == number,
            ServiceGrant.item == visit_facts.ITEM_FOR[kind],
        )
    )
    return db.session.scalars(wanted).first()


def free_places(grant: ServiceGrant, kind: VisitKind, day: date | None = None) -> Iterator[Place]:
    """The sessions that may be booked now, the earliest first; of one ``day`` only."""
    week = session_choices.week(session_choices.question_of(grant, kind), grant)
    return (one.place for one in week if one.refusal is None and day in (None, one.place.slot.day))


def book(grant: ServiceGrant, kind: VisitKind, place: Place, changed: Reservation | None = None) -> str:
    """Hold a place and book it, anew or in the place of another one; returns the booking's id."""
    starts_at, replaces_id, version = place.slot.starts_at, None, 0
    if changed is not None:
        replaces_id, version = changed.id, changed.version
    who = Actor("applicant", grant.applicant_id, db.session.get_one(Applicant, grant.applicant_id).name)
    applicant_id, grant_id = grant.applicant_id, grant.id
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo/{starts_at}/{kind}/{grant_id}/{version}"))
    place_holds.take(applicant_id, grant_id, kind, starts_at, replaces_id=replaces_id)
    return session_bookings.confirm(applicant_id, SessionBooking(key, version=version), who)


def _has_one(grant: ServiceGrant, kind: VisitKind) -> bool:
    """Whether a visit of this kind is still to come."""
    coming = select(Reservation.id).where(
        Reservation.grant_id == grant.id,
        Reservation.kind == kind,
        Reservation.state.in_(LIVE_STATES),
        Reservation.arrives_at > clock.now(),
    )
    return db.session.scalar(coming.limit(1)) is not None


def _decide(reservation_id: str, verdict: Verdict, room: str) -> None:
    officer = demo_residents.officer()
    row = db.session.get_one(Reservation, reservation_id)
    asked = DeviceVerdict(verdict.value, row.version, arrangement=Arrangement(room, str(row.minutes or 20)))
    device_visits.review(row.id, asked, None, officer.id, Actor("staff", str(officer.id), officer.full_name))
