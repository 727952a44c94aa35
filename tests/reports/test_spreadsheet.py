"""A table for a spreadsheet: readable where it is opened, and never calculated."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from odfdo import Document

from reports.spreadsheet import FORMATS, harmless, write_csv, write_ods


def test_excel_reads_the_names_and_nothing_is_lost() -> None:
    rows = [["0609", "陳𠮷豪", 'a "quoted", one'], ["0610", "第一行\n第二行", ""]]
    written = write_csv(["呼號", "收容人", "備註"], rows)
    assert written.startswith(b"\xef\xbb\xbf") and b"\r\n" in written
    assert list(csv.reader(StringIO(written.decode("utf-8-sig"), newline=""))) == [["呼號", "收容人", "備註"], *rows]


@pytest.mark.parametrize(
    "text", ["=1+1", "+886", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", " =1", "\t=1", "\u202e=1"]
)
def test_a_formula_is_only_text(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["", "0609", "黃小萍", "09:05~09:40", "a=b", "－"])
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_number_is_a_number() -> None:
    assert b"0609,7,1.5" in write_csv(["a", "b", "c"], [["0609", 7, 1.5]])
    with ZipFile(BytesIO(write_ods(["a", "b"], [["0609", 7]]))) as parts:
        content = parts.read("content.xml").decode()
    assert 'office:value-type="float" office:value="7"' in content and "<text:p>7</text:p>" in content
    assert 'office:value="0609"' not in content


def test_the_formats_are_declared() -> None:
    assert {ending: form.media_type for ending, form in FORMATS.items()} == {
        "csv": "text/csv; charset=utf-8",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
    }


def test_an_open_document_holds_the_same_texts_and_calculates_nothing() -> None:
    rows = [["0609", "陳𠮷豪", "=1+1"], ["0610", "第一行\n第二行", ""]]
    table = Document(BytesIO(write_ods(["呼號", "收容人", "備註"], rows))).body.get_table(0)
    assert [[cell or "" for cell in row] for row in table.get_values()] == [["呼號", "收容人", "備註"], *rows]
    assert all(cell.formula is None for row in table.get_rows() for cell in row.get_cells())
