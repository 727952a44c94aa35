"""Instants: aware, UTC, and the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from app import clock
from app.extensions import db
from models import Notification
from tests import factories
from tests.stillness import taiwan

pytestmark = pytest.mark.usefixtures("app", "each_database")


@pytest.mark.parametrize(
    "moment",
    [
        taiwan("2026-03-03 16:00"),
        taiwan("2026-01-01 00:00") - timedelta(microseconds=1),
        datetime(1949, 5, 1, 3, 4, 5, 6, tzinfo=clock.TAIPEI),  # Taiwan had summer time then
        datetime(2099, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(moment: datetime) -> None:
    message = factories.notification(queued_at=moment)
    db.session.expire_all()
    assert message.queued_at == moment
    assert message.queued_at.tzinfo is UTC or message.queued_at.utcoffset() == timedelta(0)


def test_the_database_compares_instants_whatever_zone_they_are_written_in() -> None:
    early = factories.notification(due_at=taiwan("2026-03-03 07:59"))
    late = factories.notification(due_at=datetime(2026, 3, 3, 0, 1, tzinfo=UTC))  # 08:01 in Taiwan
    due = select(Notification.id).where(Notification.due_at <= taiwan("2026-03-03 08:00"))
    assert db.session.scalars(due).all() == [early.id]
    order = select(Notification.id).order_by(Notification.due_at)
    assert db.session.scalars(order).all() == [early.id, late.id]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        factories.notification(due_at=datetime(2026, 3, 3, 8, 0))


def test_rows_know_when_they_came_and_when_they_changed(clock_at: object) -> None:
    from app.transaction import transaction

    agency = factories.agency()
    came = agency.created_at
    assert came == clock.now()
    clock_at.passes(hours=1)  # type: ignore[attr-defined]
    with transaction():
        agency.phone = "02-2311-3288"
    assert (agency.created_at, agency.updated_at) == (came, came + timedelta(hours=1))
