"""Care of the database that no screen asks for."""

from __future__ import annotations

from sqlalchemy import text

from app.transaction import transaction


def refresh_statistics() -> None:
    """Let the planner look at the tables again: without statistics it walks a million rows past a good index."""
    with transaction() as session:
        session.execute(text("ANALYZE"))
