"""Plain text as officers type it, cut into paragraphs, lists and links; no HTML ever comes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINK = re.compile(r"https?://[^\s<>\"'，。；：、！？（）「」『』【】《》\u3000]+")
_NUMBERED = re.compile(r"\s*[0-9]{1,2}[.、．)]\s*(?=\S)")
_DOTTED = re.compile(r"\s*[-*•・‧]\s+(?=\S)")
_TAIL = ".,;:!?)"


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; ``href`` where it is a link."""

    text: str
    href: str | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph (``p``), a numbered list (``ol``) or a plain list (``ul``), line by line."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def blocks(text: str) -> list[Block]:
    """The text in blocks: an empty line ends one, lines that begin with a number or a dash are a list."""
    found: list[Block] = []
    kind = ""
    lines: list[tuple[Piece, ...]] = []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        here, said = _kind(line)
        if here != kind and lines:
            found.append(Block(kind, tuple(lines)))
            lines = []
        kind = here
        if here:
            lines.append(tuple(_pieces(said)))
    return found


def _kind(line: str) -> tuple[str, str]:
    if not line.strip():
        return "", ""
    for kind, mark in (("ol", _NUMBERED), ("ul", _DOTTED)):
        match = mark.match(line)
        if match:
            return kind, line[match.end() :].strip()
    return "p", line.strip()


def _pieces(line: str) -> Iterator[Piece]:
    end = 0
    for match in _LINK.finditer(line):
        address = match[0].rstrip(_TAIL)
        if address.endswith("//"):
            continue
        if match.start() > end:
            yield Piece(line[end : match.start()])
        yield Piece(address, address)
        end = match.start() + len(address)
    if end < len(line):
        yield Piece(line[end:])
