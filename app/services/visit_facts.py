"""What a decision about a visit by session rests on, read in a few statements (``app.rules.visits_by_session``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.rules.calendar import WorkCalendar
from app.rules.visit_quota import CountedVisit
from app.rules.visit_rules import VisitRulesDocument, grade_of
from app.rules.visits_by_session import Inmate as InmateFacts
from app.rules.visits_by_session import OwnVisit, Question, Visitor
from app.rules.vocabulary import GrantState, InmateStatus, ReservationState, ServiceItem, SessionState, VisitKind
from app.services import visit_rules, visiting
from app.services.agencies import phone_of
from models import Inmate, PlaceHold, Reservation, ServiceGrant, VisitSession
from models.reservation import LIVE_STATES

#: The service item that each kind of visit needs.
ITEM_FOR = {
    VisitKind.FAMILY_ON_SITE: ServiceItem.ON_SITE_VISIT,
    VisitKind.FAMILY_REMOTE: ServiceItem.REMOTE_VISIT,
    VisitKind.FAMILY_MOBILE: ServiceItem.MOBILE_VISIT,
    VisitKind.LAWYER_MOBILE: ServiceItem.LAWYER_VISIT,
}
#: What uses a quota: visits to come and visits that took place; one that the inmate refused or missed does not.
COUNTED_STATES = (*LIVE_STATES, ReservationState.COMPLETED)
#: No rule looks further back or ahead than this.
REACH = timedelta(days=400)


def question(
    session: Session,
    grant: ServiceGrant,
    kind: VisitKind,
    *,
    persons: int = 1,
    replaces_id: str | None = None,
    rules: VisitRulesDocument | None = None,
    calendar: WorkCalendar | None = None,
) -> Question:
    """Everything about one visitor and one inmate; ``replaces_id`` is the booking being changed, which counts not.

    Who asks about many visitors reads ``rules`` and ``calendar`` once.
    """
    rules = rules or visit_rules.rules_of(grant.agency_id, kind)
    inmate = grant.inmate
    kinds = {rules.kind, *(kind for rule in rules.quota for kind in rule.kinds)}
    booked = [row for row in _booked(session, grant, kinds) if row.id != replaces_id]
    return Question(
        now=clock.now(),
        rules=rules,
        calendar=calendar or visiting.calendar(),
        inmate=InmateFacts(inmate.custody_type, grade_of(inmate.treatment_grade), _is_bookable(inmate, grant)),
        visitor=Visitor(
            relation=grant.relation,
            granted_from=grant.from_on,
            granted_until=grant.until_on if grant.state is GrantState.ACTIVE else date.min,
            has_visited=not rules.earlier_visit or _has_visited(session, grant),
            missed=tuple(_missed(session, grant)) if rules.no_shows else (),
            own=tuple(_own(booked, grant.applicant_id)),
            persons=persons,
        ),
        visits=() if grant.relation.is_lawyers else (*_visits(booked, grant, kinds), *_held(session, grant, kinds)),
        agency=grant.agency.name,
        phone=phone_of(grant.agency),
    )


def _is_bookable(inmate: Inmate, grant: ServiceGrant) -> bool:
    if inmate.status is not InmateStatus.PRESENT or inmate.agency_id != grant.agency_id:
        return False
    if grant.state is GrantState.TO_CHECK or not grant.agency.is_active_on(clock.today()):
        return False
    if grant.relation.is_lawyers:
        return True  # 違規 and 隔離 never stop a lawyer (§72); a judge's 限制書 is for a person to read
    # A restriction within the time that can be booked closes all of it: else its last day could be read off the week.
    last = clock.today() + timedelta(days=31)
    return not any(
        r.from_on <= last and (r.until_on is None or r.until_on >= clock.today()) for r in inmate.restrictions
    )


def _booked(session: Session, grant: ServiceGrant, kinds: Iterable[VisitKind]) -> Sequence[Any]:
    """The inmate's visits that may count and the visitor's own that may overlap, in one statement."""
    today, since = clock.today(), clock.now() - timedelta(days=1)
    one = Reservation
    of_inmate = and_(
        one.inmate_id == grant.inmate_id,
        one.kind.in_(kinds),
        one.state.in_(COUNTED_STATES),
        one.visit_on.between(today - REACH, today + REACH),
    )
    own = and_(
        one.applicant_id == grant.applicant_id,
        one.session_id.is_not(None),
        one.state.in_(LIVE_STATES),
        one.arrives_at > since,
    )
    columns = (one.id, one.number, one.kind, one.state, one.applicant_id, one.inmate_id, one.session_id)
    return session.execute(select(*columns, one.visit_on, one.arrives_at, one.minutes).where(or_(of_inmate, own))).all()


def _visits(booked: Iterable[Any], grant: ServiceGrant, kinds: Iterable[VisitKind]) -> list[CountedVisit]:
    today = clock.today()
    return [
        CountedVisit(
            row.kind,
            row.visit_on,
            row.state != ReservationState.COMPLETED and row.visit_on >= today,
        )
        for row in booked
        if row.inmate_id == grant.inmate_id and row.kind in kinds
    ]


def _held(session: Session, grant: ServiceGrant, kinds: Iterable[VisitKind]) -> list[CountedVisit]:
    held = session.execute(
        select(VisitSession.kind, VisitSession.visit_on, PlaceHold.replaces_id)
        .join(PlaceHold, PlaceHold.session_id == VisitSession.id)
        .where(
            PlaceHold.inmate_id == grant.inmate_id,
            PlaceHold.applicant_id != grant.applicant_id,
            PlaceHold.expires_at > clock.now(),
            VisitSession.state == SessionState.OPEN,
            VisitSession.kind.in_(kinds),
        )
    )
    # A relative who holds a place in order to change a booking uses one visit, not two.
    return [CountedVisit(kind, day) for kind, day, replaced in held if replaced is None]


def _own(booked: Iterable[Any], applicant_id: str) -> list[OwnVisit]:
    since = clock.now() - timedelta(days=1)
    return [
        OwnVisit(row.number, row.arrives_at, row.arrives_at + timedelta(minutes=row.minutes or 30))
        for row in booked
        if row.applicant_id == applicant_id
        and row.session_id is not None
        and row.state in LIVE_STATES
        and row.arrives_at > since
    ]


def _missed(session: Session, grant: ServiceGrant) -> list[date]:
    return list(
        session.scalars(
            select(Reservation.visit_on).where(
                Reservation.applicant_id == grant.applicant_id,
                Reservation.agency_id == grant.agency_id,
                Reservation.session_id.is_not(None),
                Reservation.state == ReservationState.NO_SHOW,
                Reservation.visit_on > clock.today() - 2 * REACH,
            )
        )
    )


def _has_visited(session: Session, grant: ServiceGrant) -> bool:
    return (
        session.scalar(
            select(Reservation.id)
            .where(
                Reservation.inmate_id == grant.inmate_id,
                or_(Reservation.applicant_id == grant.applicant_id, Reservation.grant_id == grant.id),
                Reservation.state == ReservationState.COMPLETED,
            )
            .limit(1)
        )
        is not None
    )
