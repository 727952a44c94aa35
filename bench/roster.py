"""The roster's PDF against a bare ReportLab LongTable: ``.venv/bin/python -m bench.roster``.

Both draw the same cells with the same line breaks, fonts, sizes, paddings, widths and 第n頁，共N頁 on each page.
The LongTable is given finished lines as plain strings (its fastest way) and has no page heading, section, totals,
signatures or rare characters. Processor seconds of a warm process, median; ours and theirs take turns, so that a busy
machine slows both.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from io import BytesIO
from statistics import median
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, SimpleDocTemplate

from reports import fonts
from reports.lines import wrap
from reports.roster import RosterRow, RosterSheet, render_roster, table
from reports.table import LEADING, PAD_X, PAD_Y, ROW_HEIGHT, SIZE, Section

ROWS = (200, 1000, 5000)
REPEATS = 5
_UNITS = ("仁一舍03房", "孝二舍", "忠三舍12房", "病舍", "和二舍")
_CAPACITIES = ("律師", "律師", "律師", "辯護人", "學習律師", "訴訟代理人與其他", "通譯")
_SURNAMES, _GIVEN = "陳林黃張李王吳劉蔡楊", "美玲淑芬志明俊傑雅婷怡君家豪建宏"


def sheet(rows: int, rare: bool = False) -> RosterSheet:
    """A roster of invented visits, each with its own names; ``rare`` puts 𠮷 into every tenth inmate's name."""
    return RosterSheet(
        agency_full_name="法務部矯正署桃園女子監獄",
        visit_on="中華民國115年3月10日（星期二）",
        source="全部",
        edition=1,
        printed_at="中華民國115年3月9日16時25分",
        printed_by="管理員王小明",
        rows=tuple(_row(number, rare) for number in range(1, rows + 1)),
        totals=f"合計{rows}件（線上{rows // 2}件、電話{rows - rows // 2}件），接見人{rows}人、提帶收容人{rows}人",
    )


def _name(seed: int) -> str:
    return _SURNAMES[seed % 10] + _GIVEN[seed // 10 % 15] + _GIVEN[seed // 7 % 16]


def _row(number: int, rare: bool) -> RosterRow:
    companion = f"{_name(number * 7)}（學習律師）、{_name(number * 11)}（通譯）" if number % 4 == 0 else ""
    return RosterRow(
        number=str(number),
        arrives_at=f"{9 + number % 7:02d}:{number * 5 % 60:02d}",
        inmate_number=f"{number % 10000:04d}",
        inmate="陳𠮷豪" if rare and number % 10 == 0 else _name(number),
        unit=_UNITS[number % 5],
        visitor=_name(number * 3),
        capacity=_CAPACITIES[number % 7],
        companions=companion,
        source=("線上", "電話")[number % 2],
        checked_in="",
        from_to="",
        remarks=f"須通譯；未送達通知請電洽0912-{number:06d}" if number % 6 == 0 else "",
    )


class _Numbered(Canvas):
    def showPage(self) -> None:
        self.setFont(fonts.REGULAR, SIZE)
        self.drawRightString(225 * mm, 190 * mm, f"第{self._pageNumber}頁，共")
        self.doForm("total")
        super().showPage()

    def save(self) -> None:
        self.beginForm("total", 0, 0, 297 * mm, 210 * mm)
        self.setFont(fonts.REGULAR, SIZE)
        self.drawString(225 * mm, 190 * mm, f"{self._pageNumber - 1}頁")
        self.endForm()
        super().save()


def long_table(roster: RosterSheet) -> bytes:
    """The same cells by ReportLab alone."""
    fonts.register()
    ours = table(roster)
    columns = ours.columns
    style: list[Any] = [
        ("FONT", (0, 0), (-1, -1), fonts.REGULAR, SIZE, LEADING),
        ("FONT", (0, 0), (-1, 0), fonts.BOLD, SIZE, LEADING),
        ("GRID", (0, 0), (-1, -1), 0.5, "black"),
        ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), PAD_X),
        ("RIGHTPADDING", (0, 0), (-1, -1), PAD_X),
        ("TOPPADDING", (0, 0), (-1, -1), PAD_Y),
        ("BOTTOMPADDING", (0, 0), (-1, -1), PAD_Y),
    ]
    seen: dict[tuple[Any, float], str] = {}
    cells = [[c.head for c in columns]]
    for row in ours.rows:
        assert not isinstance(row, Section)  # sheet() makes none
        line = []
        for text, column in zip(row, columns, strict=True):
            key = text, column.width
            if key not in seen:
                seen[key] = "\n".join(wrap(text, column.width - 2 * PAD_X, SIZE))
            line.append(seen[key])
        cells.append(line)
    grid = LongTable(
        cells,
        colWidths=[c.width for c in columns],
        minRowHeights=[ROW_HEIGHT] * len(cells),
        repeatRows=1,
        style=style,
    )
    out = BytesIO()
    margins = dict(leftMargin=12 * mm, rightMargin=12 * mm, topMargin=38 * mm, bottomMargin=14 * mm)
    SimpleDocTemplate(out, pagesize=landscape(A4), **margins).build([grid], canvasmaker=_Numbered)
    return out.getvalue()


def seconds(make: Callable[[RosterSheet], bytes], roster: RosterSheet) -> float:
    """Processor seconds of one rendering."""
    start = time.process_time()
    make(roster)
    return time.process_time() - start


def main(repeats: int) -> None:
    """Print the table; ``repeats`` is the number of runs of each size and side."""
    print("| rows | ours s | LongTable s | ratio | ours, every tenth name rare s |")
    print("|---:|---:|---:|---:|---:|")
    medians: dict[int, tuple[float, float]] = {}
    seconds(render_roster, sheet(20, rare=True))  # fonts, templates and caches of both
    seconds(long_table, sheet(20))
    for rows in ROWS:
        plain, rare = sheet(rows), sheet(rows, rare=True)
        runs = [
            (seconds(render_roster, plain), seconds(long_table, plain), seconds(render_roster, rare))
            for _turn in range(repeats)
        ]
        ours, theirs, with_rare = (median(column) for column in zip(*runs, strict=True))
        medians[rows] = ours, theirs
        print(f"| {rows} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.2f} | {with_rare:.3f} |", flush=True)
    grown, theirs_grown = (medians[5000][side] / medians[1000][side] for side in (0, 1))
    print(f"1,000 to 5,000 rows: ours ×{grown:.2f}, LongTable ×{theirs_grown:.2f}, ", end="")
    print(f"growth ratio {grown / theirs_grown:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
