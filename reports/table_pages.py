"""Drawing a laid-out table page by page: head on every page, thin black rules, text in the middle of its row.

ReportLab's LongTable copies the rest of the table at each page break and styles every cell anew; here all pages look
into one layout and know their first and last row (figures: bench/README.md).
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable, FrameBreak

from reports.fonts import BOLD, REGULAR
from reports.table import LEADING, PAD_X, SIZE, Layout, Row

_RULE, _FRAME = 0.5, 1.0  # points; thinner or grey lines do not survive a photocopier
# The rare fonts are thin Ming faces: an outline brings them near the others' weight.
_PLAIN, _OUTLINED, _OUTLINE = 0, 2, 0.3
# The body of a Chinese character sits from 0.88 above to 0.12 below the baseline.
_DROP = (LEADING - SIZE) / 2 + 0.88 * SIZE


class TablePages(Flowable):
    """The rows from ``start`` to ``end`` of a layout; splits itself at the end of a page."""

    def __init__(self, layout: Layout, start: int = 0, end: int | None = None) -> None:
        super().__init__()
        self.layout, self.start = layout, start
        self.end = len(layout.rows) if end is None else end
        repeat = layout.repeats[start] if start else None
        self.heads = [layout.head, repeat] if repeat else [layout.head]
        self.width = sum(column.width for column in layout.columns)
        self.height = self._above() + layout.tops[self.end] - layout.tops[start]

    def wrap(self, _width: float, room: float) -> tuple[float, float]:
        """Width and height in points; asks for more than there is when the closing part would stand alone."""
        alone = self._is_last() and self.end - self.start > 1 and self.height + self.layout.closing_height > room
        return self.width, room + 1 if alone and self.height <= room else self.height

    def split(self, _width: float, room: float) -> list[Flowable]:
        """This page's rows and the rest, or nothing when no row fits."""
        end = self.layout.end_of_page(self.start, room - self._above())
        if end <= self.start:
            return []
        if end >= self.end:  # only the closing part does not fit: the last row (and what heads it) goes over with it
            end = self.end - 1
            while end > self.start + 1 and self.layout.rows[end - 1].is_section:
                end -= 1
            return [self._part(self.start, end), FrameBreak(), self._part(end, self.end)]
        return [self._part(self.start, end), self._part(end, self.end)]

    def draw(self) -> None:
        """Text of all rows first, then the rules."""
        rows = [*self.heads, *self.layout.rows[self.start : self.end]]
        self.canv.setLineWidth(_OUTLINE)
        text = self.canv.beginText()
        text.setFont(REGULAR, SIZE)
        top = self.height
        edges = [top]
        for place, row in enumerate(rows):
            self._write(text, row, top, is_head=place == 0)
            top -= row.height
            edges.append(top)
        self.canv.drawText(text)
        self._rule(rows, edges)

    def _write(self, text: Any, row: Row, top: float, is_head: bool) -> None:
        left = 0.0
        for cell, column in zip(row.cells, self.layout.columns, strict=False):
            width = self.width if row.is_section else column.width
            middle = is_head or (column.centred and not row.is_section)
            y = top - (row.height - len(cell) * LEADING) / 2 - _DROP
            for line in cell:
                text.setTextOrigin(left + ((width - line.width) / 2 if middle else PAD_X), y)
                for font, piece in line.runs:
                    if font != text._fontname:  # setting a font costs as much as the text
                        text.setFont(font, SIZE)
                        text.setTextRenderMode(_PLAIN if font in (REGULAR, BOLD) else _OUTLINED)
                    text.textOut(piece)
                y -= LEADING
            left += width

    def _rule(self, rows: list[Row], edges: list[float]) -> None:
        canvas = self.canv
        canvas.setStrokeColorRGB(0, 0, 0)
        canvas.setLineWidth(_RULE)
        lines = [(0.0, y, self.width, y) for y in edges[1:-1]]
        left = 0.0
        for column in self.layout.columns[:-1]:
            left += column.width
            lines += [(left, top, left, bottom) for top, bottom in self._columned(rows, edges)]
        canvas.lines(lines)
        canvas.setLineWidth(_FRAME)
        canvas.line(0, edges[1], self.width, edges[1])
        canvas.rect(0, edges[-1], self.width, edges[0] - edges[-1])

    @staticmethod
    def _columned(rows: list[Row], edges: list[float]) -> list[tuple[float, float]]:
        spans: list[tuple[float, float]] = []
        for row, top, bottom in zip(rows, edges, edges[1:], strict=False):
            if row.is_section:
                continue
            if spans and spans[-1][1] == top:
                spans[-1] = spans[-1][0], bottom
            else:
                spans.append((top, bottom))
        return spans

    def _above(self) -> float:
        return sum(row.height for row in self.heads)

    def _is_last(self) -> bool:
        return self.end == len(self.layout.rows)

    def _part(self, start: int, end: int) -> TablePages:
        return TablePages(self.layout, start, end)
