"""What the worker does beside delivering: sealing the trail belongs to it."""

from __future__ import annotations

import importlib
from datetime import timedelta

from flask import Flask

from app.cli import _Jobs
from app.security import SYSTEM
from app.services import audit, trail
from app.transaction import transaction


def test_the_trail_is_sealed_once_an_hour(app: Flask) -> None:
    assert _Jobs.EVERY["trail", "seal"] == timedelta(hours=1)
    with transaction() as session:
        audit.record(session, "test", SYSTEM, "thing")
    _Jobs().run_due()
    assert trail.head_file().exists()
    assert trail.verify() is None


def test_every_job_exists() -> None:
    for module, function in _Jobs.EVERY:
        assert callable(getattr(importlib.import_module(f"app.services.{module}"), function))
