"""What a monitoring system asks: does a worker live, and does every job run as it should."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.services import job_runs, jobs, worker_beats

#: How far behind its time a job may be: a long one before it may hold it up.
LATE = timedelta(minutes=30)


def troubles() -> list[str]:
    """A line for everything that is not as it should be; empty when all is well."""
    pulse, known, now = worker_beats.pulse(), job_runs.states(), clock.now()
    found = []
    if pulse.is_dead:
        seen = f"last seen {clock.local(pulse.seen_at):%Y-%m-%d %H:%M:%S}" if pulse.seen_at else "never seen"
        found.append(f"no worker lives ({seen})")
    for job in jobs.JOBS:
        row = known.get(job.name)
        if row is None:
            continue
        if row.is_failed:
            found.append(f"the job {job.name} failed ({row.result})")
        is_running = row.lease_until is not None and row.lease_until > now
        if row.next_at is not None and now - row.next_at > LATE and not is_running:
            found.append(f"the job {job.name} is late (due {clock.local(row.next_at):%Y-%m-%d %H:%M:%S})")
    return found
