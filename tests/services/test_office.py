"""首頁: the alarm rings from 16:00 of the working day before a visit until it is decided or its arrival has come."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.vocabulary import Attention, CancelledBy, ReservationState, VisitKind
from app.services import office
from models import Agency
from tests import factories
from tests.stillness import StoppedClock, taiwan


@pytest.fixture
def agency(seeded: None) -> Agency:
    return factories.agency()


def booked(agency: Agency, at: str, **columns: object) -> None:
    factories.reservation(factories.granted(about=factories.inmate(agency)), taiwan(at), **columns)


@pytest.mark.parametrize(
    ("now", "visit", "rings"),
    [
        ("2026-03-03 15:59", "2026-03-04 09:30", False),
        ("2026-03-03 16:00", "2026-03-04 09:30", True),
        ("2026-03-04 09:29", "2026-03-04 09:30", True),
        ("2026-03-04 09:30", "2026-03-04 09:30", False),  # it lapses
        ("2026-03-03 16:00", "2026-03-05 09:30", False),
        ("2026-03-06 15:59", "2026-03-09 09:30", False),  # Friday before a Monday
        ("2026-03-06 16:00", "2026-03-09 09:30", True),
        ("2026-03-08 08:00", "2026-03-09 09:30", True),  # Sunday
        ("2026-02-13 16:00", "2026-02-23 09:30", True),  # before the New Year's holidays
        ("2026-02-13 15:59", "2026-02-23 09:30", False),
        ("2026-03-06 16:00", "2026-03-07 09:30", True),  # an exception on a Saturday
    ],
)
def test_when_it_rings(agency: Agency, clock_at: StoppedClock, now: str, visit: str, rings: bool) -> None:
    clock_at("2026-02-10 09:00")
    booked(agency, visit)
    clock_at(now)
    assert bool(office.alarms(frozenset({agency.id}))) is rings
    assert office.alarms(frozenset()) == []


def test_what_is_told(each_database: str, agency: Agency, clock_at: StoppedClock) -> None:
    clock_at("2026-03-02 09:00")
    booked(agency, "2026-03-04 10:30")
    clock_at("2026-03-03 16:05")
    booked(agency, "2026-03-04 09:30")
    booked(agency, "2026-03-04 09:00", state=ReservationState.APPROVED)
    booked(agency, "2026-03-04 09:05", attention=Attention.DAY_OFF, state=ReservationState.APPROVED)
    booked(factories.agency(), "2026-03-04 09:30")
    assert office.alarms(frozenset({agency.id})) == [office.Alarm(date(2026, 3, 4), 2, date(2026, 3, 2), "09:30")]
    waiting = office.waiting(frozenset({agency.id}))
    assert (waiting.bookings, waiting.next_day_visits, waiting.flagged) == (2, 4, 1)
    assert waiting.of_kinds(waiting.flags, VisitKind.LAWYER_ON_SITE) == (1, date(2026, 3, 4))
    assert office.waiting(None).bookings == 3


def test_what_was_cancelled_after_the_cut_off(each_database: str, agency: Agency, clock_at: StoppedClock) -> None:
    by_applicant = {"state": ReservationState.CANCELLED, "cancelled_by": CancelledBy.APPLICANT}
    clock_at("2026-03-03 15:59")
    booked(agency, "2026-03-04 09:30", **by_applicant)
    clock_at("2026-03-03 16:30")
    assert office.waiting(None).cancelled_late == 0
    booked(agency, "2026-03-04 10:30", **by_applicant)
    booked(agency, "2026-03-04 10:35", state=ReservationState.CANCELLED, cancelled_by=CancelledBy.AGENCY)
    booked(agency, "2026-03-05 10:30", **by_applicant)
    assert office.waiting(frozenset({agency.id})).cancelled_late == 1
    clock_at("2026-03-04 08:00")
    assert office.waiting(None).cancelled_late == 0
