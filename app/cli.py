"""The command line: set-up, worker, staff accounts."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Add the program's commands to ``flask``."""
