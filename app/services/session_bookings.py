"""預約接見 by session: a held place becomes a booking; changing and cancelling give the old place back, once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import outerjoin, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import IllegalMove, NotFound, RuleError, Stale
from app.extensions import db
from app.rules import visits_by_session
from app.rules.calendar import WorkCalendar
from app.rules.dates import Shown, sentence_time
from app.rules.visit_refusals import ChangeTooLate
from app.rules.visits_by_session import Place, Question
from app.rules.vocabulary import BookingSource, CancelledBy, ReservationState, VisitKind
from app.security import Actor
from app.services import (
    audit,
    booking_texts,
    closure_guard,
    companions,
    place_holds,
    visit_facts,
    visit_rules,
    visit_sessions,
    visiting,
)
from app.services.agencies import phone_of
from app.services.booking_changes import reopen
from app.services.booking_rules import SameArrival
from app.services.companions import CompanionData, clean_companions
from app.services.place_holds import HeldOtherwise, HoldGone
from app.services.session_choices import with_people
from app.transaction import locked, transaction
from models import Applicant, Inmate, PlaceHold, Reservation, ServiceGrant, VisitSession
from models.reservation import LIVE_STATES, RESERVATION_MOVES

#: The first letter of a number says which kind of visit it is; "L" announces a lawyer's arrival.
LETTERS = {
    VisitKind.FAMILY_ON_SITE: "F",
    VisitKind.FAMILY_REMOTE: "R",
    VisitKind.FAMILY_MOBILE: "M",
    VisitKind.LAWYER_MOBILE: "T",
}
_ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXY"
_NO_KEY = {"key_share": True}


@dataclass(frozen=True)
class SessionBooking:
    """What is booked with the place that is held; ``key`` is made with the form, so that one form is one booking."""

    key: str
    companions: list[CompanionData] = field(default_factory=list)
    remind_me: bool = True
    #: Of the booking that is being changed: the version that its booker has seen.
    version: int = 0
    #: What the page showed: the session that is held, and the booking that it is held for. None: whatever is held.
    session_id: str | None = None
    replaces_id: str | None = None


def confirm(applicant_id: str, request: SessionBooking, actor: Actor) -> str:
    """Book the place that is held and return the reservation's id; the same form sent again is the same booking.

    Where the place is held for a change, the booking takes it up and its old place is given back. Raises ``HoldGone``,
    ``HeldOtherwise``, ``Stale``, ``NotFound``, ``RuleErrors`` for companions and the errors of
    ``app.rules.visit_refusals``.
    """
    try:
        with transaction() as session:
            shared = closure_guard.share(session, place_holds.agency_of(applicant_id))
            # Not its key: who stops the booker's grant, locked next, queues a message that points to him.
            booker = session.get_one(Applicant, applicant_id, with_for_update=_NO_KEY, populate_existing=True)
            glance = _glance(session, booker.id, request.key)
            if glance.made is not None:
                return str(glance.made)
            return _confirm(session, booker, glance, request, actor, shared)
    except IntegrityError as error:
        made = db.session.scalar(_made(applicant_id, request.key))
        if made is not None:
            return made
        raise SameArrival("session") from error


def _made(applicant_id: str, key: str):  # type: ignore[no-untyped-def]
    return select(Reservation.id).where(
        Reservation.applicant_id == applicant_id, Reservation.idempotency_key == key[:36]
    )


def _glance(session: Session, applicant_id: str, key: str) -> Any:
    """What this form has made already, and for whom and instead of what a place is held: what to lock, in order."""
    made = _made(applicant_id, key).scalar_subquery().label("made")
    held = outerjoin(Applicant, PlaceHold, PlaceHold.applicant_id == Applicant.id)
    held = outerjoin(held, VisitSession, VisitSession.id == PlaceHold.session_id)
    what = (PlaceHold.grant_id, PlaceHold.inmate_id, PlaceHold.replaces_id, VisitSession.kind)
    query = select(made, *what).select_from(held)
    return session.execute(query.where(Applicant.id == applicant_id)).one()


def _confirm(
    session: Session, booker: Applicant, glance: Any, request: SessionBooking, actor: Actor, shared: list[str]
) -> str:
    if glance.inmate_id is None:
        raise HoldGone()
    # The grant's row, too: who stops it finds the booking, or the booking finds it stopped.
    lock = partial(place_holds.grant_locking, session, booker.id, glance.grant_id, glance.kind)
    old = None
    if glance.replaces_id is None:
        grant = lock(ServiceGrant, Inmate)
    else:
        grant = lock(ServiceGrant)
        old = locked(session, Reservation, place_holds.own_reservation(session, booker.id, glance.replaces_id).id)
        locked(session, Inmate, glance.inmate_id)
    hold = place_holds.redeem(session, booker.id)  # its place is the booking's from here on
    seen = (request.session_id, request.replaces_id)
    if request.session_id is not None and seen != (hold.session_id, hold.replaces_id):
        raise HeldOtherwise()
    if grant.agency_id not in shared:  # another tab took a place elsewhere in this very moment
        raise HoldGone()
    asked = visit_facts.question(session, grant, glance.kind, replaces_id=hold.replaces_id)
    # Last and for a moment: everybody else who wants a place of this session waits for it.
    rows = place_holds.lock_sessions(session, hold.session_id, old.session_id if old else None)
    row = next(row for row in rows if row.id == hold.session_id)
    is_family = not grant.relation.is_lawyers
    people = clean_companions(request.companions, booker.id_number, is_family=is_family)
    persons, minutes = _still_allowed(with_people(asked, people, row.visit_on), row, grant)
    if old is not None:
        return _take_over(session, old, row, people, persons, minutes, request, actor)
    reservation = Reservation(
        number=f"{LETTERS[row.kind]}{row.visit_on:%y%m%d}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}",
        kind=row.kind,
        source=BookingSource.ONLINE,
        agency_id=grant.agency_id,
        inmate_id=grant.inmate_id,
        applicant_id=booker.id,
        grant_id=grant.id,
        visitor_name=booker.name,
        visitor_relation=grant.relation,
        visit_on=row.visit_on,
        arrives_at=row.starts_at,
        requested_on=clock.today(),
        remind_me=request.remind_me,
        idempotency_key=request.key[:36],
        session_id=row.id,
        persons=persons,
        minutes=minutes,
        companions=[],  # known: a new booking has none that could be loaded
    )
    session.add(reservation)
    session.flush()
    companions.keep(session, reservation, people)
    audit.record(session, "reservation.book", actor, reservation, agency_id=reservation.agency_id)
    booking_texts.tell(session, "booking_received", reservation)
    if people:
        booking_texts.tell_companions(session, reservation, {})  # a lawyer's, who hold a grant
    return reservation.id


def _still_allowed(asked: Question, row: VisitSession, grant: ServiceGrant) -> tuple[int, int]:
    """How many persons count and how long the visit is; raises what forbids it now, though it did not when held."""
    slot = place_holds.slot_at(asked, grant, row.starts_at)
    place = visit_sessions.place_of(row, slot)
    own = Place(slot, min(place.taken, row.capacity) - 1, place.suspended)
    if own.taken >= slot.places:  # the timetable has fewer places now: those who hold one keep it
        own = Place(slot, slot.places - 1, place.suspended)
    found = visits_by_session.refusal(asked, own, place_holds.sight(asked, grant))
    if found is not None:
        raise found
    return asked.visitor.persons, slot.minutes


def _take_over(
    session: Session,
    old: Reservation,
    row: VisitSession,
    people: Sequence[CompanionData],
    persons: int,
    minutes: int,
    request: SessionBooking,
    actor: Actor,
) -> str:
    """Move a booking to its new place; the old one is given back with the move that can happen once only."""
    problem = obstacle(old)
    if problem is not None:
        raise problem
    if old.version != request.version:
        raise Stale()
    applicant = session.get_one(Applicant, old.applicant_id)
    matched = companions.matched(session, old)
    was, left = booking_texts.occasion(old, applicant.locale), old.session_id if _holds_place(old) else None
    move = "choose" if old.state is ReservationState.AWAITING_NEW_DATE else "change"
    before = old.move(move)
    old.session_id, old.visit_on, old.arrives_at = row.id, row.visit_on, row.starts_at
    old.persons, old.minutes, old.room = persons, minutes, None
    reopen(old)
    session.flush()
    if left is not None:
        visit_sessions.give_back(session, left)
    companions.keep(session, old, people)
    audit.moved(session, old, move, before, actor)
    now = booking_texts.occasion(old, applicant.locale)
    reason = booking_texts.NO_REASON
    booking_texts.tell(session, "booking_changed", old, old=was, new=now, by=applicant.name, reason=reason)
    booking_texts.tell_companions(session, old, matched)
    return old.id


def _holds_place(reservation: Reservation) -> bool:
    return reservation.state in LIVE_STATES and reservation.session_id is not None


def deadline_of(reservation: Reservation, calendar: WorkCalendar | None = None) -> datetime:
    """Until when a booking by session can be changed or cancelled online."""
    rules = visit_rules.rules_of(reservation.agency_id, reservation.kind)
    return rules.cancel.before(reservation.visit_on, calendar or visiting.calendar())


def obstacle(reservation: Reservation, deadline: datetime | None = None) -> RuleError | None:
    """Why a booking by session cannot be changed or cancelled online; None where it can. ``deadline`` is given by who
    knows it."""
    if not any(RESERVATION_MOVES.allows(move, reservation.state) for move in ("change", "choose")):
        return IllegalMove(state=reservation.state_label)
    if reservation.state is ReservationState.AWAITING_NEW_DATE:
        return None  # the agency closed the day: no deadline of the old one binds
    deadline = deadline or deadline_of(reservation)
    if clock.now() >= deadline:
        return ChangeTooLate(deadline=Shown(deadline, sentence_time), phone=phone_of(reservation.agency))
    return None


def cancel(applicant_id: str, reservation_id: str, version: int, actor: Actor) -> None:
    """Cancel one's own booking until its deadline, and give its place back.

    Raises ``NotFound``, ``IllegalMove``, ``Stale``, ``ChangeTooLate``.
    """
    with transaction() as session:
        reservation = locked(session, Reservation, reservation_id)
        if reservation.applicant_id != applicant_id or reservation.session_id is None:
            raise NotFound()
        if not RESERVATION_MOVES.allows("cancel", reservation.state):
            raise IllegalMove(state=reservation.state_label)
        problem = obstacle(reservation)
        if problem is not None:
            raise problem
        if reservation.version != version:
            raise Stale()
        left = reservation.session_id if _holds_place(reservation) else None
        before = reservation.move("cancel")
        reservation.cancelled_by, reservation.attention = CancelledBy.APPLICANT, None
        session.flush()  # one UPDATE with the version: who comes second changes no row and gives nothing back
        if left is not None:
            visit_sessions.give_back(session, left)
        audit.moved(session, reservation, "cancel", before, actor)
        by = session.get_one(Applicant, applicant_id).name
        booking_texts.tell(session, "booking_cancelled", reservation, by=by, reason=booking_texts.NO_REASON)
        booking_texts.release_companions(session, reservation)
