"""Jobs: run when they are due, never twice at once, taken over after a crash, with what they did written down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.schedules import Daily, Every
from app.security import SYSTEM, Actor
from app.services import job_runs, job_watch, jobs, worker_beats
from app.services.jobs import Job
from models import AuditEntry, JobRun
from tests.concurrency.contest import Meeting, contest
from tests.stillness import StoppedClock

HQ = Actor("staff", "1", "陳志強")


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts other jobs in the place of the program's."""
    return lambda *these: monkeypatch.setattr(jobs, "JOBS", these)


def row(name: str = "probe") -> JobRun:
    db.session.rollback()
    return db.session.scalars(select(JobRun).where(JobRun.name == name)).one()


class Probe:
    """A job that counts its runs."""

    def __init__(self, result: Any = None) -> None:
        self.runs, self.result = 0, result

    def __call__(self) -> Any:
        self.runs += 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def test_a_job_rests_until_its_time(
    each_database: str, app: Flask, listed: Callable[..., None], clock_at: StoppedClock
) -> None:
    probe = Probe({"drafts": 2, "sessions": 0})
    listed(Job("probe", "Probe", Every(60), probe))
    for minutes in (0, 30, 29, 1, 5):
        clock_at.passes(minutes=minutes)
        job_runs.run_due()
    assert probe.runs == 2
    kept = row()
    assert (kept.runs, kept.result, kept.is_failed, kept.lease_until) == (2, "drafts=2", False, None)
    assert kept.next_at == kept.finished_at + timedelta(hours=1)


def test_a_daily_job_waits_for_its_time_and_catches_up(
    app: Flask, listed: Callable[..., None], clock_at: StoppedClock
) -> None:
    probe = Probe()
    listed(Job("probe", "Probe", Daily(clock.local(clock.now()).time().replace(hour=6, minute=0)), probe))
    clock_at("2026-03-03 10:00")
    job_runs.run_due()
    assert probe.runs == 0
    clock_at("2026-03-05 11:00")  # nothing ran for two days
    job_runs.run_due()
    job_runs.run_due()
    assert probe.runs == 1
    assert clock.local(row().next_at).strftime("%m-%d %H:%M") == "03-06 06:00"


def test_a_job_with_work_does_not_wait(app: Flask, listed: Callable[..., None]) -> None:
    work = [True]
    probe = Probe(1)
    listed(Job("probe", "Probe", Every(60), probe, lambda: work[0]))
    assert job_runs.run_due() and job_runs.run_due(), "there may be more at once"
    work[0] = False
    assert not job_runs.run_due()
    assert probe.runs == 2


def test_a_failing_job_is_written_down_and_tried_again_and_stops_nobody(
    app: Flask, listed: Callable[..., None], clock_at: StoppedClock
) -> None:
    broken, other = Probe(ValueError("secret@example.com")), Probe()
    listed(Job("probe", "Probe", Every(60), broken), Job("other", "Other", Every(60), other))
    job_runs.run_due()
    assert other.runs == 1
    assert (row().is_failed, row().result) == (True, "ValueError")
    clock_at.passes(minutes=15)
    job_runs.run_due()
    assert broken.runs == 2 and other.runs == 1
    failed = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "job.failed")).all()
    assert len(failed) == 1, "told once, not at each new try"
    broken.result = None
    job_runs.run("probe")
    assert not row().is_failed


def _race(app: Flask, claims: Callable[[], bool], expected: bool) -> tuple[int, Meeting]:
    """Two workers who both saw the job due; how many ran it at the same time."""
    at_work, most, lock, inside = [0], [0], threading.Lock(), Meeting(expected)

    def work() -> None:
        if not claims():
            return
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        inside.wait()
        with lock:
            at_work[0] -= 1

    assert contest(app, work, work) == [None, None]
    return most[0], inside


def test_two_workers_do_not_run_a_job_at_once(each_database: str, app: Flask, listed: Callable[..., None]) -> None:
    job = Job("probe", "Probe", Every(60), Probe())
    listed(job)
    most, inside = _race(app, lambda: job_runs._claim(job, is_wanted=True) is not None, expected=False)
    assert most == 1 and inside.held_back
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(JobRun)) == 1


def test_the_race_is_there_without_the_lease(each_database: str, app: Flask) -> None:
    def looks_only() -> bool:
        known = job_runs.states().get("probe")
        return known is None or known.lease_until is None

    most, _ = _race(app, looks_only, expected=True)
    assert most == 2


def test_a_crashed_run_is_taken_over_after_its_lease_and_writes_nothing_late(
    each_database: str, app: Flask, listed: Callable[..., None], clock_at: StoppedClock
) -> None:
    probe = Probe(7)
    job = Job("probe", "Probe", Every(60), probe)
    listed(job)
    dead = job_runs._claim(job, is_wanted=False)
    assert dead is not None
    with pytest.raises(job_runs.JobRunning):
        job_runs.run("probe")
    clock_at.passes(seconds=job_runs.LEASE.total_seconds() - 1)
    job_runs.run_due()
    assert probe.runs == 0
    clock_at.passes(seconds=1)
    job_runs.run_due()
    assert (probe.runs, row().result) == (1, "7")
    job_runs._finish(job, dead, job_runs.Outcome("late", False))
    assert row().result == "7"


def test_a_long_run_keeps_its_lease_but_not_for_ever(
    app: Flask, listed: Callable[..., None], clock_at: StoppedClock
) -> None:
    def takes_long() -> None:
        clock_at.passes(minutes=2)
        job_runs.prolong_held()
        assert row().lease_until == clock.now() + job_runs.LEASE
        clock_at.passes(hours=2)
        assert job_runs.hangs()
        before = row().lease_until
        job_runs.prolong_held()
        assert row().lease_until == before

    listed(Job("probe", "Probe", Every(60), takes_long))
    job_runs.run_due()
    assert not row().is_failed and not job_runs.hangs()


def test_asking_makes_a_job_due(app: Flask, listed: Callable[..., None], clock_at: StoppedClock) -> None:
    probe = Probe()
    listed(Job("probe", "Probe", Every(60), probe))
    job_runs.run_due()
    job_runs.ask("probe", HQ)
    job_runs.run_due()
    assert probe.runs == 2
    assert db.session.scalars(select(AuditEntry.actor_name).where(AuditEntry.event == "job.asked")).one() == "陳志強"
    with pytest.raises(NotFound):
        job_runs.ask("nobody", HQ)


def test_every_job_of_the_program_runs_on_an_empty_database(each_database: str, app: Flask) -> None:
    job_runs.run_due()
    assert {name: kept.is_failed for name, kept in job_runs.states().items()} == {j.name: False for j in jobs.JOBS}


def test_names_are_short_and_told_apart() -> None:
    names = [job.name for job in jobs.JOBS]
    assert len(set(names)) == len(names) and all(len(name) <= 40 for name in names)


def test_a_silent_worker_raises_the_alarm(each_database: str, app: Flask, clock_at: StoppedClock) -> None:
    assert worker_beats.pulse() == worker_beats.Pulse(None, True)
    started = clock.now()
    worker_beats.beat("one:1", started)
    clock_at.passes(seconds=179)
    assert not worker_beats.pulse().is_dead
    clock_at.passes(seconds=1)
    assert worker_beats.pulse() == worker_beats.Pulse(started, True)
    worker_beats.beat("one:1", started)
    worker_beats.beat("two:2", clock.now())
    assert not worker_beats.pulse().is_dead and len(worker_beats.workers()) == 2
    clock_at.passes(days=2)
    worker_beats.beat("two:2", started)
    assert [beat.name for beat in worker_beats.workers()] == ["two:2"]


def test_the_watch_names_what_is_wrong(app: Flask, listed: Callable[..., None], clock_at: StoppedClock) -> None:
    listed(Job("probe", "Probe", Every(60), Probe(ValueError())), Job("idle", "Idle", Every(10), Probe()))
    worker_beats.beat("one:1", clock.now())
    job_runs.run("idle", SYSTEM)
    assert job_watch.troubles() == []
    job_runs.run("probe")
    assert job_watch.troubles() == ["the job probe failed (ValueError)"]
    clock_at.passes(hours=1)
    told = " / ".join(job_watch.troubles())
    assert "no worker lives" in told and "the job idle is late" in told
