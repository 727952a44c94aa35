"""Files stay short and are named after what they know (DESIGN §2)."""

from __future__ import annotations

import pytest

from tests.guards.sources import PROGRAM, files, name_of

LONGEST = 300
SAY_NOTHING = ("util", "helper", "common", "misc")
EVERYTHING = [*PROGRAM, "tests", "bench"]


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {name_of(file): len(file.read_text().splitlines()) for file in files(*EVERYTHING)}
    too_long = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST]
    assert not too_long, f"Split these by what they know, not by size (300 lines is a stop): {too_long}"


def test_names_say_what_is_inside() -> None:
    found = [name_of(f) for f in files(*EVERYTHING) if any(_means_nothing(part) for part in f.with_suffix("").parts)]
    assert not found, f"Name these after what they know; 'util' and its like collect everything: {found}"


@pytest.mark.parametrize("name", ["utils", "form_helpers", "common", "misc_views"])
def test_the_rule_on_names_catches(name: str) -> None:
    assert _means_nothing(name)
    assert not _means_nothing("commonwealth_days") and not _means_nothing("reservations")


def _means_nothing(name: str) -> bool:
    words = name.lower().split("_")
    return any(word in (bad, f"{bad}s") for word in words for bad in SAY_NOTHING)
