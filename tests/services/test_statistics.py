"""統計報表: what each number counts, on both databases, in scope only."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.rules.vocabulary import ApplicationState, BookingSource, EntryState, ReservationState, ServiceItem, VisitKind
from app.security import Actor
from app.services import session_demand, statistics
from app.services.statistics import Matter
from models import AuditEntry, ServiceGrant
from tests import factories
from tests.stillness import StoppedClock, taiwan

FEBRUARY = date(2026, 2, 1)
ON_SITE = VisitKind.FAMILY_ON_SITE


def test_a_month_of_two_agencies(each_database: str, app: object, clock_at: StoppedClock) -> None:
    clock_at("2026-02-10 09:00")
    ours = factories.agency(code="1001")
    inmate = factories.inmate(ours)
    for applied, decided, item in (
        ("2026-01-31", "2026-02-01 00:30", ServiceItem.LAWYER_VISIT),  # still January in UTC
        ("2026-02-01", "2026-02-04 09:00", ServiceItem.FAMILY),
        ("2026-02-26", "2026-03-02 09:00", ServiceItem.LAWYER_VISIT),
    ):
        factories.application(
            about=inmate,
            item=item,
            applied_on=date.fromisoformat(applied),
            submitted_at=taiwan(f"{applied} 00:15"),
            state=ApplicationState.REJECTED,
            decided_at=taiwan(decided),
        )
    grant = factories.grant(
        factories.application(
            about=inmate,
            state=ApplicationState.APPROVED,
            submitted_at=taiwan("2025-12-01 09:00"),
            decided_at=taiwan("2025-12-01 09:00"),
        )
    )
    factories.reservation(grant, taiwan("2026-02-12 09:30"), state=ReservationState.NO_SHOW)
    factories.reservation(grant, taiwan("2026-02-12 09:35"), state=ReservationState.COMPLETED)
    factories.reservation(grant, taiwan("2026-02-12 09:40"), state=ReservationState.CANCELLED)
    factories.reservation(
        grant, taiwan("2026-02-12 09:45"), state=ReservationState.CHECKED_IN, source=BookingSource.WALK_IN
    )
    factories.reservation(grant, taiwan("2026-03-12 09:30"))
    factories.entry(factories.family_grant(about=inmate), state=EntryState.APPROVED)
    other = factories.application(about=factories.inmate(factories.agency(code="1002")))
    report = statistics.of_month(FEBRUARY, None)
    own, theirs = (line.month for line in report.lines)
    assert (own.received[Matter.LAWYERS], own.decided[Matter.LAWYERS]) == (1, 1)
    assert own.received[Matter.FAMILIES] - own.decided[Matter.FAMILIES] == 0
    assert 1 in own.waits and 3 in own.waits and 4 not in own.waits, "days from applying to the decision"
    assert (own.received[Matter.ARRIVALS], own.decided[Matter.ARRIVALS]) == (4, 2), "a walk-in is not booked"
    assert (own.received[Matter.ENTRIES], own.decided[Matter.ENTRIES]) == (1, 1)
    assert (own.missed, own.known) == (1, 3) and own.missed_rate and round(own.missed_rate, 1) == 33.3
    assert theirs.received == {Matter.LAWYERS: 1} and theirs.mean_days is None and theirs.demand_rate is None
    assert report.total.received[Matter.LAWYERS] == 2
    assert [line.month for line in statistics.of_month(FEBRUARY, frozenset({other.agency_id})).lines] == [theirs]
    assert statistics.of_month(FEBRUARY, frozenset()).lines == []
    assert statistics.of_month(date(2025, 1, 1), None).total.is_empty


def test_demand_counts_who_was_turned_away_once(each_database: str, app: object, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    factories.visit_rules(agency)  # two sessions of two places on every working day: 20 days in February
    inmate, at = factories.inmate(agency), taiwan("2026-02-25 10:00")
    place = factories.session_visit(inmate, ON_SITE, at)
    grant = db.session.get_one(ServiceGrant, place.grant_id)
    asker, another = (Actor("applicant", number) for number in ("1", "2"))
    for actor in (asker, asker, another):
        session_demand.turned_away(grant.id, ON_SITE, at, actor)
    session_demand.turned_away(grant.id, ON_SITE, taiwan("2026-02-26 10:00"), asker)  # nobody has opened it
    assert db.session.query(AuditEntry).filter_by(event=session_demand.EVENT).count() == 2
    month = statistics.of_month(FEBRUARY, frozenset({agency.id})).total
    assert (month.booked, month.turned_away, month.demand, month.places) == (1, 2, 3, 80)
    assert month.demand_rate == 3.75
    assert statistics.of_month(date(2026, 3, 1), None).total.demand == 0
