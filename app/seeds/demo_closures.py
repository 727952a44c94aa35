"""停止辦理接見 of the demonstration: a coming day is closed; one booker has chosen again, one cancelled, one waits."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules import closures as rules
from app.rules.closure_words import UsualReason
from app.rules.closures import Span
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents, demo_sessions
from app.services import closures, reservations, visiting
from app.services.closures import Wanted
from models import Reservation, VisitClosure

log = logging.getLogger(__name__)
KIND = VisitKind.FAMILY_ON_SITE
#: So many days ahead at least: what is booked there can still be chosen anew.
AHEAD = timedelta(days=8)


def fill(agency_id: str) -> None:
    """Close a day where no closure is to come."""
    coming = select(VisitClosure.id).where(VisitClosure.agency_id == agency_id, VisitClosure.until_at > clock.now())
    if db.session.scalar(coming.limit(1)) is not None:
        return
    try:
        day = visiting.calendar().next_working_day(clock.today() + AHEAD)
        booked = _booked(agency_id, day)
        _close(agency_id, day)
        for reservation_id, answer in booked:
            _answer(reservation_id, answer)
    except RuleError as error:  # the rules hold for the demonstration too
        log.info("demonstration closure left out: %s", error)


def _booked(agency_id: str, day: date) -> list[tuple[str, str]]:
    """Visits of that day with the answers that they will get."""
    made = []
    for mail, number, answer in people.STOPPED:
        grant = demo_sessions.grant_of(agency_id, mail, number, KIND)
        place = next(demo_sessions.free_places(grant, KIND, day), None) if grant else None
        if grant is not None and place is not None:
            made.append((demo_sessions.book(grant, KIND, place), answer))
    return made


def _close(agency_id: str, day: date) -> None:
    officer = demo_residents.officer()
    officer_id, actor = officer.id, Actor("staff", str(officer.id), officer.full_name)
    midnight = datetime.combine(day, time(), clock.TAIPEI)
    span = Span(midnight, midnight + timedelta(days=1), UsualReason.WORKS.value)
    answer_by = rules.answer_by(rules.default_answer_by(clock.now()), clock.now())
    wanted = Wanted(agency_id, KIND, span, answer_by)
    mark = closures.preview(wanted, None)[1]
    closures.close(wanted, mark, None, officer_id, actor)


def _answer(reservation_id: str, answer: str) -> None:
    row = db.session.get_one(Reservation, reservation_id)
    if answer == "chosen" and row.grant is not None:
        place = next(demo_sessions.free_places(row.grant, KIND), None)
        if place is not None:
            demo_sessions.book(row.grant, KIND, place, changed=row)
    elif answer == "cancelled" and row.applicant_id:
        who = Actor("applicant", row.applicant_id, row.visitor_name)
        reservations.cancel(row.applicant_id, row.id, row.version, who)
