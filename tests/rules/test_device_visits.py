"""Device rooms and lengths: what is kept of what was typed, and which visits get in each other's way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.rules import device_visits as rules
from app.rules.device_visits import MinutesOutOfRange, RoomUnreadable, RoomUse
from tests.stillness import taiwan

TWO = taiwan("2026-03-06 14:00")


def use(room: str, after: int, minutes: int = 20) -> RoomUse:
    starts = TWO + timedelta(minutes=after)
    return RoomUse(f"M{after}", room, starts, rules.end_of(starts, minutes))


@pytest.mark.parametrize(("typed", "kept"), [("1", 1), ("60", 60), (" 20 ", 20), ("２５", 25)])
def test_minutes_are_a_whole_number_up_to_an_hour(typed: str, kept: int) -> None:
    assert rules.clean_minutes(typed) == kept


@pytest.mark.parametrize("typed", ["", "0", "61", "999", "-5", "2.5", "二十", "٣", "9" * 5000])
def test_other_minutes_are_refused(typed: str) -> None:
    with pytest.raises(MinutesOutOfRange, match="1至60"):
        rules.clean_minutes(typed)


def test_a_room_is_one_short_line() -> None:
    assert rules.clean_room("  行動　室  １ ") == "行動 室 1" and rules.clean_room(" ") == ""
    for typed in ("室" * 41, "一\n室", "\x00"):
        with pytest.raises(RoomUnreadable):
            rules.clean_room(typed)


@pytest.mark.parametrize(
    ("room", "after", "minutes", "clashes"),
    [
        ("A室", 0, 20, True),
        ("a室", 10, 20, True),
        ("A室", 19, 1, True),
        ("A室", 20, 20, False),
        ("A室", -20, 20, False),
        ("A室", -20, 21, True),
        ("B室", 10, 20, False),
        ("", 0, 20, False),
    ],
)
def test_one_visit_at_a_time_in_a_room(room: str, after: int, minutes: int, clashes: bool) -> None:
    others = [use("B室", 5, 5), use("A室", 0)]
    assert (rules.first_clash(use(room, after, minutes), others) is not None) is clashes
