"""便民服務入口網: the applicants' door."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Hang the portal's pages into this app."""
