"""預約: a lawyer announces an arrival, changes his mind, and the desk decides."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import arrival, masking
from app.rules.dates import booking_date
from app.rules.vocabulary import BookingSource, Relationship, ServiceItem, VisitKind
from app.security import Actor
from app.services import audit, notifications, visiting
from app.services.companions import CompanionData, clean_companions
from app.transaction import locked, transaction
from models import Agency, Applicant, Companion, Inmate, Reservation, ServiceGrant
from models.reservation import LIVE_STATES

_NUMBER_ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXY"


class GrantMissing(RuleError):
    """There is no valid grant for this visit."""

    sentence = _l(
        "您目前沒有可用於該日期的律師接見服務項目（可能已到期、暫停或廢止）。請先至「律師接見服務項目申請」辦理。"
    )


class SecondBooking(RuleError):
    """The same lawyer has a booking for the same inmate and half-day: a warning, not a refusal (§72)."""

    sentence = _l("您於同一時段已預約接見該收容人（%(time)s到達）。建議變更原預約；如確有需要，仍可繼續預約。")
    status = 409


class SameArrival(RuleError):
    """The same lawyer has already announced this very arrival."""

    sentence = _l("您已預約同一日期及時間接見該收容人，無須重複預約。請至「預約紀錄查詢及異動」查看。")
    status = 409


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
    grant = db.session.get(ServiceGrant, grant_id) if grant_id else None
    if grant is None or grant.applicant_id != applicant_id:
        raise NotFound()
    return grant


def check_time(applicant_id: str, grant_id: str, visit_on: date, arrives: time) -> None:
    """Check day and arrival before the last step; raises the errors of ``app.rules.arrival`` and GrantMissing."""
    _check(own_grant(applicant_id, grant_id), visit_on, arrives)


def _check(grant: ServiceGrant, visit_on: date, arrives: time) -> None:
    rules = visiting.rules_for(grant.agency_id)
    arrival.check_arrival(
        visit_on,
        arrives,
        windows=rules.windows,
        calendar=visiting.calendar(),
        now=clock.now(),
        cutoff=rules.cutoff,
        days_ahead=rules.days_ahead,
        agency_name=grant.agency.name,
    )
    if not grant.holds_on(visit_on) or not grant.agency.is_active_on(visit_on):
        raise GrantMissing("day")


def book(applicant_id: str, request: BookingRequest, actor: Actor) -> str:
    """Announce an arrival and return the reservation's id; the same form sent twice is one booking.

    Raises the errors of ``app.rules.arrival``, :class:`GrantMissing`, :class:`SecondBooking`, :class:`SameArrival`,
    ``RuleErrors`` for companions.
    """
    companions = clean_companions(request.companions)
    try:
        with transaction() as session:
            made = session.scalar(_made(applicant_id, request.key))
            if made is not None:
                return made
            grant = locked(session, ServiceGrant, request.grant_id)
            if grant.applicant_id != applicant_id:
                raise NotFound()
            _check(grant, request.visit_on, request.arrives)
            if not request.second_visit_confirmed:
                _warn_of_second(session, grant, request.visit_on, request.arrives)
            reservation = _insert(session, grant, request, companions)
            audit.record(session, "reservation.book", actor, reservation, agency_id=reservation.agency_id)
            _tell_received(session, reservation)
            return reservation.id
    except IntegrityError as error:
        made = db.session.scalar(_made(applicant_id, request.key))
        if made is not None:  # the other half of a double click was faster
            return made
        raise SameArrival("at") from error


def _made(applicant_id: str, key: str):  # type: ignore[no-untyped-def]
    return select(Reservation.id).where(Reservation.applicant_id == applicant_id, Reservation.idempotency_key == key)


def _warn_of_second(session: Session, grant: ServiceGrant, visit_on: date, arrives: time) -> None:
    windows = visiting.rules_for(grant.agency_id).windows
    same_day = session.scalars(
        select(Reservation).where(
            Reservation.applicant_id == grant.applicant_id,
            Reservation.inmate_id == grant.inmate_id,
            Reservation.visit_on == visit_on,
            Reservation.state.in_(LIVE_STATES),
        )
    )
    for other in same_day:
        at = other.arrives_local.time()
        if at != arrives and windows.half_day(at) == windows.half_day(arrives):
            raise SecondBooking("second_visit_confirmed", time=f"{at:%H:%M}")


def _insert(
    session: Session, grant: ServiceGrant, request: BookingRequest, companions: list[CompanionData]
) -> Reservation:
    applicant = session.get_one(Applicant, grant.applicant_id)
    reservation = Reservation(
        number=_number(request.visit_on),
        kind=VisitKind.LAWYER_ON_SITE,
        source=BookingSource.ONLINE,
        agency_id=grant.agency_id,
        inmate_id=grant.inmate_id,
        applicant_id=applicant.id,
        grant_id=grant.id,
        visitor_name=applicant.name,
        visitor_relation=grant.relation,
        visit_on=request.visit_on,
        arrives_at=clock.at(request.visit_on, request.arrives),
        requested_on=clock.today(),
        remind_me=request.remind_me,
        idempotency_key=request.key[:36],
    )
    session.add(reservation)
    session.flush()
    for position, companion in enumerate(companions, 1):
        session.add(
            Companion(
                reservation_id=reservation.id,
                position=position,
                name=companion.name,
                relation=Relationship(companion.relation),
                id_number=companion.id_number,
            )
        )
    session.flush()
    return reservation


def _number(visit_on: date) -> str:
    tail = "".join(secrets.choice(_NUMBER_ALPHABET) for _ in range(6))
    return f"L{visit_on:%y%m%d}-{tail}"


def described(reservation: Reservation, locale: str) -> dict[str, str]:
    """The places of the message texts about a reservation."""
    agency: Agency = reservation.agency
    inmate: Inmate = reservation.inmate
    return {
        "agency": agency.name,
        "address": agency.address or "",
        "inmate": masking.name_middle(inmate.name),
        "kind": str(reservation.kind.label),
        "date": booking_date(reservation.visit_on, locale),
        "time": f"{reservation.arrives_local:%H:%M}",
        "companions": "、".join(c.name for c in reservation.companions) or "－",
        "number": reservation.number,
    }


def _tell_received(session: Session, reservation: Reservation) -> None:
    applicant = reservation.applicant or session.get_one(Applicant, reservation.applicant_id)
    notifications.enqueue(
        session,
        "booking_received",
        applicant,
        reservation,
        agency=reservation.agency,
        values=described(reservation, applicant.locale),
    )


def of_applicant(applicant_id: str) -> list[Reservation]:
    """預約紀錄查詢及異動: one's own reservations, latest visit first."""
    return list(
        db.session.scalars(
            select(Reservation)
            .where(Reservation.applicant_id == applicant_id)
            .order_by(Reservation.visit_on.desc(), Reservation.arrives_at.desc(), Reservation.id)
            .options(selectinload(Reservation.agency), selectinload(Reservation.inmate))
        )
    )


def get(applicant_id: str, reservation_id: str) -> Reservation:
    """One's own reservation; raises ``NotFound``."""
    reservation = db.session.get(Reservation, reservation_id)
    if reservation is None or reservation.applicant_id != applicant_id:
        raise NotFound()
    return reservation


def cancel(applicant_id: str, reservation_id: str, version: int, actor: Actor) -> None:
    """Cancel one's own reservation; always possible while it is live. Raises ``IllegalMove``, ``Stale``."""
    with transaction() as session:
        reservation = locked(session, Reservation, reservation_id)
        if reservation.applicant_id != applicant_id:
            raise NotFound()
        if reservation.version != version:
            raise Stale()
        before = reservation.move("cancel")
        session.flush()
        audit.moved(session, reservation, "cancel", before, actor)
        applicant = session.get_one(Applicant, applicant_id)
        notifications.enqueue(
            session,
            "booking_cancelled",
            applicant,
            reservation,
            version=reservation.version,
            agency=reservation.agency,
            values={**described(reservation, applicant.locale), "by": applicant.name, "reason": "－"},
        )
