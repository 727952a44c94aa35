"""When a message is tried again, when that ends, and which message makes an older one needless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

#: A number from 0 up to 1; ``random.random`` in the program, something known in a test.
Chance = Callable[[], float]

#: Waits before the second, third, … attempt at a temporary failure; the last one holds until the message's time is up.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720))
#: Pauses of a channel whose server fails, one after another, until it works again.
CHANNEL_PAUSES = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300))
#: How far chance moves a wait in either direction, so that what failed together does not come back together.
JITTER = 0.2

#: What is said some hours before a visit, and helps nobody after it has begun.
REMINDERS = frozenset({"reminder", "mobile_join"})
#: How long a message is tried, counted from when it was queued; others than these for ``USUAL_LIFE``.
LIVES = {
    "mobile_join": timedelta(days=2),
    "verify": timedelta(hours=24),
    "password": timedelta(minutes=30),
    "reminder": timedelta(days=2),
    "mobile_code": timedelta(minutes=10),
}
USUAL_LIFE = timedelta(days=3)
#: After their time these say nothing true any more: not even a first attempt is made.
PASSES_WITH_TIME = REMINDERS | {"verify", "password", "mobile_code"}

#: Each of these has to be read for itself: none is replaced and none replaces another.
STANDS_ALONE = frozenset(
    {
        *("verify", "registered_before", "address_known", "password", "password_changed", "bounced"),
        *("mail_change", "mail_change_told", "mail_changed", "staff_mail_changed"),
        *("second_factor_on", "second_factor_off", "second_factor_codes", "mobile_code"),
    }
)
#: These say nothing of how the matter stands: they replace nothing, but news of the matter replaces them.
ONLY_REMINDS = REMINDERS | {"grant_expiring"}
#: A calendar file goes with these.
HAS_DATE = frozenset(
    {
        *("booking_approved", "booking_changed", "booking_cancelled", *REMINDERS),
        *("family_booking_approved", "remote_booking_approved", "mobile_booking_approved"),
        *("booking_changed_by_agency", "booking_cancelled_by_agency"),
    }
)


def life_of(event: str) -> timedelta:
    """For how long trying to deliver this event helps anybody."""
    return LIVES.get(event, USUAL_LIFE)


def jittered(wait: timedelta, chance: Chance) -> timedelta:
    """The wait, moved by up to a fifth."""
    return wait * (1 + JITTER * (2 * chance() - 1))


def back_off(attempts: int, chance: Chance) -> timedelta:
    """How long to wait after this many attempts that failed for a while."""
    return jittered(BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1], chance)


def channel_wait(age: timedelta, chance: Chance) -> timedelta:
    """How long a message waits when its server failed: a tenth of its age, between one minute and ten.

    The attempt does not count: the message was never judged. It waits all the same, so that one message at which the
    server breaks down does not stand before all the others for ever.
    """
    return jittered(min(max(age / 10, timedelta(minutes=1)), timedelta(minutes=10)), chance)


def channel_pause(failures: int, chance: Chance) -> timedelta:
    """How long a channel rests after failing this many times in a row."""
    return jittered(CHANNEL_PAUSES[min(max(failures, 1), len(CHANNEL_PAUSES)) - 1], chance)
