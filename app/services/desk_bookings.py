"""CJALF223F: bookings that the desk takes by telephone, under the rules of online booking or with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

from sqlalchemy import false, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import desk_arrival
from app.rules.vocabulary import BookingSource, Relationship, VisitKind
from app.security import Actor
from app.services import audit, closure_guard, desk_visitors, notifications, reservations, visiting
from app.services.companions import CompanionData, clean_companions
from app.services.companions import keep as keep_companions
from app.services.desk_visitors import Findings, VisitorData
from app.transaction import locked, transaction
from models import Applicant, Inmate, Reservation, ServiceGrant
from models.reservation import LIVE_STATES

LONGEST_REASON = 500


class DayMissing(RuleError):
    """A day and a time have to be given."""

    sentence = _l("請選擇接見日期及預計到達時間，例如2026/03/10、10:30。")


class SecondVisit(RuleError):
    """The same visitor has a booking for the same inmate and half-day: a warning, not a refusal (§72)."""

    sentence = _l(
        "此接見人於同一時段已預約接見該收容人（%(time)s到達，預約編號%(number)s）。建議變更原預約；確有需要者，請勾選後再儲存。"
    )
    status = 409


class SameVisit(RuleError):
    """The same visitor is already booked for this very arrival."""

    sentence = _l("此接見人已預約同一日期及時間接見該收容人，無須重複登記。請以預約編號或接見人查詢原預約。")
    status = 409


@dataclass(frozen=True)
class Arrival:
    """Day and time as typed (None: not a day, not a time), and why a rule of online booking is broken."""

    visit_on: date | None
    arrives: time | None
    exception_reason: str = ""
    second_visit_confirmed: bool = False


@dataclass(frozen=True)
class PhoneBooking:
    """What a caller asks for; ``key`` is made with the form, so that one form is one booking."""

    agency_id: str
    inmate_number: str
    visitor: VisitorData
    arrival: Arrival
    key: str
    companions: list[CompanionData] = field(default_factory=list)


def book_by_phone(asked: PhoneBooking, scope: frozenset[str] | None, officer_id: int, actor: Actor) -> str:
    """Enter a telephone booking, which waits for review like any other, and return its id.

    Raises ``RuleErrors`` (fields of the form), :class:`SecondVisit`, :class:`SameVisit`, ``NotFound``.
    """
    found, companions, visitor, inmate = Findings(), asked.companions, asked.visitor, None
    with found.gathered():
        inmate = desk_visitors.inmate_at(asked.agency_id, asked.inmate_number, scope)
    with found.gathered():
        visitor = desk_visitors.clean_visitor(asked.visitor)
    with found.gathered():
        kept_exception(asked.agency_id, asked.arrival, scope)
    with found.gathered():
        companions = clean_companions(asked.companions)
    found.tell()
    assert inmate is not None
    inmate_id = inmate.id
    try:
        with transaction() as session:
            closure_guard.share(session, asked.agency_id)
            made = session.scalar(entered(officer_id, asked.key))
            if made is not None:
                return made
            here = session.get_one(Inmate, inmate_id)
            reservation = _insert(session, here, asked, visitor, officer_id, scope)
            keep_companions(session, reservation, companions)
            facts = {"source": reservation.source.value, "exception": bool(reservation.exception_reason)}
            audit.record(session, "reservation.enter", actor, reservation, agency_id=reservation.agency_id, facts=facts)
            _tell_received(session, reservation)
            return reservation.id
    except IntegrityError as error:
        made = db.session.scalar(entered(officer_id, asked.key))
        if made is not None:  # the other half of a double click was faster
            return made
        raise SameVisit("at") from error


def entered(officer_id: int, key: str):  # type: ignore[no-untyped-def]
    """The booking that came of one of this officer's forms."""
    return select(Reservation.id).where(
        Reservation.entered_by_id == officer_id, Reservation.idempotency_key == key[:36]
    )


def _insert(
    session: Session,
    inmate: Inmate,
    asked: PhoneBooking,
    visitor: VisitorData,
    officer_id: int,
    scope: frozenset[str] | None,
) -> Reservation:
    exception = kept_exception(inmate.agency_id, asked.arrival, scope)
    day, at = moment_of(asked.arrival)
    grant = desk_visitors.grant_of(session, visitor.id_number, inmate.id, day)
    reservation = Reservation(
        number=reservations._number(day),
        kind=VisitKind.LAWYER_ON_SITE,
        source=BookingSource.PHONE,
        agency_id=inmate.agency_id,
        inmate_id=inmate.id,
        visitor_relation=Relationship(visitor.relation),
        visit_on=day,
        arrives_at=clock.at(day, at),
        requested_on=clock.today(),
        remind_me=grant is not None,
        idempotency_key=asked.key[:36],
        entered_by_id=officer_id,
        exception_reason=exception,
    )
    describe_visitor(reservation, visitor, grant)
    if not asked.arrival.second_visit_confirmed:
        warn_of_second(session, reservation)
    session.add(reservation)
    session.flush()
    return reservation


def describe_visitor(reservation: Reservation, visitor: VisitorData, grant: ServiceGrant | None) -> None:
    """Keep who comes; the account of somebody who holds a grant for this inmate is attached for the officer."""
    reservation.visitor_name = visitor.name
    reservation.visitor_certificate = visitor.certificate or None
    reservation.visitor_id_number = visitor.id_number
    reservation.visitor_phone = visitor.phone or None
    if grant is not None:
        reservation.applicant_id, reservation.grant_id = grant.applicant_id, grant.id


def moment_of(arrival: Arrival) -> tuple[date, time]:
    """Day and time; raises :class:`DayMissing`."""
    if arrival.visit_on is None:
        raise DayMissing("day")
    if arrival.arrives is None:
        raise DayMissing("at")
    return arrival.visit_on, arrival.arrives


def kept_exception(agency_id: str, arrival: Arrival, scope: frozenset[str] | None) -> str | None:
    """Why this arrival breaks rules of online booking, None where it breaks none.

    Raises the errors of ``app.rules.desk_arrival`` and :class:`DayMissing`.
    """
    day, at = moment_of(arrival)
    if not agency_id or (scope is not None and agency_id not in scope):
        return None  # what is wrong is told about the agency
    rules = visiting.rules_for(agency_id, day)
    broken = desk_arrival.broken_rules(
        day,
        at,
        windows=rules.windows,
        calendar=visiting.calendar_at(agency_id, clock.at(day, at)),
        now=clock.now(),
        cutoff=rules.cutoff,
        days_ahead=rules.days_ahead,
    )
    reason = desk_arrival.check_exception(broken, arrival.exception_reason)
    return reason[:LONGEST_REASON] if reason else None


def warn_of_second(session: Session, reservation: Reservation) -> None:
    """Raise :class:`SecondVisit` where the visitor has another live booking for this inmate and half-day."""
    windows = visiting.rules_for(reservation.agency_id, reservation.visit_on).windows
    at = reservation.arrives_local.time()
    for other in same_visitor_that_day(session, reservation):
        then = other.arrives_local.time()
        if then != at and desk_arrival.half_day(windows, then) == desk_arrival.half_day(windows, at):
            raise SecondVisit("second_visit_confirmed", time=f"{then:%H:%M}", number=other.number)


def same_visitor_that_day(session: Session, reservation: Reservation) -> list[Reservation]:
    """The other live bookings of the same person for the same inmate and day."""
    same = []
    if reservation.visitor_id_number_index:
        same.append(Reservation.visitor_id_number_index == reservation.visitor_id_number_index)
    if reservation.applicant_id:
        same.append(Reservation.applicant_id == reservation.applicant_id)
    query = select(Reservation).where(
        or_(false(), *same),
        Reservation.id != reservation.id,
        Reservation.inmate_id == reservation.inmate_id,
        Reservation.visit_on == reservation.visit_on,
        Reservation.state.in_(LIVE_STATES),
    )
    with session.no_autoflush:
        return list(session.scalars(query.order_by(Reservation.arrives_at, Reservation.id)))


def taken_up(
    session: Session, reservation_id: str, version: int | None, scope: frozenset[str] | None, by_session: bool = False
) -> Reservation:
    """A lawyer's visit on site (or one by session) as it is now, locked; raises ``NotFound``, ``Stale``."""
    reservation = locked(session, Reservation, reservation_id)
    is_ours = scope is None or reservation.agency_id in scope
    if not is_ours or by_session != (reservation.kind != VisitKind.LAWYER_ON_SITE):
        raise NotFound()
    if version is not None and reservation.version != version:
        raise Stale()
    return reservation


def _tell_received(session: Session, reservation: Reservation) -> None:
    if reservation.applicant_id is None:
        return  # told by telephone, while the caller is still there
    applicant = session.get_one(Applicant, reservation.applicant_id)
    notifications.enqueue(
        session,
        "booking_received",
        applicant,
        reservation,
        agency=reservation.agency,
        values=reservations.described(reservation, applicant.locale),
    )
