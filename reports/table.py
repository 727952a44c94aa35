"""A table on paper, laid out once: every cell broken into lines, every row with its height."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from app.i18n import _
from reports.lines import Line, typeset
from reports.text import cap

SIZE, LEADING, PAD_X, PAD_Y = 10.0, 12.5, 3.0, 3.5
#: Room to write a time by hand.
ROW_HEIGHT = 24.0
#: A row is never parted by a page (which takes about thirty lines): a taller one goes on in a row of its own.
LINES_PER_ROW = 24


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in points, and whether its text stands in the middle."""

    head: str
    width: float
    centred: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A line across the table above the rows it names; ``continued`` stands above them on their further pages."""

    text: str
    continued: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows as they come; ``closing_height`` (points) is what must fit below the last row on its page."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str] | Section]
    closing_height: float = 0.0


class Row(NamedTuple):
    """A row ready to draw: the lines of each cell and a height in points; a row of one cell goes right across."""

    cells: Sequence[list[Line]]
    height: float
    is_section: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """All rows in lines; ``tops[i]`` is the height above row i, ``repeats[i]`` heads a page that begins with it."""

    columns: tuple[Column, ...]
    head: Row
    rows: list[Row]
    tops: list[float]
    repeats: list[Row | None]
    closing_height: float

    def end_of_page(self, start: int, room: float) -> int:
        """The end (exclusive) of the rows from ``start`` that fit into ``room`` points; no page ends with a section."""
        end = bisect_right(self.tops, self.tops[start] + room + 0.01) - 1
        while start < end < len(self.rows) and self.rows[end - 1].is_section:
            end -= 1
        return end


def lay_out(table: Table) -> Layout:
    """Break every cell of the table into lines; a cell above the allowed length is cut with a visible mark."""
    columns = table.columns
    across = sum(column.width for column in columns)
    seen: dict[tuple[str, float], list[Line]] = {}  # units, capacities, methods and times repeat
    rows: list[Row] = []
    repeats: list[Row | None] = []
    repeat = None
    for row in table.rows:
        if isinstance(row, Section):
            rows.append(_row([_cell(row.text, across, bold=True)], is_section=True))
            repeats.append(None)
            repeat = _row([_cell(row.continued, across, bold=True)], is_section=True) if row.continued else None
            continue
        cells = []
        for text, column in zip(row, columns, strict=True):
            key = text, column.width
            if key not in seen:
                seen[key] = _cell(text, column.width)
            cells.append(seen[key])
        for piece in [cells] if max(map(len, cells)) <= LINES_PER_ROW else _pieces(cells, row[0], columns[0]):
            rows.append(_row(piece))
            repeats.append(repeat)
    head = _row([_cell(column.head, column.width, bold=True) for column in columns])
    tops = list(accumulate((row.height for row in rows), initial=0.0))
    return Layout(columns, head, rows, tops, repeats, table.closing_height)


def _cell(text: str, width: float, bold: bool = False) -> list[Line]:
    return typeset(cap(text), width - 2 * PAD_X, SIZE, bold) if text else []


def _row(cells: Sequence[list[Line]], is_section: bool = False) -> Row:
    return Row(cells, max(ROW_HEIGHT, max(map(len, cells)) * LEADING + 2 * PAD_Y), is_section)


def _pieces(cells: Sequence[list[Line]], name: str, column: Column) -> list[list[list[Line]]]:
    again = _cell(_("%(number)s（續）", number=name), column.width)[:LINES_PER_ROW]
    pieces = []
    for start in range(0, max(map(len, cells)), LINES_PER_ROW):
        pieces.append([cell[start : start + LINES_PER_ROW] for cell in cells])
        if start:
            pieces[-1][0] = again
    return pieces
