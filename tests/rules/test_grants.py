"""When the holder of a grant is warned of its end; how it stands: ``test_standing``."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.grants import WARN_AT, told, warning_due

TODAY = date(2026, 3, 3)


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
