"""預約異動: the rules of booking hold again, what was decided is forgotten, and everybody concerned is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import IllegalMove, NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules import arrival
from app.rules.vocabulary import Attention, CancelledBy, GrantState, InmateStatus, ReservationState
from app.security import Actor
from app.services import booking_changes, booking_review, reservations
from app.services.booking_changes import BookingChange, ChangeTooLate
from app.services.booking_rules import GrantMissing, NotBookable, SameArrival, SecondBooking, notice_of
from app.services.companions import CompanionData
from app.transaction import transaction
from models import Notification, Reservation, ServiceGrant, StateMove
from tests import factories
from tests.concurrency.contest import contest
from tests.stillness import StoppedClock

THURSDAY, FRIDAY = date(2026, 3, 5), date(2026, 3, 6)
TRAINEE = CompanionData("許書瑋", "F131104093", "trainee_lawyer", "(114)學律字第0123號")


@pytest.fixture
def grant(seeded: None) -> ServiceGrant:
    """A lawyer's valid grant."""
    return factories.granted()


def booked(grant: ServiceGrant, *people: CompanionData, day: date = THURSDAY, at: time = time(9, 30)) -> Reservation:
    """A booking, made as a lawyer makes it."""
    request = reservations.BookingRequest(grant.id, day, at, f"{day}{at}", list(people), second_visit_confirmed=True)
    reservation_id = reservations.book(grant.applicant_id, request, by(grant))
    return db.session.get_one(Reservation, reservation_id)


def approved(reservation: Reservation) -> Reservation:
    """The desk approves it."""
    row = booking_review.RowVerdict(reservation.id, "approve", reservation.version)
    officer = factories.headquarters()
    booking_review.decide(row, None, officer.id, Actor("staff", str(officer.id)))
    return db.session.get_one(Reservation, reservation.id)


def by(grant: ServiceGrant) -> Actor:
    return Actor("applicant", grant.applicant_id, "陳律師")


def as_it_is(reservation: Reservation, **changes: object) -> BookingChange:
    """A change in which everything stays but what is named."""
    same = BookingChange(
        reservation.visit_on,
        reservation.arrives_local.time(),
        reservation.version,
        [CompanionData.of(companion) for companion in reservation.companions],
    )
    return replace(same, **changes)  # type: ignore[arg-type]


def change(reservation: Reservation, **changes: object) -> bool:
    wanted = as_it_is(reservation, **changes)
    return booking_changes.change(str(reservation.applicant_id), reservation.id, wanted, Actor("applicant"))


def set_row(row: object, **columns: object) -> None:
    with transaction() as session:
        fresh = session.get_one(type(row), row.id)  # type: ignore[attr-defined]
        for name, value in columns.items():
            setattr(fresh, name, value)


def mails(event: str) -> list[Notification]:
    return list(db.session.scalars(select(Notification).where(Notification.event == event)))


def test_an_approved_booking_goes_back_to_review(each_database: str, grant: ServiceGrant) -> None:
    row = approved(booked(grant, TRAINEE))
    set_row(row, attention=Attention.OUTSIDE_HOURS)
    assert change(row, visit_on=FRIDAY, arrives=time(14, 5))
    assert row.state is ReservationState.PENDING
    assert (row.decided_at, row.decided_by_id, row.attention) == (None, None, None)
    assert f"{row.arrives_local:%Y-%m-%d %H:%M}" == "2026-03-06 14:05" and row.visit_on == FRIDAY
    move = db.session.scalars(select(StateMove).where(StateMove.move == "change")).one()
    assert (move.from_state, move.to_state, move.actor_kind) == ("approved", "pending", "applicant")
    [mail] = mails("booking_changed")
    assert "原預約：2026-03-05(星期四) 09:30，其他接見人：許書瑋" in mail.body
    assert "新預約：2026-03-06(星期五) 14:05，其他接見人：許書瑋（待審核）" in mail.body


def test_companions_alone_are_a_change_with_a_version_of_its_own(each_database: str, grant: ServiceGrant) -> None:
    row = booked(grant)
    version = row.version
    assert change(row, companions=[TRAINEE])
    assert row.version > version and [c.name for c in row.companions] == ["許書瑋"]
    kept = row.companions[0].id
    second = replace(TRAINEE, name="阮氏梅", id_number="A800000014", relation="interpreter", paper="同意函")
    assert change(row, companions=[second, TRAINEE])
    assert [c.name for c in row.companions] == ["阮氏梅", "許書瑋"] and row.companions[1].id == kept
    assert change(row, companions=[])
    assert row.companions == [] and len(mails("booking_changed")) == 3


def test_an_unchanged_form_does_nothing_even_after_the_deadline(grant: ServiceGrant, clock_at: StoppedClock) -> None:
    row = approved(booked(grant, TRAINEE))
    clock_at("2026-03-04 17:00")
    assert not change(row)
    assert row.state is ReservationState.APPROVED and mails("booking_changed") == []


def test_the_second_half_of_a_double_click_does_nothing(grant: ServiceGrant) -> None:
    row = booked(grant)
    version = row.version
    assert change(row, arrives=time(10, 0))
    assert not change(row, arrives=time(10, 0), version=version)


@pytest.mark.parametrize(
    ("now", "changes", "error"),
    [
        ("2026-03-04 15:59:59", {"visit_on": FRIDAY}, None),
        ("2026-03-04 16:00:00", {"visit_on": FRIDAY}, ChangeTooLate),
        ("2026-03-03 09:00", {"version": 99, "visit_on": FRIDAY}, Stale),
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 3)}, arrival.CutoffPassed),
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 8)}, arrival.DayOff),
        ("2026-03-03 09:00", {"arrives": time(11, 5)}, arrival.ArrivalOutside),
        ("2026-03-03 09:00", {"arrives": time(10, 31)}, arrival.ArrivalStep),
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 30)}, arrival.TooFarAhead),
        ("2026-03-03 09:00", {"companions": [replace(TRAINEE, paper="")]}, RuleErrors),
    ],
)
def test_the_rules_of_booking_hold_again(
    grant: ServiceGrant, clock_at: StoppedClock, now: str, changes: dict[str, object], error: type[Exception] | None
) -> None:
    row = booked(grant)
    clock_at(now)
    if error is None:
        assert change(row, **changes)
        return
    with pytest.raises(error) as refused:
        change(row, **changes)
    assert row.visit_on == THURSDAY and mails("booking_changed") == []
    if error is ChangeTooLate:
        assert "2026年3月4日（星期三）16:00" in str(refused.value) and "03-319-1119" in str(refused.value)


def test_a_decided_or_foreign_booking_is_not_changed(grant: ServiceGrant) -> None:
    row = booked(grant)
    with pytest.raises(NotFound):
        booking_changes.change(factories.applicant().id, row.id, as_it_is(row, visit_on=FRIDAY), Actor("applicant"))
    booking_changes.cancel(grant.applicant_id, row.id, row.version, by(grant))
    with pytest.raises(IllegalMove) as refused:
        change(row, visit_on=FRIDAY)
    assert "申請人取消" in str(refused.value)


def test_a_change_into_a_taken_half_day_is_warned_of_and_the_same_arrival_refused(grant: ServiceGrant) -> None:
    row = booked(grant)
    first = booked(grant, day=FRIDAY, at=time(10, 0))
    with pytest.raises(SecondBooking) as warned:
        change(row, visit_on=FRIDAY)
    assert warned.value.first_id == first.id
    with pytest.raises(SameArrival):
        change(row, visit_on=FRIDAY, arrives=time(10, 0), second_visit_confirmed=True)
    assert change(row, arrives=time(10, 30)), "its own old time is no second booking"
    assert change(row, visit_on=FRIDAY, second_visit_confirmed=True)


def suspend(grant: ServiceGrant) -> None:
    set_row(grant, state=GrantState.SUSPENDED)


def question(grant: ServiceGrant) -> None:
    set_row(grant, state=GrantState.TO_CHECK)


def release(grant: ServiceGrant) -> None:
    set_row(grant.inmate, status=InmateStatus.RELEASED)


def transfer(grant: ServiceGrant) -> None:
    set_row(grant.inmate, agency_id=factories.agency().id)


@pytest.mark.parametrize(
    ("happens", "error"),
    [(suspend, GrantMissing), (question, NotBookable), (release, NotBookable), (transfer, NotBookable)],
)
def test_what_a_booking_rests_on_changed_meanwhile(
    each_database: str, grant: ServiceGrant, happens: Callable[[ServiceGrant], None], error: type[Exception]
) -> None:
    row = booked(grant)
    assert notice_of(row) is None
    happens(grant)
    with pytest.raises(error) as refused:
        change(row, visit_on=FRIDAY)
    with pytest.raises(error):
        booked(grant, day=FRIDAY)
    if error is NotBookable:
        assert str(refused.value) == "目前無法線上預約，請洽該機關（電話：03-319-1119）。"
    assert "有待該機關確認之事項" in str(notice_of(row))


def test_cancelling_is_possible_until_the_visit(
    each_database: str, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    row = approved(booked(grant))
    set_row(row, attention=Attention.DAY_OFF)
    clock_at("2026-03-05 09:00")
    booking_changes.cancel(grant.applicant_id, row.id, row.version, by(grant))
    assert (row.state, row.cancelled_by, row.attention) == (ReservationState.CANCELLED, CancelledBy.APPLICANT, None)
    [mail] = mails("booking_cancelled")
    assert "請勿前往" not in mail.body and "取消人：陳律師" in mail.body


def test_the_desk_decides_while_the_booker_changes(app: Flask, each_database: str, grant: ServiceGrant) -> None:
    """One of the two is first; the other is told, and nothing is decided that nobody has seen."""
    row = booked(grant)
    row_id, officer, applicant_id = row.id, factories.headquarters().id, grant.applicant_id
    wanted, verdict = as_it_is(row, visit_on=FRIDAY), booking_review.RowVerdict(row.id, "approve", row.version)
    db.session.rollback()
    outcomes = contest(
        app,
        lambda: booking_changes.change(applicant_id, row_id, wanted, Actor("applicant")),
        lambda: booking_review.decide(verdict, None, officer, Actor("staff", "1")),
    )
    assert [type(o) for o in outcomes if o is not None] in ([Stale], [booking_review.RowChanged])
    db.session.expire_all()
    is_changed = row.visit_on == FRIDAY
    assert row.state is (ReservationState.PENDING if is_changed else ReservationState.APPROVED)


def test_a_changed_calendar_is_told(grant: ServiceGrant) -> None:
    row = approved(booked(grant))
    factories.calendar_day(THURSDAY, name="颱風停班")
    assert str(notice_of(row)).startswith("2026年3月5日（星期四）已改為不辦理接見（颱風停班）。請變更接見日期")
    assert change(row, visit_on=FRIDAY) and notice_of(row) is None


def test_changed_hours_are_told(grant: ServiceGrant) -> None:
    row = booked(grant)
    factories.parameter(grant.agency, "RAS", value="09:00", next_value="10:00", next_from_on=THURSDAY)
    assert "已改為10:00~11:00及14:00~16:00" in str(notice_of(row))
    wednesday = booked(grant, day=date(2026, 3, 4))
    assert notice_of(wednesday) is None, "the old hours hold until the day before"
    with pytest.raises(arrival.ArrivalOutside):
        booked(grant, day=FRIDAY)
