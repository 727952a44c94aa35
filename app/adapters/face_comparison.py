"""Comparing two faces: an outside service where one is connected; without one nothing is compared, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Comparison:
    """How alike two faces are, from 0 to 1, and from which score on they count as the same."""

    score: float
    threshold: float


class FaceComparison(Protocol):
    """Compares the photograph of an application with what a visit has shown (JPEG both)."""

    def compare(self, portrait: bytes, capture: bytes) -> Comparison | None:
        """The result; None where nothing was compared."""


class NotCompared:
    """The harmless one: no comparison is connected, an officer looks."""

    def compare(self, portrait: bytes, capture: bytes) -> Comparison | None:
        return None
