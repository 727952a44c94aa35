"""The report of a delivery, page by page, for other systems."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from models import ImportFault

PAGE = 500


def page(import_id: str, start: int) -> tuple[list[ImportFault], int | None]:
    """Faults from a place on, by line, and the place of the next page (None at the end)."""
    rows = list(
        db.session.scalars(
            select(ImportFault)
            .where(ImportFault.import_id == import_id)
            .order_by(ImportFault.line, ImportFault.id)
            .offset(start)
            .limit(PAGE + 1)
        )
    )
    return rows[:PAGE], start + PAGE if len(rows) > PAGE else None
