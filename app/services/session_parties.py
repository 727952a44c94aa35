"""變更其他接見人 of a visit by session: other people in the place that is booked already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import IllegalMove, NotFound, RuleError, Stale
from app.extensions import db
from app.rules import visits_by_session
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import (
    audit,
    booking_texts,
    closure_guard,
    companions,
    place_holds,
    session_bookings,
    visit_facts,
    visit_rules,
)
from app.services.booking_changes import reopen
from app.services.companions import CompanionData, clean_companions, counted_persons
from app.transaction import locked, transaction
from models import Applicant, Inmate, Reservation, ServiceGrant


def obstacle(reservation: Reservation) -> RuleError | None:
    """Why the people of a booking cannot be changed online; None where they can."""
    if reservation.session_id is None:
        return NotFound()
    if reservation.state is ReservationState.AWAITING_NEW_DATE:  # first another session, then its people
        return IllegalMove(state=reservation.state_label)
    return session_bookings.obstacle(reservation)


def differs(reservation: Reservation, people: Sequence[CompanionData]) -> bool:
    """Whether other people would come."""
    return [CompanionData.of(companion) for companion in reservation.companions] != list(people)


def refusal(reservation: Reservation, people: Sequence[CompanionData]) -> RuleError | None:
    """What forbids these people now, told before the last look; read without a lock."""
    grant = reservation.grant
    return _asked(db.session(), reservation, grant, people)[1] if grant is not None else NotFound()


def change(applicant_id: str, reservation_id: str, typed: Sequence[CompanionData], version: int, actor: Actor) -> bool:
    """Change who comes along and send the booking back to review; False where nobody differs (and nothing happens).

    The rules are asked again but for the span in which one books: the place is booked. Raises ``NotFound``,
    ``IllegalMove``, ``Stale``, ``ChangeTooLate``, ``RuleErrors`` and the errors of ``app.rules.visit_refusals``.
    """
    with transaction() as session:
        # Deliveries of inmates lock inmate and booking the other way round, and keep out whoever shares the agency.
        closure_guard.share(session, select(Reservation.agency_id).where(Reservation.id == reservation_id))
        booker = locked(session, Applicant, applicant_id)
        reservation = locked(session, Reservation, reservation_id)
        if reservation.applicant_id != applicant_id:
            raise NotFound()
        locked(session, Inmate, reservation.inmate_id)
        problem = obstacle(reservation)
        if problem is not None:
            raise problem
        is_family = not reservation.visitor_relation.is_lawyers
        people = clean_companions(typed, booker.id_number, is_family=is_family)
        if not differs(reservation, people):
            return False  # also the second half of a double click
        if reservation.version != version:
            raise Stale()
        grant = place_holds.own_grant(session, applicant_id, reservation.grant_id or "", reservation.kind)
        persons, refused = _asked(session, reservation, grant, people)
        if refused is not None:
            raise refused
        _become(session, booker, reservation, people, persons, actor)
        return True


def _asked(
    session: Session, reservation: Reservation, grant: ServiceGrant, people: Sequence[CompanionData]
) -> tuple[int, RuleError | None]:
    rules = visit_rules.rules_of(reservation.agency_id, reservation.kind)
    persons = counted_persons(people, reservation.visit_on, rules.free_under_years)
    asked = visit_facts.question(session, grant, reservation.kind, persons=persons, replaces_id=reservation.id)
    return persons, visits_by_session.refusal_of_party(asked, reservation.visit_on)


def _become(
    session: Session,
    booker: Applicant,
    reservation: Reservation,
    people: Sequence[CompanionData],
    persons: int,
    actor: Actor,
) -> None:
    old, matched = booking_texts.occasion(reservation, booker.locale), companions.matched(session, reservation)
    before = reservation.move("change")
    reservation.persons = persons
    reopen(reservation)
    session.flush()
    companions.keep(session, reservation, people)
    audit.moved(session, reservation, "change", before, actor)
    booking_texts.tell(
        session,
        "booking_changed",
        reservation,
        old=old,
        new=booking_texts.occasion(reservation, booker.locale),
        by=booker.name,
        reason=booking_texts.NO_REASON,
    )
    booking_texts.tell_companions(session, reservation, matched)
