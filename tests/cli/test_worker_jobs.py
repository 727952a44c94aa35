"""What the worker does beside delivering: sealing the trail belongs to it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.security import SYSTEM
from app.services import audit, trail
from app.services.rounds import JOBS, Rounds
from app.transaction import transaction


def test_the_trail_is_sealed_by_the_worker(app: Flask) -> None:
    with transaction() as session:
        audit.record(session, "test", SYSTEM, "thing")
    Rounds().run_due()
    assert trail.head_file().exists()
    assert trail.verify() is None


def test_every_job_rests_between_minutes_and_an_hour() -> None:
    assert all(timedelta(minutes=5) <= pause <= timedelta(hours=1) for pause, _ in JOBS)
