"""A long table on paper: its head on every page, rules in black, time per row that does not grow with their number.

ReportLab's LongTable copies the rest of the table at each page break; here a page knows its first and last row of one
shared layout (figures: bench/README.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

from reports.lines import wrap
from reports.text import cap

SIZE, LEADING, PAD_X, PAD_Y = 10.0, 12.5, 3.0, 3.5
#: Room to write a time by hand.
ROW_HEIGHT = 24.0
#: A taller row goes on in a row of its own: a page takes about thirty lines, and a row is never parted by a page.
LINES_PER_ROW = 24


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in points, and whether its text stands in the middle."""

    head: str
    width: float
    centred: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A line across the table that heads the rows after it; ``continued`` is repeated on their further pages."""

    text: str
    continued: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows as they come; ``closing_height`` (points) is what must fit below the last row on its page."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str] | Section]
    closing_height: float = 0.0


class Row(NamedTuple):
    """A row ready to draw: lines per column (or one line across, for a section) and its height in points."""

    cells: tuple[list[str], ...]
    height: float
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """All rows of a table with their lines; ``tops[i]`` is the height above row i, ``sections[i]`` the one it is in."""

    columns: tuple[Column, ...]
    head: Row
    rows: tuple[Row, ...]
    tops: tuple[float, ...]
    sections: tuple[Section | None, ...]
    closing_height: float

    def last_fitting(self, start: int, room: float) -> int:
        """The end (exclusive) of the rows from ``start`` that fit into ``room`` points; a section heads no page end."""
        stop = bisect_right(self.tops, self.tops[start] + room + 0.01) - 1
        while stop > start and self.rows[stop - 1].section and stop < len(self.rows):
            stop -= 1
        return stop


def lay_out(table: Table) -> Layout:
    """Break every cell into lines, once."""
    columns = table.columns
    head = _row([wrap(c.head, c.width - 2 * PAD_X, SIZE, bold=True) for c in columns])
    seen: dict[tuple[str, float], list[str]] = {}  # units, capacities and methods repeat
    rows: list[Row] = []
    sections: list[Section | None] = []
    section: Section | None = None
    for row in table.rows:
        if isinstance(row, Section):
            across = sum(c.width for c in columns) - 2 * PAD_X
            laid = [replace_height(_row([wrap(row.text, across, SIZE, bold=True)]), row)]
            sections.append(None)
            section = row
        else:
            cells = []
            for text, column in zip(row, columns, strict=True):
                key = (text, column.width)
                if key not in seen:
                    seen[key] = wrap(cap(text), column.width - 2 * PAD_X, SIZE) if text else []
                cells.append(seen[key])
            laid = _pieces(cells)
            sections += [section] * len(laid)
        rows += laid
    tops = tuple(accumulate((row.height for row in rows), initial=0.0))
    return Layout(columns, head, tuple(rows), tops, tuple(sections), table.closing_height)
