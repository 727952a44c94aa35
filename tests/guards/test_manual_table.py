"""docs/manual.md ticks the manual line by line: what it names is there, and no line of it goes without an answer."""

from __future__ import annotations

import re

from flask import Flask

from config import ROOT
from tests.guards.sources import files

TEXT = (ROOT / "docs" / "manual.md").read_text()
LINES = [line.split(" | ") for line in TEXT.splitlines() if re.match(r"\| (?!the manual)", line)]


def _quoted(start: str) -> set[str]:
    return set(re.findall(rf"`({start}[^`]*)`", TEXT))


def test_every_named_test_is_there() -> None:
    gone = sorted(name for name in _quoted("tests/") if not (ROOT / name).is_file())
    assert len(_quoted("tests/")) > 30 and not gone, f"docs/manual.md names tests that are gone: {gone}"


def test_every_named_address_is_a_route(app: Flask) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    gone = sorted(_quoted("/") - routes)
    assert len(_quoted("/")) > 30 and not gone, f"docs/manual.md names addresses that are gone: {gone}"


def test_every_line_is_ticked_or_says_what_differs() -> None:
    open_lines = [line[0] for line in LINES if len(line) != 3 or not re.search("[✓≠]", line[1])]
    assert len(LINES) > 40 and not open_lines, f"Say what answers these lines: {open_lines}"


def test_the_table_is_found_from_the_papers_that_people_read() -> None:
    for paper in files("README.md", "CONTRIBUTING.md", suffixes=(".md",)):
        assert "docs/manual.md" in paper.read_text(), f"{paper.name} does not lead to docs/manual.md"
