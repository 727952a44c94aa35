"""What the worker does now and then beside delivering messages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app import clock
from app.services import booking_lapses, grant_expiry, lapses, parameters, trail
from app.transaction import end_reading

log = logging.getLogger(__name__)

#: Each job with its pause; add a line for a further one.
JOBS: list[tuple[timedelta, Callable[[], object]]] = [
    (timedelta(hours=1), lambda: lapses.clear_away()),
    (timedelta(hours=1), lambda: trail.seal()),
    (timedelta(minutes=5), lambda: booking_lapses.lapse_unreviewed()),
    (timedelta(hours=1), lambda: grant_expiry.expire()),
    (timedelta(hours=1), lambda: grant_expiry.warn_expiring()),
    (timedelta(hours=1), lambda: parameters.keep_up()),
]


class Rounds:
    """The jobs of one worker, each with the time of its last run."""

    def __init__(self) -> None:
        self.ran_at: dict[int, datetime] = {}

    def run_due(self) -> None:
        """Run what has rested long enough; a job that fails is logged and tried again after its pause."""
        for number, (pause, job) in enumerate(JOBS):
            last = self.ran_at.get(number)
            if last is not None and clock.now() - last < pause:
                continue
            self.ran_at[number] = clock.now()
            try:
                job()
            except Exception:
                log.exception("job %s of the worker's round failed", number)
            finally:
                end_reading()
