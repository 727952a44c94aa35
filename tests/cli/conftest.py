"""The command line, as an operator types it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

from app.transaction import end_reading

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs ``flask …`` in this test's program: ``run("audit", "verify")``."""

    def typed(*words: str, **options: str) -> Result:
        end_reading()
        return app.test_cli_runner().invoke(args=list(words), **options)  # type: ignore[arg-type]

    return typed
