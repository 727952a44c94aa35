"""How many places agencies offer in visits by session, and how many are taken, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, true

from app.extensions import db
from app.rules.calendar import WorkCalendar
from app.rules.visit_rules import VisitRulesDocument
from app.rules.visit_timetable import is_held, slots_on
from app.rules.vocabulary import SessionState, VisitKind
from app.services import closure_guard, visit_rules
from app.services.visit_rules import SESSION_KINDS
from models import Reservation, VisitClosure, VisitRules, VisitSession
from models.reservation import PLACED_STATES

Scope = frozenset[str] | None


class Places(NamedTuple):
    """The places of one kind of visit at one agency on one day."""

    agency_id: str
    kind: VisitKind
    day: date
    taken: int
    places: int


def by_day(
    scope: Scope, first: date, last: date, calendar: WorkCalendar, kinds: Sequence[VisitKind] = SESSION_KINDS
) -> list[Places]:
    """The days on which there were places or visits, both ends included; five statements however many there are.

    *Places* of a day: what the timetable of today holds on it, without sessions that a closure stops; where more
    was opened than it would hold now (it has changed since), what was opened. *Taken*: bookings that took place, are
    to come or were missed; a place that was given back is not taken, one that is kept for an open form neither.
    """
    opened, taken = _opened(scope, first, last), _taken(scope, first, last)
    closed: dict[str, list[VisitClosure]] = defaultdict(list)
    for closure in closure_guard.running(None if scope is None else sorted(scope), first, last):
        closed[closure.agency_id].append(closure)
    offered: dict[tuple[str, VisitKind, date], int] = {}
    for agency_id, rules in _rules(scope):
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if places := _places_on(rules, day, calendar, closed.get(agency_id, ())):
                offered[agency_id, rules.kind, day] = places
    found = []
    for key in sorted(offered.keys() | opened.keys() | taken.keys()):
        places = max(opened.get(key, 0), offered.get(key, 0))
        if key[1] in kinds and (places or key in taken):
            found.append(Places(*key, taken.get(key, 0), places))
    return found


def _opened(scope: Scope, first: date, last: date) -> dict[tuple[str, VisitKind, date], int]:
    rows = db.session.execute(
        select(
            VisitSession.agency_id,
            VisitSession.kind,
            VisitSession.visit_on,
            func.sum(VisitSession.capacity),
        )
        .where(
            VisitSession.visit_on.between(first, last),
            VisitSession.kind.in_(SESSION_KINDS),
            VisitSession.state == SessionState.OPEN,
            true() if scope is None else VisitSession.agency_id.in_(sorted(scope)),
        )
        .group_by(VisitSession.agency_id, VisitSession.kind, VisitSession.visit_on)
    )
    return {(agency, kind, day): int(capacity) for agency, kind, day, capacity in rows}


def _taken(scope: Scope, first: date, last: date) -> dict[tuple[str, VisitKind, date], int]:
    row = Reservation
    rows = db.session.execute(
        select(row.agency_id, row.kind, row.visit_on, func.count())
        .where(
            row.visit_on.between(first, last),
            row.kind.in_(SESSION_KINDS),
            row.state.in_(PLACED_STATES),
            true() if scope is None else row.agency_id.in_(sorted(scope)),
        )
        .group_by(row.agency_id, row.kind, row.visit_on)
    )
    return {(agency, kind, day): number for agency, kind, day, number in rows}


def _rules(scope: Scope) -> Iterable[tuple[str, VisitRulesDocument]]:
    """The timetables that agencies have made; without one nothing is offered."""
    wanted = select(VisitRules.agency_id, VisitRules.kind, VisitRules.document).where(
        VisitRules.kind.in_(SESSION_KINDS)
    )
    if scope is not None:
        wanted = wanted.where(VisitRules.agency_id.in_(sorted(scope)))
    for agency_id, kind, document in db.session.execute(wanted):
        rules = visit_rules.parsed(kind, document)
        if rules.offered and rules.timetable:
            yield agency_id, rules


def _places_on(rules: VisitRulesDocument, day: date, calendar: WorkCalendar, closures: Iterable[VisitClosure]) -> int:
    stops = [one for one in closures if one.kind in (None, rules.kind)]
    if not stops:  # thousands of days: no sessions are made for them
        return sum(line.places for line in rules.timetable if is_held(line, day, calendar))
    return sum(
        slot.places
        for slot in slots_on(rules, day, calendar)
        if not any(one.from_at < slot.ends_at and slot.starts_at < one.until_at for one in stops)
    )
