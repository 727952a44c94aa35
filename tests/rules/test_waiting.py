"""How long somebody waits: by the visits of the day, never longer ago than that, and never less for who came later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.waiting import USUAL, expected_waits, most_at_once, typical
from tests.stillness import taiwan

NOW = taiwan("2026-03-03 10:00")


def ago(begun: int, lasted: int):  # type: ignore[no-untyped-def]
    begin = NOW - timedelta(minutes=begun)
    return begin, begin + timedelta(minutes=lasted)


def test_the_median_is_typical_and_half_an_hour_before_the_first_end() -> None:
    assert typical([]) == USUAL
    assert typical([ago(90, 20), ago(80, 50), ago(70, 24)]) == timedelta(minutes=24)
    assert typical([ago(90, 0)]) == USUAL  # ended in the minute in which it began, by mistake


def test_rooms_are_as_many_as_were_in_use_together() -> None:
    assert most_at_once([]) == 0
    assert most_at_once([ago(60, 20), ago(40, 20)]) == 1, "one after the other is one room"
    assert most_at_once([ago(60, 30), ago(50, 20), ago(45, 5)]) == 3
    assert most_at_once([ago(60, 10), ago(40, 20), ago(35, 10)]) == 2, "an end frees one room, not more"


@pytest.mark.parametrize(
    ("waiting", "running", "finished", "places", "expected"),
    [
        ([], [], [], None, []),
        ([None], [], [], None, [0]),
        ([None, None], [], [], None, [0, 30]),
        ([None, None], [], [], 2, [0, 0]),
        ([None, None], [NOW - timedelta(minutes=18)], [], None, [15, 45]),  # 12 minutes are told as 15
        ([None], [NOW - timedelta(minutes=50)], [], None, [0]),  # longer than usual: may end any moment
        ([None, None], [NOW], [ago(60, 20), ago(60, 20)], None, [0, 20]),
        ([None], [NOW - timedelta(minutes=10)], [ago(20, 18)], None, [0]),  # the two overlapped: there are two rooms
        ([NOW + timedelta(minutes=40)], [], [], 5, [40]),  # a session begins at its time
    ],
)
def test_who_waits_how_long(waiting, running, finished, places, expected) -> None:  # type: ignore[no-untyped-def]
    assert expected_waits(waiting, running, finished, NOW, places) == expected


@given(
    st.integers(0, 8),
    st.lists(st.integers(0, 120), max_size=5),
    st.lists(st.tuples(st.integers(1, 240), st.integers(1, 90)), max_size=6),
    st.none() | st.integers(1, 6),
)
def test_who_came_later_never_waits_less(
    people: int, running: list[int], finished: list[tuple[int, int]], places
) -> None:  # type: ignore[no-untyped-def]
    begun = [NOW - timedelta(minutes=minutes) for minutes in running]
    waits = expected_waits([None] * people, begun, [ago(*span) for span in finished], NOW, places)
    assert len(waits) == people and waits == sorted(waits)
    assert all(wait >= 0 and wait % 5 == 0 for wait in waits)
