"""When something runs again: every so often, or each day at a time of Taiwan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol

from app import clock
from app.i18n import _


class Schedule(Protocol):
    """Says when a job runs next."""

    #: Whether a job that has never run begins at once.
    begins_at_once: bool

    def after(self, moment: datetime) -> datetime:
        """The first time after a moment."""

    def words(self) -> Any:
        """The schedule as a reader sees it."""


@dataclass(frozen=True)
class Every:
    """Again when so many minutes have passed."""

    minutes: int
    begins_at_once = True

    def after(self, moment: datetime) -> datetime:
        return moment + timedelta(minutes=self.minutes)

    def words(self) -> Any:
        return _("每%(n)s分鐘", n=self.minutes)


@dataclass(frozen=True)
class Daily:
    """Each day at this time of Taiwan; a job that has never run waits for its time."""

    at: time
    begins_at_once = False

    def after(self, moment: datetime) -> datetime:
        today = clock.local(moment).date()
        then = clock.at(today, self.at)
        return then if then > moment else clock.at(today + timedelta(days=1), self.at)

    def words(self) -> Any:
        return _("每日%(time)s", time=f"{self.at:%H:%M}")
