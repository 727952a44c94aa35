"""預約異動: a booker changes day, time or companions, or cancels."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.errors import IllegalMove, NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules.dates import Shown, sentence_date, sentence_time
from app.rules.vocabulary import CancelledBy, ReservationState
from app.security import Actor
from app.services import audit, booking_texts, closure_guard, companions
from app.services.agencies import phone_of
from app.services.booking_rules import NotBookable, SameArrival, check_booking, deadline_of, warn_of_second
from app.services.companions import CompanionData, clean_companions
from app.transaction import locked, transaction
from models import Applicant, Reservation, ServiceGrant
from models.reservation import RESERVATION_MOVES


class ChangeTooLate(RuleError):
    """Booking for the old day has closed: what the desk has prepared is not moved behind its back."""

    sentence = _l("已逾變更期限（%(deadline)s），請電洽機關（%(phone)s）辦理；如不克前往，仍可線上取消。")
    status = 409


class VisitDayOver(RuleError):
    """What became of a visit whose day is over is the desk's to say."""

    sentence = _l("接見日期（%(day)s）已過，預約無法變更或取消。如有疑問，請洽機關（電話：%(phone)s）。")
    status = 409


@dataclass(frozen=True)
class BookingChange:
    """What a booking is to become; ``version`` is the one that the booker has seen."""

    visit_on: date
    arrives: time
    version: int
    companions: list[CompanionData] = field(default_factory=list)
    second_visit_confirmed: bool = False


def obstacle(reservation: Reservation, deadline: datetime | None = None) -> RuleError | None:
    """Why a booking cannot be changed online at all; None where it can. ``deadline`` is given by who knows it."""
    if not _move_of(reservation):
        return IllegalMove(state=reservation.state_label)
    if reservation.grant is None or reservation.session_id is not None:
        return NotBookable(phone=phone_of(reservation.agency))
    if reservation.state is ReservationState.AWAITING_NEW_DATE:
        return None  # the agency stopped the visit: no deadline of the old day binds
    over = day_over(reservation)
    if over is not None:
        return over
    deadline = deadline or deadline_of(reservation)
    if clock.now() >= deadline:
        return ChangeTooLate(deadline=Shown(deadline, sentence_time), phone=phone_of(reservation.agency))
    return None


def day_over(reservation: Reservation) -> VisitDayOver | None:
    """Why a booking cannot even be cancelled any more; None where it can, and for one that waits for another date."""
    if reservation.visit_on >= clock.today() or reservation.state is ReservationState.AWAITING_NEW_DATE:
        return None
    return VisitDayOver(day=Shown(reservation.visit_on, sentence_date), phone=phone_of(reservation.agency))


def _move_of(reservation: Reservation) -> str | None:
    """The move with which its booker gives a booking another time; None where that is over."""
    allowed = (move for move in ("change", "choose") if RESERVATION_MOVES.allows(move, reservation.state))
    return next(allowed, None)


def differs(reservation: Reservation, wanted: BookingChange) -> bool:
    """Whether anything about a booking would become another."""
    people = [CompanionData.of(companion) for companion in reservation.companions]
    now = (reservation.visit_on, reservation.arrives_local.time(), people)
    return now != (wanted.visit_on, wanted.arrives, wanted.companions)


def check_change(reservation: Reservation, visit_on: date, arrives: time) -> None:
    """Check day and arrival before the last look; raises :func:`obstacle`'s errors and those of ``check_booking``."""
    problem = obstacle(reservation)
    if problem is not None:
        raise problem
    assert reservation.grant is not None
    check_booking(reservation.grant, visit_on, arrives)


def change(applicant_id: str, reservation_id: str, wanted: BookingChange, actor: Actor) -> bool:
    """Change one's own booking and send it back to review; False where nothing differs (and nothing happens).

    Raises ``NotFound``, ``IllegalMove``, ``Stale``, :class:`ChangeTooLate` and everything that refuses a booking.
    """
    people = _clean(applicant_id, wanted.companions)
    try:
        with transaction() as session:
            closure_guard.share(session, select(Reservation.agency_id).where(Reservation.id == reservation_id))
            _lock_grant(session, applicant_id, reservation_id)
            reservation = _own(session, applicant_id, reservation_id)
            if not _move_of(reservation):
                raise IllegalMove(state=reservation.state_label)
            if not differs(reservation, BookingChange(wanted.visit_on, wanted.arrives, 0, people)):
                return False  # also the second half of a double click
            if reservation.version != wanted.version:
                raise Stale()
            _check(session, reservation, wanted)
            _become(session, reservation, wanted, people, actor)
            return True
    except IntegrityError as error:
        raise SameArrival("at") from error


def _clean(applicant_id: str, typed: list[CompanionData]) -> list[CompanionData]:
    booker = db.session.get(Applicant, applicant_id)
    return clean_companions(typed, booker.id_number if booker else "")


def _own(session: Session, applicant_id: str, reservation_id: str) -> Reservation:
    reservation = locked(session, Reservation, reservation_id)
    if reservation.applicant_id != applicant_id:
        raise NotFound()
    return reservation


def _lock_grant(session: Session, applicant_id: str, reservation_id: str) -> None:
    # Before the booking, as whoever stops a grant locks them: else the two would wait for one another.
    of_booking = select(Reservation.grant_id).where(Reservation.id == reservation_id)
    own = select(ServiceGrant.id).where(ServiceGrant.id.in_(of_booking), ServiceGrant.applicant_id == applicant_id)
    session.execute(own.with_for_update())


def _check(session: Session, reservation: Reservation, wanted: BookingChange) -> None:
    check_change(reservation, wanted.visit_on, wanted.arrives)
    if reservation.grant is not None and not wanted.second_visit_confirmed:
        warn_of_second(session, reservation.grant, wanted.visit_on, wanted.arrives, besides=reservation.id)


def _become(
    session: Session, reservation: Reservation, wanted: BookingChange, people: list[CompanionData], actor: Actor
) -> None:
    applicant = session.get_one(Applicant, reservation.applicant_id)
    old, matched = booking_texts.occasion(reservation, applicant.locale), companions.matched(session, reservation)
    move = _move_of(reservation) or "change"
    before = reservation.move(move)
    reservation.visit_on, reservation.arrives_at = wanted.visit_on, clock.at(wanted.visit_on, wanted.arrives)
    reopen(reservation)
    session.flush()
    companions.keep(session, reservation, people)
    audit.moved(session, reservation, move, before, actor)
    booking_texts.tell(
        session,
        "booking_changed",
        reservation,
        old=old,
        new=booking_texts.occasion(reservation, applicant.locale),
        by=applicant.name,
        reason=booking_texts.NO_REASON,
    )
    booking_texts.tell_companions(session, reservation, matched)


def reopen(reservation: Reservation) -> None:
    """Forget what was decided about a booking: it waits for review anew, as asked for today."""
    reservation.decided_at = reservation.decided_by_id = None
    reservation.rejection_reason = reservation.rejection_note = None
    reservation.attention = None
    reservation.requested_on = clock.today()
    # Companions stand in rows of their own: without this their change alone would leave the version as it is.
    flag_modified(reservation, "requested_on")


def cancel(applicant_id: str, reservation_id: str, version: int, actor: Actor) -> None:
    """Cancel one's own reservation; possible until its day is over.

    Raises ``IllegalMove``, :class:`VisitDayOver`, ``Stale``.
    """
    with transaction() as session:
        reservation = _own(session, applicant_id, reservation_id)
        if not RESERVATION_MOVES.allows("cancel", reservation.state):
            raise IllegalMove(state=reservation.state_label)
        over = day_over(reservation)
        if over is not None:
            raise over
        if reservation.version != version:
            raise Stale()
        before = reservation.move("cancel")
        reservation.cancelled_by, reservation.attention = CancelledBy.APPLICANT, None
        session.flush()
        audit.moved(session, reservation, "cancel", before, actor)
        by = session.get_one(Applicant, applicant_id).name
        booking_texts.tell(session, "booking_cancelled", reservation, by=by, reason=booking_texts.NO_REASON)
        booking_texts.release_companions(session, reservation)
