"""What a delivery of inmates says once it is read: its lines, and its faults by line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.rules.vocabulary import RestrictionKind
from app.said import Said, visible

#: So many faults are listed; all are counted.
MOST_FAULTS = 5_000
LONGEST_FOUND = 60


def shape(text: str) -> str:
    """A personal cell as a report shows it: its first character, and the form of the rest."""
    return text[:1] + "".join("○" if character.isalnum() else character for character in text[1:])


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place; ``column`` is empty where the whole line is."""

    line: int
    column: str
    found: str | Said
    expected: Said


@dataclass(frozen=True, order=True)
class Restriction:
    """One restriction that a line names."""

    kind: RestrictionKind
    from_on: date
    until_on: date | None = None
    details: str | None = None


@dataclass
class Line:
    """One inmate as delivered; ``values`` holds the columns of ``models.Inmate`` that the file speaks about."""

    line: int
    values: dict[str, Any]
    #: None where the file has no column about restrictions: they stay as they are.
    restrictions: tuple[Restriction, ...] | None = None


@dataclass
class Delivery:
    """What a file says: its lines, the faults that are listed, and how many there are in all."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    fault_count: int = 0

    def blame(self, line: int, column: str, found: str | Said, expected: Said) -> None:
        """Note a fault; beyond the most that are listed it is only counted."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            what = visible(found[:LONGEST_FOUND]) if isinstance(found, str) else found
            self.faults.append(Fault(line, visible(column), what, expected))
