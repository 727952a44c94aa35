"""The manuals are ticked line by line: what the tables name is there, and no line of them goes without an answer."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import ROOT
from tests.guards.sources import files

#: The table of each manual, and how many of its own lines, tests and addresses it has at least.
TABLES = [("manual.md", 40, 30, 30), ("manual-family.md", 30, 12, 20)]
each_table = pytest.mark.parametrize(("name", "lines", "tests", "addresses"), TABLES)


def _text(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def _quoted(name: str, start: str) -> set[str]:
    return set(re.findall(rf"`({start}[^`]*)`", _text(name)))


@each_table
def test_every_named_test_is_there(name: str, lines: int, tests: int, addresses: int) -> None:
    named = _quoted(name, "tests/")
    gone = sorted(file for file in named if not (ROOT / file).is_file())
    assert len(named) > tests and not gone, f"docs/{name} names tests that are gone: {gone}"


@each_table
def test_every_named_address_is_a_route(app: Flask, name: str, lines: int, tests: int, addresses: int) -> None:
    named = _quoted(name, "/")
    gone = sorted(named - {rule.rule for rule in app.url_map.iter_rules()})
    assert len(named) > addresses and not gone, f"docs/{name} names addresses that are gone: {gone}"


@each_table
def test_every_line_is_ticked_or_says_what_differs(name: str, lines: int, tests: int, addresses: int) -> None:
    found = [line.split(" | ") for line in _text(name).splitlines() if re.match(r"\| (?!the manual)", line)]
    unticked = [line[0] for line in found if len(line) != 3 or not re.search("[✓≠]", line[1])]
    assert len(found) > lines and not unticked, f"docs/{name}: say what answers these lines: {unticked}"


def test_the_tables_are_found_from_the_papers_that_people_read() -> None:
    for paper in files("README.md", "CONTRIBUTING.md", suffixes=(".md",)):
        assert "docs/manual.md" in paper.read_text(), f"{paper.name} does not lead to docs/manual.md"
    assert "manual-family.md" in _text("manual.md")
