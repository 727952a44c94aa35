"""How a grant stands on a day, and when its holder is warned of the end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.grants import WARN_AT, GrantStanding, standing, told, warning_due
from app.rules.vocabulary import GrantState

TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("state", "left", "shown"),
    [
        (GrantState.ACTIVE, 31, GrantStanding.ACTIVE),
        (GrantState.ACTIVE, 30, GrantStanding.EXPIRING),
        (GrantState.ACTIVE, 0, GrantStanding.EXPIRING),
        (GrantState.ACTIVE, -1, GrantStanding.EXPIRED),
        (GrantState.TO_CHECK, 5, GrantStanding.TO_CHECK),
        (GrantState.TO_CHECK, -1, GrantStanding.EXPIRED),
        (GrantState.SUSPENDED, 5, GrantStanding.SUSPENDED),
        (GrantState.SUSPENDED, -1, GrantStanding.EXPIRED),
        (GrantState.REVOKED, -1, GrantStanding.REVOKED),
        (GrantState.EXPIRED, -1, GrantStanding.EXPIRED),
    ],
)
def test_how_a_grant_stands(state: GrantState, left: int, shown: GrantStanding) -> None:
    assert standing(state, TODAY + timedelta(days=left), TODAY) is shown


@pytest.mark.parametrize(
    ("left", "warned", "due"),
    [
        (31, None, None),
        (30, None, 30),
        (30, 30, None),
        (8, 30, None),
        (8, None, 30),
        (7, 30, 7),
        (5, None, 7),
        (2, 7, None),
        (1, 7, 1),
        (1, 30, 1),
        (0, 7, 1),
        (0, 1, None),
        (-1, None, None),
    ],
)
def test_which_warning_is_due(left: int, warned: int | None, due: int | None) -> None:
    assert warning_due(TODAY + timedelta(days=left), TODAY, warned) == due


@given(st.lists(st.integers(0, 60), max_size=30))
def test_each_warning_is_sent_at_most_once_and_nearer_ones_follow(days_left: list[int]) -> None:
    """Whatever days the worker runs on, in their order."""
    warned, sent = None, []
    for left in sorted(days_left, reverse=True):
        due = warning_due(TODAY + timedelta(days=left), TODAY, warned)
        if due is not None:
            assert left <= due
            sent.append(due)
            warned = due
    assert sent == sorted(set(sent), reverse=True) and set(sent) <= set(WARN_AT)


def test_who_was_told_the_end_is_not_warned_at_once() -> None:
    for left in range(60):
        until = TODAY + timedelta(days=left)
        assert warning_due(until, TODAY, told(until, TODAY)) is None
