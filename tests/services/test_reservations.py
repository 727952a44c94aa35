"""Announced arrivals: the rules hold at the last step, one form is one booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import func, select

from app.errors import IllegalMove, NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules import arrival
from app.rules.vocabulary import GrantState, Relationship, ReservationState
from app.security import Actor
from app.services import reservations, visiting
from app.services.companions import MOST_COMPANIONS, CompanionData
from models import Companion, Notification, Reservation, ServiceGrant
from tests import factories

TOMORROW = date(2026, 3, 4)
PAPER = "(106)臺檢證字第12345號"


@pytest.fixture
def grant(seeded: None) -> ServiceGrant:
    """A lawyer's valid grant at an agency with the default windows."""
    return factories.granted()


def asked(grant: ServiceGrant, **changes: object) -> reservations.BookingRequest:
    request = reservations.BookingRequest(grant.id, TOMORROW, time(10, 30), key="form-1")
    return replace(request, **changes)  # type: ignore[arg-type]


def book(grant: ServiceGrant, **changes: object) -> str:
    actor = Actor("applicant", grant.applicant_id, grant.applicant.name)
    return reservations.book(grant.applicant_id, asked(grant, **changes), actor)


def count() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Reservation)) or 0)


def test_a_lawyer_books(each_database: str, grant: ServiceGrant) -> None:
    companions = [CompanionData("許書瑋", factories.id_number(5), "trainee_lawyer", PAPER)]
    reservation = db.session.get_one(Reservation, book(grant, companions=companions))
    assert reservation.state is ReservationState.PENDING
    assert f"{reservation.arrives_local:%Y-%m-%d %H:%M}" == "2026-03-04 10:30"
    assert reservation.number.startswith("L260304-")
    companion = db.session.scalars(select(Companion)).one()
    assert (companion.name, companion.relation) == ("許書瑋", Relationship.TRAINEE_LAWYER)
    message = db.session.scalars(select(Notification)).one()
    assert message.event == "booking_received"
    assert "2026-03-04(星期三)" in message.body and reservation.number in message.body


def test_the_same_form_sent_again_is_the_same_booking(each_database: str, grant: ServiceGrant) -> None:
    assert book(grant) == book(grant)
    assert (count(), db.session.scalar(select(func.count()).select_from(Notification))) == (1, 1)


@pytest.mark.parametrize(
    ("now", "changes", "error"),
    [
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 2)}, arrival.DayPast),
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 3)}, arrival.CutoffPassed),
        ("2026-03-03 15:59", {}, None),
        ("2026-03-03 16:00", {}, arrival.CutoffPassed),
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 7)}, arrival.DayOff),
        ("2026-03-03 09:00", {"visit_on": date(2026, 4, 7)}, arrival.TooFarAhead),
        ("2026-03-03 09:00", {"arrives": time(11, 5)}, arrival.ArrivalOutside),
        ("2026-03-03 09:00", {"arrives": time(11, 0)}, None),
        ("2026-03-03 09:00", {"arrives": time(16, 0)}, None),
        ("2026-03-03 09:00", {"arrives": time(10, 31)}, arrival.ArrivalStep),
    ],
)
def test_day_and_time_are_checked_when_it_counts(
    grant: ServiceGrant,
    clock_at,  # type: ignore[no-untyped-def]
    now: str,
    changes: dict[str, object],
    error: type[Exception] | None,
) -> None:
    clock_at(now)
    if error is None:
        book(grant, **changes)
    else:
        with pytest.raises(error):
            book(grant, **changes)
    assert count() == (1 if error is None else 0)


def test_an_agencys_own_window_and_cutoff_count(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    agency = factories.agency(parameters={"RAS": "08:30", "RAE": "10:00", "CUTOFF": "12:00"})
    grant = factories.granted(about=factories.inmate(agency))
    book(grant, arrives=time(8, 30))
    with pytest.raises(arrival.ArrivalOutside):
        book(grant, arrives=time(10, 30), key="form-2")
    clock_at("2026-03-03 12:00")
    with pytest.raises(arrival.CutoffPassed):
        book(grant, arrives=time(9, 0), key="form-3")


def test_a_cancelled_booking_is_no_first_one(grant: ServiceGrant) -> None:
    factories.reservation(grant, state=ReservationState.CANCELLED)
    book(grant)
    assert count() == 2


def test_a_second_booking_in_the_half_day_is_warned_of_and_then_taken(grant: ServiceGrant) -> None:
    book(grant)
    with pytest.raises(reservations.SecondBooking) as warned:
        book(grant, arrives=time(9, 0), key="form-2")
    assert "10:30" in str(warned.value)
    book(grant, arrives=time(14, 0), key="form-3")
    book(grant, arrives=time(9, 0), key="form-4", second_visit_confirmed=True)
    assert count() == 3


def test_the_same_arrival_is_booked_once(each_database: str, grant: ServiceGrant) -> None:
    book(grant)
    with pytest.raises(reservations.SameArrival):
        book(grant, key="form-2", second_visit_confirmed=True)


def test_only_ones_own_valid_grant_carries_a_visit(grant: ServiceGrant) -> None:
    stranger = factories.applicant()
    with pytest.raises(NotFound):
        reservations.book(stranger.id, asked(grant), Actor("applicant", stranger.id))
    with pytest.raises(NotFound):
        reservations.own_grant(stranger.id, grant.id)
    short = factories.granted(from_on=date(2026, 1, 1), until_on=date(2026, 3, 3))
    with pytest.raises(reservations.GrantMissing):
        book(short)
    suspended = factories.granted(state=GrantState.SUSPENDED)
    with pytest.raises(reservations.GrantMissing):
        book(suspended)
    assert reservations.bookable_grants(suspended.applicant_id) == []


def test_each_wrong_companion_is_named(grant: ServiceGrant) -> None:
    companions = [
        CompanionData("許書瑋", "A123456780", "trainee_lawyer", PAPER),
        CompanionData("", factories.id_number(5), ""),
    ]
    with pytest.raises(RuleErrors) as refused:
        book(grant, companions=companions)
    assert [e.field for e in refused.value.errors] == [
        "companions-0-id_number",
        "companions-1-name",
        "companions-1-relation",
    ]
    crowd = [
        CompanionData("許書瑋", factories.id_number(n), "trainee_lawyer", PAPER) for n in range(MOST_COMPANIONS + 1)
    ]
    with pytest.raises(RuleErrors):
        book(grant, companions=crowd)
    assert count() == 0


def test_full_width_numbers_of_companions_are_read(grant: ServiceGrant) -> None:
    book(grant, companions=[CompanionData("許書瑋", "Ａ１２３４５６７８９", "lawyer", PAPER)])
    assert db.session.scalars(select(Companion)).one().id_number == "A123456789"


def test_the_tally_counts_live_bookings_by_band(grant: ServiceGrant) -> None:
    book(grant)
    reservations.cancel(grant.applicant_id, book(grant, arrives=time(14, 0), key="2"), 1, Actor("applicant"))
    factories.reservation(factories.granted(about=grant.inmate))
    bands = {str(label): n for label, n in visiting.tally(grant.agency_id, TOMORROW)}
    assert (bands["09:00-10:00"], bands["10:00-11:00"], bands["14:00-15:00"]) == (1, 1, 0)


def test_cancelling_frees_the_arrival_and_tells_it(each_database: str, grant: ServiceGrant) -> None:
    reservation_id, actor = book(grant), Actor("applicant", grant.applicant_id)
    with pytest.raises(NotFound):
        reservations.cancel(factories.applicant().id, reservation_id, 1, actor)
    with pytest.raises(Stale):
        reservations.cancel(grant.applicant_id, reservation_id, 7, actor)
    reservations.cancel(grant.applicant_id, reservation_id, 1, actor)
    with pytest.raises(IllegalMove):
        reservations.cancel(grant.applicant_id, reservation_id, 2, actor)
    book(grant, key="form-2")
    events = db.session.scalars(select(Notification.event)).all()
    assert sorted(events) == ["booking_cancelled", "booking_received", "booking_received"]
