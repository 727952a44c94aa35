"""How long somebody in the waiting room will wait, judged by the visits of the same day."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

#: How long a visit is taken to last before the first of the day is over.
USUAL = timedelta(minutes=30)
#: Nobody can foretell the minute.
STEP_MINUTES = 5

Span = tuple[datetime, datetime]


def typical(finished: Iterable[Span]) -> timedelta:
    """How long a visit lasts today: the median of those that are over, :data:`USUAL` where none is."""
    lasted = [(end - begin).total_seconds() for begin, end in finished if end > begin]
    return timedelta(seconds=median(lasted)) if lasted else USUAL


def most_at_once(spans: Iterable[Span]) -> int:
    """How many visits ran side by side at the busiest moment: so many rooms there are at least."""
    # Who ends makes room before the next one begins at the same instant.
    turns = sorted(turn for begin, end in spans for turn in ((begin, 1), (end, -1)))
    running = highest = 0
    for _at, change in turns:
        running += change
        highest = max(highest, running)
    return highest


def expected_waits(
    waiting: Sequence[datetime | None],
    running: Sequence[datetime],
    finished: Sequence[Span],
    now: datetime,
    places: int | None = None,
) -> list[int]:
    """How many minutes each of those who wait will wait still, in their order; 0 means: next.

    ``waiting`` says when each may begin at the earliest (a session), None for at once; ``running`` when the visits that
    are going on began. ``places`` is how many can visit at once; where it is not known, as many as did so today.
    """
    lasts = typical(finished)
    seen = most_at_once([*finished, *((begin, now + lasts) for begin in running)])
    rooms = max(places or seen, len(running), 1)
    free = [max(now, begin + lasts) for begin in running] + [now] * (rooms - len(running))
    heapq.heapify(free)
    waits = []
    for earliest in waiting:
        begins = max(heapq.heappop(free), earliest or now)
        heapq.heappush(free, begins + lasts)
        minutes = (begins - now) / timedelta(minutes=1)
        waits.append(-int(-minutes // STEP_MINUTES) * STEP_MINUTES)
    return waits
