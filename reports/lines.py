"""Breaking text into lines: Chinese anywhere but before ，。」 and after 「（; Latin words and numbers in one piece."""

from __future__ import annotations

from typing import NamedTuple

from reports.fonts import drawable, runs, widths

_NOT_FIRST = frozenset("，。、；：？！）〕】」』》〉…‧・～·,.;:?!)]}%％")
_NOT_LAST = frozenset("（〔【「『《〈([{")


class Line(NamedTuple):
    """One line ready to draw: its width in points and its runs of (font name, text)."""

    width: float
    runs: list[tuple[str, str]]


def typeset(text: str, width: float, size: float, bold: bool = False) -> list[Line]:
    """The text in lines of at most ``width`` points at ``size`` points, each character with a font that draws it."""
    lines = wrap(text, width, size, bold)
    return [Line(sum(widths(line, bold)) * size / 1000, runs(line, bold)) for line in lines]


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines of at most ``width`` points; a character that no font draws stands in its 〔U+20BB7〕 form."""
    limit = width * 1000 / size
    lines: list[str] = []
    for paragraph in drawable(text).split("\n"):
        advances = widths(paragraph, bold)
        if sum(advances) <= limit:
            lines.append(paragraph)
        else:
            lines += _broken(paragraph, advances, limit)
    return lines


def _broken(text: str, advances: list[int], limit: float) -> list[str]:
    lines: list[str] = []
    start = good = used = 0  # the line's first character, the last place where it may end, its length so far
    for here, character in enumerate(text):
        if here > start and _may_part(text[here - 1], character):
            good = here
        used += advances[here]
        if used > limit and here > start and character != " ":  # a space at the end takes no room
            end = good if good > start else _cut(text, start, here)
            lines.append(text[start:end].rstrip(" "))
            start = end
            used = sum(advances[start : here + 1])
    lines.append(text[start:])
    return lines


def _cut(text: str, start: int, here: int) -> int:
    """Where a word longer than the line is cut: at its end, or before that so as not to begin with 。"""
    end = here
    while end > start and (text[end] in _NOT_FIRST or text[end - 1] in _NOT_LAST):
        end -= 1
    return end if end > start else here


def _may_part(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST or after == " ":
        return False
    return not (_is_latin(before) and _is_latin(after))


def _is_latin(character: str) -> bool:
    return "!" <= character <= "\u024f" or "\u1e00" <= character <= "\u1eff"
