"""Signs of life of the workers: who does not see them for three minutes raises the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app import clock
from app.extensions import db
from app.transaction import transaction
from models import WorkerBeat, new_id

#: How often a worker shows that it lives, in seconds.
BEAT_SECONDS = 30
#: After so long without a sign a worker counts as dead.
SILENCE = timedelta(minutes=3)
#: How long a dead worker is remembered.
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Pulse:
    """When a worker was last seen (None: never), and whether that is too long ago."""

    seen_at: datetime | None
    is_dead: bool


def beat(name: str, started_at: datetime) -> None:
    """Show that the worker of this name lives; those that died long ago are forgotten."""
    now = clock.now()
    with transaction() as session:
        insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
        row = insert(WorkerBeat).values(id=new_id(), name=name[:100], started_at=started_at, seen_at=now)
        again = {"seen_at": now, "started_at": started_at}
        session.execute(row.on_conflict_do_update(index_elements=["name"], set_=again))
        session.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < now - KEPT))


def pulse() -> Pulse:
    """Whether any worker lives."""
    seen_at = db.session.scalar(select(func.max(WorkerBeat.seen_at)))
    return Pulse(seen_at, seen_at is None or clock.now() - seen_at >= SILENCE)


def workers() -> list[WorkerBeat]:
    """The workers seen during the last day, the latest first."""
    return list(db.session.scalars(select(WorkerBeat).order_by(WorkerBeat.seen_at.desc(), WorkerBeat.id)))
