"""Looks at a person's record: written into the trail once per look, and shown to the colleague who comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.security import Actor
from app.services import audit
from models import AuditEntry

#: One look: zooming, turning and mending the form belong to it; coming back later is a reading of its own.
ONE_LOOK = timedelta(minutes=15)
#: More looks within one quarter of an hour than there are officers at one case.
MOST_OPENINGS = 50


@dataclass(frozen=True)
class Openings:
    """Who has opened a record within the last quarter of an hour, the newest first."""

    entries: tuple[AuditEntry, ...]

    def include(self, reader: Actor) -> bool:
        """Whether this officer has."""
        return any(entry.actor_id == reader.id for entry in self.entries)

    def colleague(self, reader: Actor) -> tuple[str, int] | None:
        """Which colleague has last, and how many minutes ago."""
        entry = next((entry for entry in self.entries if entry.actor_id != reader.id), None)
        return (entry.actor_name or "", int((clock.now() - entry.at).total_seconds() // 60)) if entry else None


def lately(model: Any, row_id: str | None) -> Openings:
    """The looks at a record within the last quarter of an hour."""
    found = select(AuditEntry).where(
        AuditEntry.subject_kind == model.__tablename__,
        AuditEntry.subject_id == row_id,
        AuditEntry.event == f"{model.__tablename__}.opened",
        AuditEntry.actor_kind == "staff",
        AuditEntry.at > clock.now() - ONE_LOOK,
    )
    return Openings(tuple(db.session.scalars(found.order_by(AuditEntry.seq.desc()).limit(MOST_OPENINGS))))


def note(row: Any, reader: Actor, seen: Openings) -> None:
    """Write into the trail that this officer looks at the record: once per look, however many pages it takes."""
    if not seen.include(reader):
        audit.read(f"{row.__tablename__}.opened", reader, row, agency_id=row.agency_id)
