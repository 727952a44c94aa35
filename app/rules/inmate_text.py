"""The text of a delivered file: which encoding, and which record begins on which line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from app.rules.inmate_deliveries import Delivery
from app.said import said

#: How .xlsx and .xls begin: what is most often taken for a CSV file.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def decoded(content: bytes, found: Delivery) -> str | None:
    """The text of a file, UTF-8 (with or without a mark) or Big5; None, with a fault for each bad line."""
    if content.startswith(_WORKBOOKS):
        found.blame(1, "", said("Excel活頁簿"), said("CSV檔；請於試算表軟體另存為「CSV UTF-8（逗號分隔）」後再匯入"))
        return None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        found.blame(1, "", "UTF-16", said("UTF-8或Big5編碼，請另存新檔後再匯入"))
        return None
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text
    lines = content.split(b"\n")
    broken = {name: [n for n, line in enumerate(lines, 1) if not _decodes(line, name)] for name in ("utf-8", "cp950")}
    name = min(broken, key=lambda encoding: len(broken[encoding]))
    for number in broken[name]:
        bad = _first_bad(lines[number - 1], name)
        label = "UTF-8" if name == "utf-8" else "Big5"
        found.blame(number, "", bad, said("可用%(encoding)s編碼讀取之文字；罕用字請以UTF-8儲存", encoding=label))
    return None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _first_bad(line: bytes, encoding: str) -> str:
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        return f"0x{line[error.start : error.start + 2].hex().upper()}"
    return ""


def records(text: str, found: Delivery) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins: a quoted cell may go over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            found.blame(begins, "", "", said("完整的CSV列：雙引號須成對，欄內雙引號請寫兩個"))
            return
        yield begins, record
