"""Waits grow, chance moves them a little, and the last one holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.rules import messages
from app.rules.messages import BACK_OFF, back_off, channel_pause, channel_wait

LOW, MIDDLE, HIGH = (lambda: 0.0), (lambda: 0.5), (lambda: 1.0)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 5), (4, 60), (7, 720), (8, 720), (99, 720)])
def test_waits_grow_to_half_a_day(attempts: int, minutes: int) -> None:
    assert back_off(attempts, MIDDLE) == timedelta(minutes=minutes)


def test_chance_moves_a_wait_by_a_fifth_at_most() -> None:
    for attempts, wait in enumerate(BACK_OFF, 1):
        assert back_off(attempts, LOW) == wait * 0.8
        assert back_off(attempts, HIGH) == wait * 1.2


@pytest.mark.parametrize(("age", "wait"), [(0, 1), (9, 1), (30, 3), (600, 10)])
def test_a_message_whose_server_failed_waits_a_tenth_of_its_age(age: int, wait: int) -> None:
    assert channel_wait(timedelta(minutes=age), MIDDLE) == timedelta(minutes=wait)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 15), (3, 60), (5, 300), (50, 300)])
def test_a_channel_rests_longer_each_time_up_to_five_minutes(failures: int, seconds: int) -> None:
    assert channel_pause(failures, MIDDLE) == timedelta(seconds=seconds)


def test_links_die_with_their_messages() -> None:
    from app.services.passwords import RESET_LIVES
    from app.services.verification import LINK_LIVES

    assert messages.life_of("verify") == LINK_LIVES and messages.life_of("password") == RESET_LIVES
    assert messages.life_of("booking_approved") == timedelta(days=3)
