"""What every page with a form says alike: which version its reader had seen, and the status of the answer."""

from __future__ import annotations

from typing import Any

from app.errors import RuleError


def version_seen(typed: str | None) -> int:
    """The version that a page showed; 0, which no row has, for what is none: the service then says ``Stale``."""
    text = typed or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def status_of(form: Any, refused: RuleError | None) -> int:
    """The HTTP status of a page with a form: the refusal's own, 422 for fields that are wrong."""
    if refused is not None:
        return refused.status
    return 422 if form.errors else 200
