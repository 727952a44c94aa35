"""接見提醒: once for each arrival, only while it helps, never for what was changed or cancelled."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import reminders, reservations
from app.transaction import transaction
from models import Notification, Reservation
from tests import factories
from tests.concurrency.contest import contest
from tests.stillness import StoppedClock


def visit(hours: str = "24", **columns: object) -> Reservation:
    """An approved visit on 2026-03-05 at 09:30, at an agency that reminds so many hours before."""
    agency = factories.agency(parameters={"REMIND": hours})
    grant = factories.granted(factories.applicant(), factories.inmate(agency))
    at = clock.at(clock.today().replace(month=3, day=5), time(9, 30))
    return factories.reservation(grant, at, **{"state": ReservationState.APPROVED, **columns})


def queued() -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).where(Notification.event == "reminder")))


def test_a_visit_is_reminded_of_once_at_its_hour(each_database: str, seeded: None, clock_at: StoppedClock) -> None:
    clock_at("2026-03-04 09:29")
    booked = visit()
    number, arrives_at = booked.number, booked.arrives_at
    assert reminders.send_due() == 0
    clock_at.passes(minutes=1)
    assert reminders.send_due() == 1
    assert reminders.send_due() == 0
    [message] = queued()
    assert message.give_up_at == arrives_at
    assert number in message.body and "2026-03-05(星期四)09:30" in message.body
    assert "請勿前往" not in message.body


def test_each_agency_has_its_own_hours(seeded: None, clock_at: StoppedClock) -> None:
    clock_at("2026-03-02 10:00")
    visit("96")
    visit("48")
    assert reminders.send_due() == 1
    clock_at("2026-03-03 09:30")
    assert reminders.send_due() == 1


def test_what_was_missed_is_sent_while_it_helps(seeded: None, clock_at: StoppedClock) -> None:
    clock_at("2026-03-03 09:00")
    visit()
    clock_at("2026-03-05 09:29")  # nothing ran for two days
    assert reminders.send_due() == 1
    gone = visit()
    clock_at("2026-03-05 09:30")
    assert reminders.send_due() == 0
    assert [message.subject_id for message in queued()] != [gone.id]


@pytest.mark.parametrize(
    "columns",
    [
        {"state": ReservationState.PENDING},
        {"state": ReservationState.CANCELLED},
        {"state": ReservationState.REJECTED},
        {"remind_me": False},
        {"applicant_id": None},
    ],
)
def test_others_are_not_reminded_of(seeded: None, clock_at: StoppedClock, columns: dict[str, object]) -> None:
    clock_at("2026-03-05 09:00")
    visit(**columns)
    assert reminders.send_due() == 0


def test_what_is_cancelled_between_look_and_queueing_is_not_reminded_of(seeded: None, clock_at: StoppedClock) -> None:
    clock_at("2026-03-05 09:00")
    booked = visit()
    reservations.cancel(booked.applicant_id, booked.id, booked.version, Actor("applicant", booked.applicant_id))
    assert not reminders._remind(booked.id)
    assert queued() == []


def test_a_changed_arrival_is_reminded_of_anew_and_a_changed_remark_is_not(
    each_database: str, seeded: None, clock_at: StoppedClock
) -> None:
    clock_at("2026-03-05 08:00")
    booked_id = visit().id
    assert reminders.send_due() == 1
    with transaction() as session:
        session.get_one(Reservation, booked_id).visitor_phone = "0912345678"
    assert reminders.send_due() == 0
    with transaction() as session:
        booked = session.get_one(Reservation, booked_id)
        booked.arrives_at += timedelta(minutes=30)
    assert reminders.send_due() == 1


def test_two_at_once_remind_once(each_database: str, app, seeded: None, clock_at: StoppedClock) -> None:  # type: ignore[no-untyped-def]
    clock_at("2026-03-05 08:00")
    booked_id = visit().id
    db.session.rollback()
    assert contest(app, lambda: reminders._remind(booked_id), lambda: reminders._remind(booked_id)) == [None, None]
    assert len(queued()) == 1
