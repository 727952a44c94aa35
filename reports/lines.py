"""Breaking text into lines: Chinese anywhere but before ，。」 and after 「（; Latin words and numbers in one piece."""

from __future__ import annotations

from reports.fonts import drawable, widths

_NOT_FIRST = frozenset("，。、；：？！）〕】」』》〉…‧・・～·,.;:?!)]}%％")
_NOT_LAST = frozenset("（〔【「『《〈([{")


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines of at most ``width`` points at ``size`` points; characters nobody draws in their notation."""
    text = drawable(text)
    limit = width * 1000 / size
    lines: list[str] = []
    for paragraph in text.split("\n"):
        advances = widths(paragraph, bold)
        if sum(advances) <= limit:
            lines.append(paragraph)
        else:
            lines += _broken(paragraph, advances, limit)
    return lines


def width_of(line: str, size: float, bold: bool = False) -> float:
    """Length in points of a line that ``wrap`` gave."""
    return sum(widths(line, bold)) * size / 1000


def _broken(text: str, advances: list[int], limit: float) -> list[str]:
    lines: list[str] = []
    start = good = used = 0  # the line's first character, the last place where it may end, its length so far
    for here, character in enumerate(text):
        if here > start and _may_part(text[here - 1], character):
            good = here
        used += advances[here]
        if used > limit and here > start and character != " ":
            end = good if good > start else here  # a word longer than the line is cut
            lines.append(text[start:end].rstrip(" "))
            start = end
            used = sum(advances[start : here + 1])
    lines.append(text[start:])
    return lines


def _may_part(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST or after == " ":
        return False
    return not (_is_latin(before) and _is_latin(after))


def _is_latin(character: str) -> bool:
    return "!" <= character <= "\u024f" or "\u1e00" <= character <= "\u1eff"
