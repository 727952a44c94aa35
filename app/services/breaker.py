"""A channel whose server fails rests: nobody's message is used up on a door that is shut."""

from __future__ import annotations

import logging
from datetime import datetime

from app.rules.messages import Chance, channel_pause

log = logging.getLogger(__name__)

#: Failures in a row, of different messages, that open it: a single one may be that message's own fault.
NEEDED = 2


class Breaker:
    """Counts failures of one channel in one worker; open means: do not send before ``open_until``."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._failures = self._pauses = 0
        self.open_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the channel rests."""
        return self.open_until is not None and now < self.open_until

    def failed(self, now: datetime, reason: str) -> None:
        """The server failed; after a rest a single failure is enough to rest again, and longer."""
        self._failures += 1
        if self._failures >= NEEDED or self._pauses:
            self._pauses += 1
            self.open_until = now + channel_pause(self._pauses, self._chance)
            log.error("the channel rests until %s: %s", self.open_until, reason)

    def worked(self) -> None:
        """The server answered for a message, whatever it said."""
        if self._pauses:
            log.warning("the channel works again")
        self._failures = self._pauses = 0
        self.open_until = None
