"""統計報表: one month at each agency. What each number means stands in :class:`AgencyMonth`, and nowhere else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from app import clock
from app.extensions import db
from app.i18n import _l
from app.rules import figures
from app.rules.vocabulary import BookingSource, EntryState, ReservationState, ServiceItem, VisitKind, Word
from app.services import session_demand, session_places, visiting
from app.services.figures import KNOWN
from app.services.portable_sql import local_day
from models import Agency, FamilyBookEntry, Reservation, ServiceApplication

Scope = frozenset[str] | None


class Matter(Word):
    """What is received and decided."""

    LAWYERS = "lawyers", _l("律師申請")
    FAMILIES = "families", _l("家屬申請")
    ARRIVALS = "arrivals", _l("律師現場預約")
    SESSIONS = "sessions", _l("家屬及行動預約")
    ENTRIES = "entries", _l("家庭聯絡簿")


_ITEMS = {ServiceItem.LAWYER_VISIT: Matter.LAWYERS, ServiceItem.FAMILY: Matter.FAMILIES}


@dataclass
class AgencyMonth:
    """One agency's month, or the sum of several.

    - ``received`` 收件: applications by 申請日期, bookings by 申請日期 (a changed booking counts on the day of its last
      change; walk-ins are not booked), entries of the family book by 發佈日期; whatever became of them.
    - ``decided`` 審結: applications, bookings and entries by the day of the decision that stands now.
    - ``waits``: the days from 申請日期 to the decision, of the applications decided this month, by how often each
      occurs; ``mean_days`` 平均審核天數 is their mean.
    - ``missed`` 未到 of ``known``: visits of this month, of every kind, of which it is known whether the visitor came
      (checked in, held, refused by the inmate, inmate away, or not come); ``missed_rate`` 未到率 is their share.
    - ``booked`` 預約: bookings of sessions of this month, whatever became of them. ``turned_away`` 額滿未能預約: how
      often somebody asked for a full session of this month. Their sum is ``demand`` 需求.
    - ``places`` 名額: what the timetable of today holds this month, closures excepted (``session_places``);
      ``demand_rate`` 需求比 is demand by places.
    """

    received: Counter[Matter] = field(default_factory=Counter)
    decided: Counter[Matter] = field(default_factory=Counter)
    waits: Counter[int] = field(default_factory=Counter)
    missed: int = 0
    known: int = 0
    booked: int = 0
    turned_away: int = 0
    places: int = 0

    @property
    def mean_days(self) -> float | None:
        """平均審核天數; None where nothing was decided."""
        return figures.mean(self.waits)

    @property
    def missed_rate(self) -> float | None:
        """未到率 in percent; None where nobody was expected."""
        return figures.rate(self.missed, self.known)

    @property
    def demand(self) -> int:
        """需求."""
        return self.booked + self.turned_away

    @property
    def demand_rate(self) -> float | None:
        """需求比 in percent; None where there were no places."""
        return figures.rate(self.demand, self.places)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for, decided, or visited."""
        return not (self.received.total() or self.decided.total() or self.known or self.demand)

    def add(self, other: AgencyMonth) -> None:
        """Add another agency's month to this sum."""
        self.received.update(other.received)
        self.decided.update(other.decided)
        self.waits.update(other.waits)
        self.missed += other.missed
        self.known += other.known
        self.booked += other.booked
        self.turned_away += other.turned_away
        self.places += other.places


@dataclass(frozen=True)
class Line:
    """An agency and its month."""

    agency: str
    month: AgencyMonth


@dataclass(frozen=True)
class Report:
    """A month of all agencies of a scope, in the order of their codes, and their sum."""

    first: date
    lines: Sequence[Line]
    total: AgencyMonth

    @property
    def is_running(self) -> bool:
        """Whether the month is not over: its numbers still change."""
        return clock.today() < figures.following(self.first)


def of_month(first: date, scope: Scope) -> Report:
    """The month that begins on this day, for each agency of a scope (``None``: all); a dozen statements."""
    last = figures.following(first) - timedelta(days=1)
    months: dict[str, AgencyMonth] = defaultdict(AgencyMonth)
    _applications(months, scope, first, last)
    _bookings(months, scope, first, last)
    _entries(months, scope, first, last)
    _visits(months, scope, first, last)
    for agency_id, number in session_demand.refused(scope, first, last).items():
        months[agency_id].turned_away += number
    for row in session_places.by_day(scope, first, last, visiting.calendar()):
        months[row.agency_id].places += row.places
    lines, total = [], AgencyMonth()
    for agency in _agencies(scope):
        if agency.is_active_on(first) or agency.is_active_on(last) or agency.id in months:
            lines.append(Line(agency.label, months[agency.id]))
            total.add(months[agency.id])
    return Report(first, lines, total)


def _agencies(scope: Scope) -> Iterable[Agency]:
    wanted = select(Agency).where(_within(scope, Agency.id))
    return db.session.scalars(wanted.order_by(Agency.code.is_(None), Agency.code, Agency.name))


def _applications(months: dict[str, AgencyMonth], scope: Scope, first: date, last: date) -> None:
    row, (since, until) = ServiceApplication, _instants(first, last)
    within = (row.item.in_(tuple(_ITEMS)), _within(scope, row.agency_id))
    sent = select(row.agency_id, row.item, func.count()).where(row.submitted_at >= since, row.submitted_at < until)
    for agency_id, item, number in db.session.execute(sent.where(*within).group_by(row.agency_id, row.item)):
        months[agency_id].received[_ITEMS[item]] += number
    day = local_day(row.decided_at)
    closed = select(row.agency_id, row.item, row.applied_on, day, func.count())
    closed = closed.where(row.decided_at >= since, row.decided_at < until, *within)
    grouped = closed.group_by(row.agency_id, row.item, row.applied_on, day)
    for agency_id, item, applied_on, decided_on, number in db.session.execute(grouped):
        months[agency_id].decided[_ITEMS[item]] += number
        months[agency_id].waits[(decided_on - applied_on).days] += number


def _bookings(months: dict[str, AgencyMonth], scope: Scope, first: date, last: date) -> None:
    """A booking is made and decided before its visit, so the index by day of the visit says where to begin."""
    row, (since, until) = Reservation, _instants(first, last)
    ours = (row.visit_on >= first, row.source != BookingSource.WALK_IN, _within(scope, row.agency_id))
    asked = row.requested_on.between(first, last)
    closed = (row.decided_at >= since) & (row.decided_at < until)
    for condition, name in ((asked, "received"), (closed, "decided")):
        counted = select(row.agency_id, row.kind, func.count()).where(condition, *ours)
        for agency_id, kind, number in db.session.execute(counted.group_by(row.agency_id, row.kind)):
            matter = Matter.ARRIVALS if kind is VisitKind.LAWYER_ON_SITE else Matter.SESSIONS
            getattr(months[agency_id], name)[matter] += number


def _entries(months: dict[str, AgencyMonth], scope: Scope, first: date, last: date) -> None:
    row, (since, until) = FamilyBookEntry, _instants(first, last)
    for column, name in ((row.published_at, "received"), (row.decided_at, "decided")):
        counted = select(row.agency_id, func.count()).where(
            column >= since, column < until, row.state != EntryState.DRAFT, _within(scope, row.agency_id)
        )
        for agency_id, number in db.session.execute(counted.group_by(row.agency_id)):
            getattr(months[agency_id], name)[Matter.ENTRIES] += number


def _visits(months: dict[str, AgencyMonth], scope: Scope, first: date, last: date) -> None:
    row, by_session = Reservation, Reservation.session_id.is_not(None)
    counted = (
        select(row.agency_id, by_session, row.state, func.count())
        .where(row.visit_on.between(first, last), _within(scope, row.agency_id))
        .group_by(row.agency_id, by_session, row.state)
    )
    for agency_id, is_by_session, state, number in db.session.execute(counted):
        month = months[agency_id]
        month.booked += number if is_by_session else 0
        month.known += number if state in KNOWN else 0
        month.missed += number if state is ReservationState.NO_SHOW else 0


def _instants(first: date, last: date) -> tuple[Any, Any]:
    return clock.at(first, time.min), clock.at(last + timedelta(days=1), time.min)


def _within(scope: Scope, column: Any) -> ColumnElement[bool]:
    return true() if scope is None else column.in_(sorted(scope))
