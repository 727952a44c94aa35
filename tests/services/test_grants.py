"""What an officer does with a grant: its state, its holder's message, the reservations that it carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.errors import IllegalMove, Stale
from app.extensions import db
from app.rules.vocabulary import ApplicationState, Attention, GrantState, ReservationState
from app.security import Actor
from app.services import grants
from app.services.grants import Because
from models import AuditEntry, Notification, Reservation, ServiceGrant, StateMove
from tests import factories
from tests.stillness import StoppedClock

WHO = Actor("staff", "1", "王小明")
ENDED = "解除委任"


@pytest.fixture
def grant(seeded: None) -> ServiceGrant:
    """A lawyer's grant for a year."""
    return factories.granted()


def now(grant: ServiceGrant) -> ServiceGrant:
    return db.session.get_one(ServiceGrant, grant.id, populate_existing=True)


def attention(of: Reservation) -> Attention | None:
    return db.session.get_one(Reservation, of.id, populate_existing=True).attention


def because(grant: ServiceGrant, reason: str = ENDED, note: str = "家屬來函") -> Because:
    return Because(now(grant).version, reason, note)


def last_message() -> Notification:
    return db.session.scalars(select(Notification).order_by(Notification.queued_at.desc())).first()  # type: ignore[return-value]


def test_suspending_flags_what_is_live_tells_the_holder_and_resuming_undoes_it(
    each_database: str, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    live = factories.reservation(grant, state=ReservationState.APPROVED)
    over = factories.reservation(grant, state=ReservationState.COMPLETED)
    other = factories.reservation()
    seen = live.version
    assert grants.suspend(grant.id, because(grant), WHO) == 1
    kept = now(grant)
    assert (kept.state, kept.reason, kept.reason_note) == (GrantState.SUSPENDED, ENDED, "家屬來函")
    assert [attention(r) for r in (live, over, other)] == [Attention.GRANT_SUSPENDED, None, None]
    assert db.session.get_one(Reservation, live.id).version == seen + 1
    message = last_message()
    assert message.event == "grant_suspended" and "原因：解除委任：家屬來函" in message.body
    assert "請勿前往" not in message.body and "仍得至機關現場" in message.body

    clock_at.passes(minutes=1)
    assert grants.resume(grant.id, because(grant, note="查無異議"), WHO) == 1
    kept = now(grant)
    assert (kept.state, kept.reason, kept.reason_note) == (GrantState.ACTIVE, None, None)
    assert attention(live) is None and last_message().event == "grant_resumed"
    moves = db.session.scalars(select(StateMove).order_by(StateMove.at)).all()
    assert [(m.move, m.reason) for m in moves] == [("suspend", "解除委任：家屬來函"), ("resume", "查無異議")]
    events = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)).all()
    assert events == ["service_grant.suspend", "service_grant.resume"]


def test_revoking_and_reinstating(each_database: str, grant: ServiceGrant, clock_at: StoppedClock) -> None:
    waiting = factories.reservation(grant, state=ReservationState.AWAITING_NEW_DATE)
    grants.suspend(grant.id, because(grant), WHO)
    clock_at.passes(minutes=1)
    grants.revoke(grant.id, because(grant), WHO)
    assert now(grant).state is GrantState.REVOKED and attention(waiting) is Attention.GRANT_REVOKED
    assert last_message().event == "grant_revoked"
    with pytest.raises(IllegalMove):
        grants.resume(grant.id, because(grant), WHO)
    clock_at.passes(minutes=1)
    grants.reinstate(grant.id, because(grant), WHO)
    assert now(grant).state is GrantState.ACTIVE and attention(waiting) is None


def test_what_only_a_new_approval_may_open_is_not_reinstated(seeded: None) -> None:
    of = factories.application(state=ApplicationState.PENDING)
    grant = factories.grant(of, state=GrantState.REVOKED)
    with pytest.raises(grants.DecisionUndone):
        grants.reinstate(grant.id, because(grant), WHO)


def test_a_grant_to_check_is_confirmed(seeded: None) -> None:
    grant = factories.granted(state=GrantState.TO_CHECK)
    booked = factories.reservation(grant, attention=Attention.INMATE_MOVED)
    grants.confirm(grant.id, because(grant), WHO)
    assert now(grant).state is GrantState.ACTIVE and last_message().event == "grant_confirmed"
    assert attention(booked) is Attention.INMATE_MOVED  # not ours to take away


@pytest.mark.parametrize("reason", ["", "看起來不對", "重複申請"])
def test_stopping_needs_a_reason_of_the_list(grant: ServiceGrant, reason: str) -> None:
    for act in (grants.suspend, grants.revoke):
        with pytest.raises(grants.StopReasonMissing):
            act(grant.id, because(grant, reason), WHO)
    assert now(grant).state is GrantState.ACTIVE and last_message() is None


def test_opening_again_says_why(seeded: None) -> None:
    for state, act in ((GrantState.SUSPENDED, grants.resume), (GrantState.REVOKED, grants.reinstate)):
        grant = factories.granted(state=state)
        with pytest.raises(grants.WhyMissing):
            act(grant.id, because(grant, note="  "), WHO)


def test_an_ended_grant_is_not_opened_again(seeded: None) -> None:
    past = {"from_on": clock.today() - timedelta(days=9), "until_on": clock.today() - timedelta(days=1)}
    suspended = factories.granted(state=GrantState.SUSPENDED, **past)
    with pytest.raises(grants.GrantEnded):
        grants.resume(suspended.id, because(suspended), WHO)
    active = factories.granted(**past)
    with pytest.raises(grants.GrantEnded):
        grants.change_end(active.id, clock.today() + timedelta(days=30), because(active), WHO)


@pytest.mark.parametrize(
    "act",
    [
        grants.suspend,
        grants.revoke,
        grants.resume,
        grants.reinstate,
        grants.confirm,
        lambda pk, why, who: grants.change_end(pk, date(2026, 9, 1), why, who),
    ],
)
def test_an_older_version_is_refused(grant: ServiceGrant, act: Callable[..., Any]) -> None:
    with pytest.raises(Stale):
        act(grant.id, Because(grant.version - 1, ENDED, "說明"), WHO)


def test_a_new_end_is_told_and_warned_of_anew(each_database: str, grant: ServiceGrant) -> None:
    grants.change_end(grant.id, clock.today() + timedelta(days=20), because(grant), WHO)
    kept = now(grant)
    assert (kept.until_on, kept.warned_days) == (date(2026, 3, 23), 30)
    assert "由2027/03/03變更為2026/03/23" in last_message().body
    grants.change_end(grant.id, clock.today() + timedelta(days=90), because(grant), WHO)
    assert now(grant).warned_days is None


@pytest.mark.parametrize("until_on", [None, date(2026, 3, 2), date(2027, 3, 3)])
def test_a_new_end_is_a_new_day_to_come(grant: ServiceGrant, until_on: date | None) -> None:
    with pytest.raises(grants.EndNotLater):
        grants.change_end(grant.id, until_on, because(grant), WHO)


def test_bookings_beyond_a_new_end_are_counted_not_stranded(grant: ServiceGrant) -> None:
    factories.reservation(grant)  # tomorrow
    factories.reservation(grant, state=ReservationState.CANCELLED)
    with pytest.raises(grants.BookingsBeyondEnd) as refused:
        grants.change_end(grant.id, clock.today(), because(grant), WHO)
    assert "1件" in str(refused.value) and now(grant).until_on == date(2027, 3, 3)
    grants.change_end(grant.id, clock.today() + timedelta(days=1), because(grant), WHO)


def test_the_end_of_a_revoked_grant_stays(seeded: None) -> None:
    grant = factories.granted(state=GrantState.REVOKED)
    with pytest.raises(IllegalMove):
        grants.change_end(grant.id, clock.today() + timedelta(days=5), because(grant), WHO)


def test_a_failing_message_undoes_the_act(grant: ServiceGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no text")

    booked = factories.reservation(grant)
    why = because(grant)
    monkeypatch.setattr(grants.notifications, "enqueue", broken)
    with pytest.raises(RuntimeError):
        grants.revoke(grant.id, why, WHO)
    assert now(grant).state is GrantState.ACTIVE and attention(booked) is None
