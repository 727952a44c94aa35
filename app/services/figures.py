"""首頁's charts: how applications, sessions and visits went week by week, in one scope; few statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from app import clock
from app.extensions import db
from app.rules import figures
from app.rules.calendar import WorkCalendar
from app.rules.vocabulary import ReservationState, ServiceItem, VisitKind
from app.services import session_places
from app.services.portable_sql import local_day
from models import Reservation, ServiceApplication

Scope = frozenset[str] | None
#: What applications are made for, in the manual's order.
ITEMS = (ServiceItem.LAWYER_VISIT, ServiceItem.FAMILY)
#: Visits of which it is known whether the visitor came: the rest was taken back, or is to come.
CAME = (
    ReservationState.CHECKED_IN,
    ReservationState.IN_PROGRESS,
    ReservationState.COMPLETED,
    ReservationState.REFUSED_BY_INMATE,
    ReservationState.INMATE_AWAY,
)
KNOWN = (*CAME, ReservationState.NO_SHOW)


@dataclass(frozen=True)
class ApplicationWeek:
    """收件 (by 申請日期) and 審結 (by the day of the decision that stands) of one week, by service item.

    ``median_days``: half of what was decided this week had waited no longer (days from 申請日期 to the decision);
    None where nothing was decided. ``oldest`` is the earliest 申請日期 among it.
    """

    monday: date
    received: dict[ServiceItem, int]
    decided: dict[ServiceItem, int]
    median_days: dict[ServiceItem, float | None]
    oldest: dict[ServiceItem, date]

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class SessionWeek:
    """Places of one kind of visit by session in one week (``session_places``)."""

    monday: date
    taken: int
    places: int

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class VisitWeek:
    """未到 in one week by 接見日期, of the visits of which it is known whether the visitor came."""

    monday: date
    missed: int
    known: int

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)


def applications(scope: Scope, weeks: Sequence[date]) -> list[ApplicationWeek]:
    """Applications week by week; two statements."""
    row, since = ServiceApplication, clock.at(weeks[0], time.min)
    within = (row.item.in_(ITEMS), _within(scope, row.agency_id))
    sent = db.session.execute(
        select(row.item, row.applied_on, func.count())
        .where(row.submitted_at >= since, *within)
        .group_by(row.item, row.applied_on)
    )
    day = local_day(row.decided_at)
    closed = db.session.execute(
        select(row.item, row.applied_on, day, func.count())
        .where(row.decided_at >= since, *within)
        .group_by(row.item, row.applied_on, day)
    )
    received: Counter[tuple[date, ServiceItem]] = Counter()
    for item, applied_on, number in sent:
        received[figures.monday(applied_on), item] += number
    decided: Counter[tuple[date, ServiceItem]] = Counter()
    waits: dict[tuple[date, ServiceItem], Counter[int]] = defaultdict(Counter)
    oldest: dict[date, dict[ServiceItem, date]] = defaultdict(dict)
    for item, applied_on, decided_on, number in closed:
        week = figures.monday(decided_on)
        decided[week, item] += number
        waits[week, item][(decided_on - applied_on).days] += number
        oldest[week][item] = min(applied_on, oldest[week].get(item, applied_on))
    return [
        ApplicationWeek(
            week,
            {item: received[week, item] for item in ITEMS},
            {item: decided[week, item] for item in ITEMS},
            {item: figures.median(waits[week, item]) for item in ITEMS},
            oldest[week],
        )
        for week in weeks
    ]


def sessions(scope: Scope, weeks: Sequence[date], calendar: WorkCalendar) -> dict[VisitKind, list[SessionWeek]]:
    """The use of sessions week by week, for each kind of which there were places or visits; five statements."""
    last = weeks[-1] + timedelta(days=6)
    taken: dict[VisitKind, Counter[date]] = defaultdict(Counter)
    places: dict[VisitKind, Counter[date]] = defaultdict(Counter)
    for row in session_places.by_day(scope, weeks[0], last, calendar):
        taken[row.kind][figures.monday(row.day)] += row.taken
        places[row.kind][figures.monday(row.day)] += row.places
    kinds = [kind for kind in VisitKind if kind in places]
    return {kind: [SessionWeek(week, taken[kind][week], places[kind][week]) for week in weeks] for kind in kinds}


def visits(scope: Scope, weeks: Sequence[date]) -> dict[VisitKind, list[VisitWeek]]:
    """Who came and who did not, week by week, for each kind of which visits are known; one statement."""
    rows = db.session.execute(
        select(Reservation.kind, Reservation.visit_on, Reservation.state, func.count())
        .where(
            Reservation.visit_on.between(weeks[0], weeks[-1] + timedelta(days=6)),
            Reservation.state.in_(KNOWN),
            _within(scope, Reservation.agency_id),
        )
        .group_by(Reservation.kind, Reservation.visit_on, Reservation.state)
    )
    missed: dict[VisitKind, Counter[date]] = defaultdict(Counter)
    known: dict[VisitKind, Counter[date]] = defaultdict(Counter)
    for kind, visit_on, state, number in rows:
        known[kind][figures.monday(visit_on)] += number
        missed[kind][figures.monday(visit_on)] += number if state is ReservationState.NO_SHOW else 0
    kinds = [kind for kind in VisitKind if kind in known]
    return {kind: [VisitWeek(week, missed[kind][week], known[kind][week]) for week in weeks] for kind in kinds}


def _within(scope: Scope, column: Any) -> ColumnElement[bool]:
    return true() if scope is None else column.in_(sorted(scope))
