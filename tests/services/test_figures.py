"""首頁's charts: counted by days in Taiwan, in scope only."""

from __future__ import annotations

from datetime import date

from app.rules.figures import weeks_until
from app.rules.vocabulary import ApplicationState, ReservationState, ServiceItem, VisitKind
from app.services import figures, session_places, visiting
from tests import factories
from tests.stillness import StoppedClock, taiwan

LAWYERS, FAMILIES = ServiceItem.LAWYER_VISIT, ServiceItem.FAMILY
ON_SITE = VisitKind.FAMILY_ON_SITE
WEEKS = weeks_until(date(2026, 3, 3), 2)  # from 23 February and from 2 March


def test_applications_by_the_day_in_taiwan(each_database: str, app: object, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    inmate = factories.inmate(agency)
    clock_at("2026-02-26 09:00")
    factories.application(about=inmate)
    for days, item in ((0, LAWYERS), (3, LAWYERS), (4, LAWYERS), (1, FAMILIES)):
        # Monday half past midnight here is still Sunday in UTC.
        decided = {"state": ApplicationState.REJECTED, "decided_at": taiwan("2026-03-02 00:30")}
        on = date(2026, 3, 2 - days) if days < 2 else date(2026, 2, 30 - days)
        factories.application(about=inmate, item=item, applied_on=on, submitted_at=taiwan(f"{on} 08:00"), **decided)
    factories.application(state=ApplicationState.APPROVED)  # another agency's
    before, now = figures.applications(frozenset({agency.id}), WEEKS)
    assert before.received == {LAWYERS: 3, FAMILIES: 1} and before.decided == {LAWYERS: 0, FAMILIES: 0}
    assert now.received == {LAWYERS: 1, FAMILIES: 0} and now.decided == {LAWYERS: 3, FAMILIES: 1}
    assert now.median_days == {LAWYERS: 3, FAMILIES: 1} and before.median_days == {LAWYERS: None, FAMILIES: None}
    assert now.oldest == {LAWYERS: date(2026, 2, 26), FAMILIES: date(2026, 3, 1)}
    assert figures.applications(None, WEEKS)[0].decided[LAWYERS] == 1
    assert figures.applications(frozenset(), WEEKS)[1].decided[LAWYERS] == 0


def test_places_of_the_timetable_and_what_is_taken(each_database: str, app: object) -> None:
    agency = factories.agency()
    factories.visit_rules(agency)  # two sessions of two places on every working day
    factories.closure(agency, from_at=taiwan("2026-03-04 00:00"), until_at=taiwan("2026-03-04 09:15"))
    inmate = factories.inmate(agency)
    factories.session_visit(inmate, ON_SITE, taiwan("2026-03-03 09:00"))  # its session was opened with three places
    factories.session_visit(factories.inmate(), ON_SITE, taiwan("2026-03-03 09:00"))
    own = frozenset({agency.id})
    found = session_places.by_day(own, date(2026, 3, 1), date(2026, 3, 5), visiting.calendar())
    assert [(row.day.day, row.taken, row.places) for row in found] == [(2, 0, 4), (3, 1, 4), (4, 0, 2), (5, 0, 4)]
    use = figures.sessions(own, WEEKS, visiting.calendar())
    assert list(use) == [ON_SITE]
    assert [(week.taken, week.places) for week in use[ON_SITE]] == [(0, 20), (1, 18)]
    assert session_places.by_day(frozenset(), date(2026, 3, 1), date(2026, 3, 5), visiting.calendar()) == []


def test_who_did_not_come(app: object) -> None:
    grant = factories.granted()
    for at, state in (
        ("2026-02-24 09:00", ReservationState.NO_SHOW),
        ("2026-02-24 09:05", ReservationState.COMPLETED),
        ("2026-02-24 09:10", ReservationState.CANCELLED),
        ("2026-03-03 09:00", ReservationState.CHECKED_IN),
        ("2026-03-03 09:05", ReservationState.APPROVED),
        ("2026-02-20 09:00", ReservationState.NO_SHOW),
    ):
        factories.reservation(grant, taiwan(at), state=state)
    found = figures.visits(frozenset({grant.agency_id}), WEEKS)
    assert [(week.missed, week.known) for week in found[VisitKind.LAWYER_ON_SITE]] == [(1, 2), (0, 1)]
    assert figures.visits(frozenset(), WEEKS) == {}
