"""When a job runs next."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from app import clock
from app.rules.schedules import Daily, Every
from tests.stillness import taiwan


def test_every_so_often() -> None:
    now = taiwan("2026-03-03 10:00")
    assert Every(10).after(now) - now == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-03 05:59", "2026-03-03 06:00"),
        ("2026-03-03 06:00", "2026-03-04 06:00"),
        ("2026-12-31 23:59", "2027-01-01 06:00"),
    ],
)
def test_daily_at_a_time_of_taiwan(now: str, then: str) -> None:
    assert clock.local(Daily(time(6)).after(taiwan(now))) == clock.local(taiwan(then))
