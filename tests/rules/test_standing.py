"""How a grant stands on a day, and whether it leaves room for another application."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.grants import RENEWABLE, RENEWED_WITHIN_DAYS, GrantStanding, blocks_another, days_left, standing
from app.rules.vocabulary import GrantState

TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("state", "days", "stands"),
    [
        (GrantState.ACTIVE, 31, GrantStanding.ACTIVE),
        (GrantState.ACTIVE, 30, GrantStanding.EXPIRING),
        (GrantState.ACTIVE, 0, GrantStanding.EXPIRING),
        (GrantState.ACTIVE, -1, GrantStanding.EXPIRED),
        (GrantState.TO_CHECK, 5, GrantStanding.TO_CHECK),
        (GrantState.TO_CHECK, -1, GrantStanding.EXPIRED),
        (GrantState.SUSPENDED, 5, GrantStanding.SUSPENDED),
        (GrantState.SUSPENDED, -1, GrantStanding.EXPIRED),
        (GrantState.REVOKED, 300, GrantStanding.REVOKED),
        (GrantState.REVOKED, -1, GrantStanding.REVOKED),
        (GrantState.EXPIRED, -1, GrantStanding.EXPIRED),
    ],
)
def test_state_and_calendar_make_the_standing(state: GrantState, days: int, stands: GrantStanding) -> None:
    assert standing(state, TODAY + timedelta(days=days), TODAY) is stands


@given(st.sampled_from(GrantState), st.integers(-400, 400))
def test_what_blocks_another_application_cannot_be_renewed_and_can_be_booked(state: GrantState, days: int) -> None:
    until = TODAY + timedelta(days=days)
    blocks = blocks_another(state, until, TODAY)
    assert blocks == (state is GrantState.ACTIVE and days_left(until, TODAY) > RENEWED_WITHIN_DAYS)
    assert not (blocks and standing(state, until, TODAY) in RENEWABLE)
