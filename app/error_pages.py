"""Errors become pages: a sentence in the reader's language, never a stack trace."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Answer named errors with their sentence and the right status."""
