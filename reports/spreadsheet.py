"""A table as a file for a spreadsheet: head and rows in, bytes out; nothing in a cell is ever a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from odfdo import Document, Table

from reports.text import clean

#: What a spreadsheet takes for the beginning of a formula, in full width too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
#: What this product shows where there is no value; by itself no spreadsheet takes it for a formula.
NOTHING = "－"
_EMPTY_TABLE = b'<table:table table:name="1"/>'


#: A text, or a number that the reader may want to add up.
Cell = str | int | float


@dataclass(frozen=True)
class Format:
    """One kind of file: its ending, its media type, and how it is written."""

    ending: str
    media_type: str
    write: Callable[[Sequence[str], Iterable[Sequence[Cell]]], bytes]


def harmless(text: str) -> str:
    """The text of a cell; an apostrophe stands before what would be calculated instead of shown."""
    text = clean(text)
    if text == NOTHING:
        return text
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """CSV as Excel in Taiwan opens it: UTF-8 with a byte order mark, lines end in CR LF, cells quoted where needed."""
    kept = StringIO(newline="")
    writer = csv.writer(kept)
    for row in (head, *rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return kept.getvalue().encode("utf-8-sig")


def write_ods(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An OpenDocument table: every text is marked as text, so 0609 keeps its zero and nothing is calculated."""
    # Put in as text: made cell by cell, ten thousand rows take the better part of a minute.
    table = f'<table:table table:name="1">{"".join(_ods_row(line) for line in (head, *rows))}</table:table>'
    kept = BytesIO()
    with ZipFile(BytesIO(_empty_document())) as empty, ZipFile(kept, "w", ZIP_DEFLATED) as whole:
        for part in empty.infolist():  # in their order: the media type stands first, as it is
            content = empty.read(part)
            if part.filename == "content.xml":
                content = content.replace(_EMPTY_TABLE, table.encode())
            whole.writestr(part, content, part.compress_type)
    return kept.getvalue()


@cache
def _empty_document() -> bytes:
    document = Document("spreadsheet")
    document.body.clear()
    document.body.append(Table("1"))
    kept = BytesIO()
    document.save(kept, pretty=False)
    return kept.getvalue()


def _ods_row(line: Sequence[Cell]) -> str:
    cells = (f"<table:table-cell {_kind(cell)}>{_paragraph(str(cell))}</table:table-cell>" for cell in line)
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _kind(cell: Cell) -> str:
    if isinstance(cell, str):
        return 'office:value-type="string" calcext:value-type="string"'
    return f'office:value-type="float" office:value="{cell}" calcext:value-type="float"'


def _paragraph(text: str) -> str:
    return f"<text:p>{escape(clean(text))}</text:p>"


#: Every format on offer, by ending; one more is one more line.
FORMATS = {
    form.ending: form
    for form in (
        Format("csv", "text/csv; charset=utf-8", write_csv),
        Format("ods", "application/vnd.oasis.opendocument.spreadsheet", write_ods),
    )
}
