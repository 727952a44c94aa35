"""逾期未審核: only when the arrival has come, once, and never against a decision."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import booking_lapses, booking_review, job_runs, lapses
from models import AuditEntry, Notification, Reservation, StateMove
from tests import factories
from tests.concurrency.contest import contest
from tests.stillness import StoppedClock

ARRIVES = clock.at(date(2026, 3, 4), time(9, 30))


@pytest.fixture
def waiting(seeded: None) -> Reservation:
    """A booking for tomorrow at 09:30 that nobody has reviewed."""
    return factories.reservation(arrives_at=ARRIVES)


def state_of(row: Reservation) -> ReservationState:
    db.session.expire_all()
    return row.state


def test_it_lapses_at_its_arrival_and_once(each_database: str, waiting: Reservation, clock_at: StoppedClock) -> None:
    others = [
        factories.reservation(arrives_at=ARRIVES, state=ReservationState.APPROVED),
        factories.reservation(arrives_at=clock.at(date(2026, 3, 4), time(9, 35))),
    ]
    clock_at("2026-03-04 09:29:59")
    assert booking_lapses.lapse_unreviewed() == 0
    clock_at("2026-03-04 09:30:00")
    assert (booking_lapses.lapse_unreviewed(), booking_lapses.lapse_unreviewed()) == (1, 0)
    assert state_of(waiting) is ReservationState.LAPSED
    assert [row.state for row in others] == [ReservationState.APPROVED, ReservationState.PENDING]
    move = db.session.scalars(select(StateMove)).one()
    assert (move.move, move.actor_kind, move.to_state) == ("lapse", "system", "lapsed")
    assert db.session.scalars(select(AuditEntry.event)).all() == ["reservation.lapse"]
    [mail] = db.session.scalars(select(Notification))
    assert mail.event == "booking_lapsed" and "尚請見諒" in mail.body
    assert "仍得於機關接見時間至現場辦理" in mail.body and "請勿前往" not in mail.body


def test_a_telephone_booking_lapses_without_a_mail(seeded: None, clock_at: StoppedClock) -> None:
    row = factories.reservation(arrives_at=ARRIVES, applicant_id=None, grant_id=None)
    clock_at("2026-03-04 10:00")
    assert lapses.clear_away()["bookings not reviewed"] == 1
    assert state_of(row) is ReservationState.LAPSED and db.session.scalars(select(Notification)).all() == []


def test_the_worker_lets_bookings_lapse_every_five_minutes(waiting: Reservation, clock_at: StoppedClock) -> None:
    clock_at("2026-03-04 09:28")
    job_runs.run_due()
    clock_at.passes(minutes=5)
    job_runs.run_due()
    assert state_of(waiting) is ReservationState.LAPSED


def test_a_decision_at_the_same_moment(
    app: Flask, each_database: str, waiting: Reservation, clock_at: StoppedClock
) -> None:
    """One of the two is first: the booking is approved, or lapsed and the desk told so; one mail either way."""
    row = booking_review.RowVerdict(waiting.id, "approve", waiting.version)
    officer = factories.headquarters().id
    clock_at("2026-03-04 09:30:00")
    db.session.rollback()
    outcomes = contest(
        app,
        booking_lapses.lapse_unreviewed,
        lambda: booking_review.decide(row, None, officer, Actor("staff", str(officer))),
    )
    assert outcomes[0] is None and (outcomes[1] is None or isinstance(outcomes[1], RuleError))
    expected = ReservationState.APPROVED if outcomes[1] is None else ReservationState.LAPSED
    assert state_of(waiting) is expected
    events = db.session.scalars(select(Notification.event)).all()
    assert events == ["booking_approved" if outcomes[1] is None else "booking_lapsed"]


def test_a_decision_between_looking_and_locking_wins(
    each_database: str, waiting: Reservation, clock_at: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at("2026-03-04 09:30:00")
    officer = factories.headquarters().id
    verdict = booking_review.RowVerdict(waiting.id, "approve", waiting.version)
    lock = booking_lapses._lapse

    def overtaken(reservation_id: str) -> int:
        booking_review.decide(verdict, None, officer, Actor("staff", str(officer)))
        return lock(reservation_id)

    monkeypatch.setattr(booking_lapses, "_lapse", overtaken)
    assert booking_lapses.lapse_unreviewed() == 0
    assert state_of(waiting) is ReservationState.APPROVED
