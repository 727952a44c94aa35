"""A table as a file for a spreadsheet: head and rows in, bytes out; nothing in a cell is ever a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from odfdo import Cell, Document, Row, Table

from reports.text import clean

#: What a spreadsheet takes for the beginning of a formula, in full width too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True)
class Format:
    """One kind of file: its ending, its media type, and how it is written."""

    ending: str
    media_type: str
    write: Callable[[Sequence[str], Iterable[Sequence[str]]], bytes]


def harmless(text: str) -> str:
    """The text of a cell; an apostrophe stands before what would be calculated instead of shown."""
    text = clean(text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def write_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as Excel in Taiwan opens it: UTF-8 with a byte order mark, lines end in CR LF, cells quoted where needed."""
    kept = StringIO(newline="")
    writer = csv.writer(kept)
    for row in (head, *rows):
        writer.writerow([harmless(cell) for cell in row])
    return kept.getvalue().encode("utf-8-sig")


def write_ods(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An OpenDocument table: every cell is marked as text, so 0609 keeps its zero and nothing is calculated."""
    table = Table("1")
    for line in (head, *rows):
        row = Row()
        row.extend_cells([Cell(clean(text), cell_type="string") for text in line])
        table.append(row)
    document = Document("spreadsheet")
    document.body.clear()
    document.body.append(table)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


#: Every format on offer, by ending; one more is one more line.
FORMATS = {
    form.ending: form
    for form in (
        Format("csv", "text/csv; charset=utf-8", write_csv),
        Format("ods", "application/vnd.oasis.opendocument.spreadsheet", write_ods),
    )
}
