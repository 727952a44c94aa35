"""SECURITY.md is true where a program can tell: every control is named once, every test and file in it exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import config

ROOT = Path(config.ROOT)
TEXT = (ROOT / "SECURITY.md").read_text()
#: 資通系統防護基準, level 高: access, logs, continuity, identification, development, encryption, integrity.
ANNEX = {
    f"{part}{n}"
    for part, last in (("A", 10), ("L", 7), ("B", 2), ("I", 10), ("D", 4), ("C", 2), ("N", 4))
    for n in range(1, last + 1)
}
#: A row without a test says so in one of these ways, with its reason.
WITHOUT_TEST = ("Not yet:", "Operator:")
_ROW = re.compile(r"^\| ([ALBIDCN]\d+) \|(.*)\|$", re.MULTILINE)
_PATH = re.compile(r"`((?:(?:tests|app|views|models|docs|reports)/|config\.py|requirements)[\w./-]*)`")


def rows() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number, rest in _ROW.findall(TEXT):
        found.setdefault(number, []).append(rest)
    return found


def test_every_control_of_the_annex_has_one_row() -> None:
    found = rows()
    assert found.keys() == ANNEX, f"missing: {sorted(ANNEX - found.keys())}; unknown: {sorted(found.keys() - ANNEX)}"
    assert not [number for number, lines in found.items() if len(lines) > 1]


def test_every_row_names_a_test_or_a_reason() -> None:
    silent = [
        number
        for number, (row,) in rows().items()
        if "`tests/" not in row and not any(word in row for word in WITHOUT_TEST)
    ]
    assert not silent, f"Name the test, or write why there is none: {silent}"


def test_every_row_names_its_asvs_numbers_or_none() -> None:
    wrong = [number for number, (row,) in rows().items() if not re.match(r"^[^|]*\|[^|]*(\d+\.\d+\.\d+|–)", row)]
    assert not wrong, f"The second column holds ASVS 5.0 numbers, or a dash: {wrong}"


@pytest.mark.parametrize("path", sorted(set(_PATH.findall(TEXT))))
def test_what_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists(), f"SECURITY.md names {path}, which does not exist"


def test_the_document_names_many() -> None:
    assert len([path for path in set(_PATH.findall(TEXT)) if path.startswith("tests/")]) > 20
