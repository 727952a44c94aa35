"""Jobs: what runs by itself, when it last did, and which workers are alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped

from models.base import Base, Instant, internal, key


class JobRun(Base):
    """The last and the next run of one job; a lease keeps it from running twice at once."""

    __tablename__ = "job_run"

    id: Mapped[str] = key()
    name: Mapped[str] = internal(String(40), nullable=False, unique=True)
    started_at: Mapped[datetime | None] = internal(Instant)
    finished_at: Mapped[datetime | None] = internal(Instant)
    next_at: Mapped[datetime | None] = internal(Instant)
    lease_until: Mapped[datetime | None] = internal(Instant)
    #: What it did, or how it failed, in one line without personal data.
    result: Mapped[str | None] = internal(String(200))
    is_failed: Mapped[bool] = internal(nullable=False, default=False)
    runs: Mapped[int] = internal(Integer, nullable=False, default=0)


class WorkerBeat(Base):
    """A sign of life of one worker process."""

    __tablename__ = "worker_beat"

    id: Mapped[str] = key()
    name: Mapped[str] = internal(String(100), nullable=False, unique=True)
    started_at: Mapped[datetime] = internal(Instant, nullable=False)
    seen_at: Mapped[datetime] = internal(Instant, nullable=False, index=True)
