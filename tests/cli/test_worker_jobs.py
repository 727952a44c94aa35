"""``flask jobs`` and the worker: run by hand, listed, watched; the worker shows that it lives and stops when told."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from flask import Flask

from app import clock
from app.security import SYSTEM
from app.services import audit, job_runs, lapses, trail, worker_beats
from app.services.jobs import JOBS
from app.transaction import end_reading, transaction
from config import ROOT
from tests import factories
from tests.cli.conftest import Run
from tests.stillness import StoppedClock


def test_the_trail_is_sealed_by_the_worker(app: Flask) -> None:
    with transaction() as session:
        audit.record(session, "test", SYSTEM, "thing")
    job_runs.run_due()
    assert trail.head_file().exists()
    assert trail.verify() is None


def test_a_job_is_run_by_hand(app: Flask, run: Run, clock_at: StoppedClock) -> None:
    factories.unverified_applicant()
    clock_at.passes(days=7)
    result = run("jobs", "run", "lapse")
    assert (result.exit_code, result.output) == (0, "lapse: unverified accounts=1\n")
    assert run("jobs", "run", "lapse").output == "lapse: nothing to do\n"
    assert run("jobs", "run", "nobody").exit_code == 1


def test_a_failure_and_a_run_elsewhere_are_told_by_the_exit_code(
    app: Flask, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(lapses, "clear_away", fails)
    result = run("jobs", "run", "lapse")
    assert result.exit_code == 1 and "failed (RuntimeError)" in result.output
    job_runs._claim(next(job for job in JOBS if job.name == "lapse"), is_wanted=True)
    result = run("jobs", "run", "lapse")
    assert result.exit_code == 1 and "正在執行中" in result.output


def test_the_list_names_every_job(app: Flask, run: Run) -> None:
    run("jobs", "run", "lapse")
    lines = run("jobs", "list").output.splitlines()
    assert [line.split()[0] for line in lines] == [job.name for job in JOBS]


def test_the_check_is_an_alarm(app: Flask, run: Run, clock_at: StoppedClock) -> None:
    result = run("jobs", "check")
    assert result.exit_code == 1 and "no worker lives (never seen)" in result.output
    worker_beats.beat("one:1", clock.now())
    assert run("jobs", "check").exit_code == 0
    clock_at.passes(minutes=3)
    assert run("jobs", "check").exit_code == 1


@pytest.mark.slow
def test_a_worker_lives_works_and_stops(each_database: str, app: Flask, environment: dict[str, str]) -> None:
    clock.stop_everywhere(None)  # the process beside has the real clock
    factories.notification()
    end_reading()
    command = [sys.executable, "-m", "flask", "--app", "run", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and len(job_runs.states()) < len(JOBS):
            end_reading()
            time.sleep(0.2)
        assert not worker_beats.pulse().is_dead
        assert not any(row.is_failed for row in job_runs.states().values())
        end_reading()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait()
