"""便民服務稽核查詢系統: a read-only door."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Hang the auditors' pages into this app."""
