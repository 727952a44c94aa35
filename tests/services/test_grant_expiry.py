"""The worker's part: warnings before the end, each once, and the end itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import GrantState, ServiceItem
from app.services import grant_expiry, job_runs
from models import Notification, ServiceGrant, StateMove
from tests import factories
from tests.stillness import StoppedClock


def until(days: int, **columns: object) -> ServiceGrant:
    """A grant that ends in so many days."""
    today = clock.today()
    span = {"from_on": today - timedelta(days=100), "until_on": today + timedelta(days=days)}
    return factories.granted(**span, **columns)


def bodies() -> list[str]:
    found = db.session.scalars(select(Notification).order_by(Notification.queued_at, Notification.id))
    return [message.body for message in found if message.event == "grant_expiring"]


def test_each_warning_once_at_30_7_and_1_days(each_database: str, seeded: None, clock_at: StoppedClock) -> None:
    grant = until(31)
    sent = []
    for _day in range(33):
        for _round in range(2):
            if grant_expiry.warn_expiring():
                sent.append((grant.until_on - clock.today()).days)
        clock_at.passes(days=1)
    assert sent == [30, 7, 1]
    assert "將於2026/04/03到期（尚餘30天），逾期後無法線上預約。請登入更新證明文件。" in bodies()[0]


def test_after_missed_days_only_the_most_urgent_is_sent(seeded: None) -> None:
    grant = until(5)
    assert (grant_expiry.warn_expiring(), grant_expiry.warn_expiring()) == (1, 0)
    assert len(bodies()) == 1 and "尚餘5天" in bodies()[0]
    assert db.session.get_one(ServiceGrant, grant.id, populate_existing=True).warned_days == 7


def test_who_is_not_warned(seeded: None) -> None:
    until(40)
    until(-1)
    for state in (GrantState.SUSPENDED, GrantState.REVOKED, GrantState.TO_CHECK, GrantState.EXPIRED):
        until(3, state=state)
    renewed = until(3)
    factories.granted(renewed.applicant, renewed.inmate)
    assert grant_expiry.warn_expiring() == 0


def test_a_later_grant_for_another_item_is_no_renewal(seeded: None) -> None:
    ending = until(3)
    other = factories.application(ending.applicant, ending.inmate, item=ServiceItem.FAMILY_BOOK)
    factories.grant(other)
    assert grant_expiry.warn_expiring() == 1


def test_more_than_one_batch(seeded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grant_expiry, "BATCH", 2)
    for _ in range(5):
        until(7)
    assert grant_expiry.warn_expiring() == 5 and len(bodies()) == 5


def test_what_is_past_its_end_has_expired(each_database: str, seeded: None) -> None:
    past = [until(-1, state=state) for state in (GrantState.ACTIVE, GrantState.TO_CHECK, GrantState.SUSPENDED)]
    last_day, revoked = until(0), until(-1, state=GrantState.REVOKED)
    assert (grant_expiry.expire(), grant_expiry.expire()) == (3, 0)
    states = [db.session.get_one(ServiceGrant, g.id, populate_existing=True).state for g in (*past, last_day, revoked)]
    assert states == [GrantState.EXPIRED] * 3 + [GrantState.ACTIVE, GrantState.REVOKED]
    assert {move.actor_kind for move in db.session.scalars(select(StateMove))} == {"system"}


def test_the_worker_does_both(seeded: None) -> None:
    ending, ended = until(1), until(-1)
    job_runs.run_due()
    assert len(bodies()) == 1 and str(ending.until_on.year) in bodies()[0]
    assert db.session.get_one(ServiceGrant, ended.id, populate_existing=True).state is GrantState.EXPIRED
