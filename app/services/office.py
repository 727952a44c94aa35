"""首頁 of the back office: what waits, and the desk's alarm from 16:00 of the working day before a visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from app import clock
from app.extensions import db
from app.rules.calendar import WorkCalendar
from app.rules.parameters import DEFINITIONS, ParameterCode
from app.rules.vocabulary import (
    ApplicationState,
    CancelledBy,
    EntryState,
    ReservationState,
    ServiceItem,
    VisitKind,
)
from app.services import visiting
from models import AgencyParameter, FamilyBookEntry, Reservation, ServiceApplication, WorkItem
from models.reservation import LIVE_STATES

#: When the desk reviews (manual): from then on what waits for the next visiting day is an alarm.
REVIEW_AT = time(16)
#: What CJALF219F reviews; families' visits have a review of their own.
LAWYERS = (VisitKind.LAWYER_ON_SITE, VisitKind.LAWYER_MOBILE)
Scope = frozenset[str] | None


@dataclass(frozen=True)
class Alarm:
    """Bookings of one day that should have been decided: how many, since when the oldest waits, the first arrival."""

    day: date
    count: int
    oldest: date
    first_arrival: str


@dataclass(frozen=True)
class Waiting:
    """How much waits, since when, and how many lawyers come on the next working day."""

    applications: int
    oldest_application: date | None
    #: Bookings that nobody has reviewed, and the day of asking of the oldest, by kind.
    reviews: dict[VisitKind, tuple[int, date]]
    next_day: date
    next_day_visits: int
    #: Coming visits with a flag that somebody has to look at, and the day of the next, by kind.
    flags: dict[VisitKind, tuple[int, date]]
    #: Visits that their bookers cancelled today when the cut-off was over.
    cancelled_late: int
    family_applications: int = 0
    oldest_family: date | None = None
    #: Bookings that a closure stopped and whose bookers have not answered; the earliest day that was stopped.
    unanswered: int = 0
    next_unanswered: date | None = None

    def of_kinds(self, counted: dict[VisitKind, tuple[int, date]], *kinds: VisitKind) -> tuple[int, date | None]:
        """How many of some kinds together, and the earliest day among them."""
        found = [counted[kind] for kind in kinds if kind in counted]
        return sum(number for number, _day in found), min((day for _number, day in found), default=None)

    @property
    def bookings(self) -> int:
        """Lawyers' bookings that wait."""
        return self.of_kinds(self.reviews, *LAWYERS)[0]

    @property
    def flagged(self) -> int:
        """Flagged visits of lawyers on site."""
        return self.of_kinds(self.flags, VisitKind.LAWYER_ON_SITE)[0]


def waiting(scope: Scope, calendar: WorkCalendar | None = None) -> Waiting:
    """What waits at the agencies of a scope (``None``: all of them); five statements, and the calendar's."""
    calendar = calendar or visiting.calendar()
    reviews, (unanswered, next_unanswered) = _undecided(scope)
    by_item = {
        item: (number, since)
        for item, number, since in db.session.execute(
            select(ServiceApplication.item, func.count(), func.min(ServiceApplication.applied_on))
            .where(ServiceApplication.state == ApplicationState.PENDING, _within(scope, ServiceApplication.agency_id))
            .group_by(ServiceApplication.item)
        )
    }
    count, oldest = by_item.get(ServiceItem.LAWYER_VISIT, (0, None))
    family_count, oldest_family = by_item.get(ServiceItem.FAMILY, (0, None))
    next_day = calendar.next_working_day(clock.today())
    visits = db.session.scalar(
        select(func.count()).where(
            Reservation.visit_on == next_day,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.state.in_((ReservationState.PENDING, ReservationState.APPROVED)),
            _within(scope, Reservation.agency_id),
        )
    )
    return Waiting(
        count,
        oldest,
        reviews,
        next_day,
        int(visits or 0),
        _flags(scope),
        len(cancelled_late(scope, calendar)),
        family_applications=family_count,
        oldest_family=oldest_family,
        unanswered=unanswered,
        next_unanswered=next_unanswered,
    )


def _undecided(scope: Scope) -> tuple[dict[VisitKind, tuple[int, date]], tuple[int, date | None]]:
    """Bookings that wait for an officer, by kind, and those that wait for their booker, together."""
    rows = db.session.execute(
        select(
            Reservation.kind,
            Reservation.state,
            func.count(),
            func.min(Reservation.requested_on),
            func.min(Reservation.visit_on),
        )
        .where(
            Reservation.state.in_((ReservationState.PENDING, ReservationState.AWAITING_NEW_DATE)),
            _within(scope, Reservation.agency_id),
        )
        .group_by(Reservation.kind, Reservation.state)
    ).all()
    pending = {kind: (n, asked) for kind, state, n, asked, _visit in rows if state is ReservationState.PENDING}
    stopped = [(n, visit) for _kind, state, n, _asked, visit in rows if state is not ReservationState.PENDING]
    return pending, (sum(n for n, _visit in stopped), min((visit for _n, visit in stopped), default=None))


def _flags(scope: Scope) -> dict[VisitKind, tuple[int, date]]:
    rows = db.session.execute(
        select(Reservation.kind, func.count(), func.min(Reservation.visit_on))
        .where(
            Reservation.attention.is_not(None),
            Reservation.state.in_(LIVE_STATES),
            Reservation.visit_on >= clock.today(),
            _within(scope, Reservation.agency_id),
        )
        .group_by(Reservation.kind)
    )
    return {kind: (number, day) for kind, number, day in rows}


def entries_waiting(scope: Scope) -> tuple[int, date | None]:
    """How many entries of the family book wait to be read, and since which day the oldest."""
    count, since = db.session.execute(
        select(func.count(), func.min(FamilyBookEntry.published_at)).where(
            FamilyBookEntry.state == EntryState.PENDING, _within(scope, FamilyBookEntry.agency_id)
        )
    ).one()
    return count, clock.local(since).date() if since else None


def work_items(scope: Scope) -> tuple[int, date | None]:
    """What a move, release or restriction has put on the work list and nobody has done, and since which day."""
    count, since = db.session.execute(
        select(func.count(), func.min(WorkItem.created_at)).where(
            WorkItem.is_done.is_(False), _within(scope, WorkItem.agency_id)
        )
    ).one()
    return count, clock.local(since).date() if since else None


def alarms(scope: Scope, calendar: WorkCalendar | None = None) -> list[Alarm]:
    """The days whose bookings should have been decided by now, the nearest first.

    A day rings from 16:00 of the working day before it; a booking stops ringing when it is decided or its arrival has
    come.
    """
    now, today, calendar = clock.now(), clock.today(), calendar or visiting.calendar()
    coming = calendar.next_working_day(today)
    # A day off between two working days has the same working day before it as the second.
    last = coming if now >= calendar.deadline_before(coming, REVIEW_AT) else today
    rows = db.session.execute(
        select(
            Reservation.visit_on,
            func.count(),
            func.min(Reservation.requested_on),
            func.min(Reservation.arrives_at),
        )
        .where(*_waits(scope), Reservation.arrives_at > now, Reservation.visit_on <= last)
        .group_by(Reservation.visit_on)
        .order_by(Reservation.visit_on)
    )
    return [Alarm(day, count, oldest, f"{clock.local(first):%H:%M}") for day, count, oldest, first in rows]


def cancelled_late(scope: Scope, calendar: WorkCalendar | None = None) -> list[Reservation]:
    """Visits that their bookers cancelled today after the cut-off for the day of the visit."""
    today, calendar = clock.today(), calendar or visiting.calendar()
    rows = db.session.execute(
        select(Reservation, AgencyParameter.value)
        .outerjoin(
            AgencyParameter,
            (AgencyParameter.agency_id == Reservation.agency_id)
            & (AgencyParameter.code == ParameterCode.BOOKING_CUTOFF.value),
        )
        .where(
            Reservation.state == ReservationState.CANCELLED,
            or_(Reservation.cancelled_by == CancelledBy.APPLICANT, Reservation.cancelled_by.is_(None)),
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.visit_on >= today,
            Reservation.visit_on <= calendar.next_working_day(today),
            Reservation.updated_at >= clock.at(today, time.min),
            Reservation.updated_at < clock.at(today + timedelta(days=1), time.min),
            _within(scope, Reservation.agency_id),
        )
        .order_by(Reservation.arrives_at, Reservation.id)
    )
    usual = DEFINITIONS[ParameterCode.BOOKING_CUTOFF.value].default
    return [
        row
        for row, cutoff in rows
        if row.updated_at >= calendar.deadline_before(row.visit_on, time.fromisoformat(cutoff or usual))
    ]


def _waits(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        Reservation.state == ReservationState.PENDING,
        Reservation.kind.in_(LAWYERS),
        _within(scope, Reservation.agency_id),
    )


def _within(scope: Scope, column: Any) -> ColumnElement[bool]:
    return true() if scope is None else column.in_(scope)
