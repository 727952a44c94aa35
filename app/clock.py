"""The only place that reads the clock: UTC inside, Asia/Taipei at the edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_default: datetime | None = None


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _frozen.get() or _default or datetime.now(UTC)


def today() -> date:
    """The day it is in Taiwan."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The same instant on a clock in Taiwan."""
    return instant.astimezone(TAIPEI)


def at(day: date, at_time: time) -> datetime:
    """The instant (UTC) at which a clock in Taiwan shows this day and time."""
    return datetime.combine(day, at_time, TAIPEI).astimezone(UTC)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Stop the clock for a block, in this thread; for tests and for reruns of a job."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def stop_everywhere(instant: datetime | None) -> None:
    """Stop the clock of the whole process, every thread of it, or start it again with ``None``; for tests."""
    global _default
    _default = instant.astimezone(UTC) if instant else None
