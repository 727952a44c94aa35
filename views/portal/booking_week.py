"""預約時段挑選, day by day: the sessions that are free, and why others are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.errors import RuleError
from app.i18n import _
from app.services.session_choices import Choice
from models import Reservation
from models.reservation import LIVE_STATES


@dataclass
class Day:
    """One day of the week view: sessions that are free, and refusals with the sessions that they forbid."""

    day: date
    free: list[Choice] = field(default_factory=list)
    refused: dict[tuple[object, ...], list[Choice]] = field(default_factory=dict)

    def sentences(self) -> list[tuple[list[Choice], str]]:
        """Each refusal once, with all the times that it forbids."""
        return [(choices, _of_all(choices)) for choices in self.refused.values()]


def _of_all(choices: list[Choice]) -> str:
    refusal = choices[0].refusal
    if refusal is not None and len(choices) > 1 and "time" in refusal.values:
        refusal.values["time"] = _("、").join(f"{choice.place.slot.start:%H:%M}" for choice in choices)
    return str(refusal)


def _cause(refusal: RuleError) -> tuple[object, ...]:
    """What two refusals have in common that differ in nothing but the time of the session."""
    return type(refusal), *(str(value) for name, value in refusal.values.items() if name != "time")


def days_of(choices: Iterable[Choice], changed: Reservation | None) -> list[Day]:
    """Day by day; the session that is booked already is no choice."""
    own = changed.arrives_at if changed is not None and changed.state in LIVE_STATES else None
    days: dict[date, Day] = {}
    for choice in choices:
        if choice.place.slot.starts_at == own:
            continue
        day = days.setdefault(choice.place.slot.day, Day(choice.place.slot.day))
        if choice.refusal is None:
            day.free.append(choice)
        else:
            day.refused.setdefault(_cause(choice.refusal), []).append(choice)
    return list(days.values())
