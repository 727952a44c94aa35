"""A delivery of inmates as CSV: bytes in, lines and faults out; every fault names line, column, found, expected.

One line is one inmate. A line's cells are read by ``inmate_cells``; what concerns two cells or two lines is here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from app.i18n import _
from app.rules import inmate_cells as cells
from app.rules.inmate_cells import CellWrong
from app.rules.vocabulary import InmateStatus, RestrictionKind

#: More lines than inmates of all agencies together are no delivery.
MOST_LINES = 100_000
#: So many faults are listed; all are counted.
MOST_FAULTS = 5_000
#: How many restrictions one line can name.
MOST_RESTRICTIONS = 5
LONGEST_FOUND = 60

NUMBER, NAME, SEX, BORN, IDENTITY = "呼號", "姓名", "性別", "出生日期", "身分證號"
CUSTODY, GRADE, JUVENILE, UNIT = "處分種類", "教化等級", "少年", "場舍"
ADMITTED, TRANSFERRED, RELEASED, STATUS = "入監所日期", "入本監日期", "出監所日期", "狀態"
#: Columns that a file must have; 呼號, 姓名, 處分種類 and 狀態 may not be empty either.
REQUIRED = (NUMBER, NAME, SEX, BORN, IDENTITY, CUSTODY, ADMITTED, STATUS)
NEVER_EMPTY = frozenset((NUMBER, NAME, CUSTODY, STATUS))
OPTIONAL = (GRADE, JUVENILE, UNIT, TRANSFERRED, RELEASED)
#: Columns whose cell is personal enough to be hidden in a report; the sender has the file.
HIDDEN = frozenset((NAME, BORN, IDENTITY))

KIND, FROM, UNTIL, DETAILS = "種類", "起日", "迄日", "說明"


def restriction_column(place: int, part: str) -> str:
    """The name of a column of one restriction: 限制1種類."""
    return f"限制{place}{part}"


RESTRICTION_COLUMNS = tuple(
    restriction_column(place, part)
    for place in range(1, MOST_RESTRICTIONS + 1)
    for part in (KIND, FROM, UNTIL, DETAILS)
)
KNOWN = frozenset((*REQUIRED, *OPTIONAL, *RESTRICTION_COLUMNS))
#: Columns of the file that is offered as a pattern.
TEMPLATE = (
    *(NUMBER, NAME, SEX, BORN, IDENTITY, CUSTODY, GRADE, JUVENILE, UNIT, ADMITTED, TRANSFERRED, RELEASED, STATUS),
    *RESTRICTION_COLUMNS[:8],
)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place; ``column`` is empty where the whole line is."""

    line: int
    column: str
    found: str
    expected: str


@dataclass(frozen=True, order=True)
class Restriction:
    """One restriction that a line names."""

    kind: RestrictionKind
    from_on: date
    until_on: date | None = None
    details: str | None = None


@dataclass
class Line:
    """One inmate as delivered; ``values`` holds the columns of ``models.Inmate`` that the file speaks about."""

    line: int
    values: dict[str, Any]
    #: None where the file has no column about restrictions: they stay as they are.
    restrictions: tuple[Restriction, ...] | None = None


@dataclass
class Delivery:
    """What a file says: its lines, the faults that are listed, and how many there are in all."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    fault_count: int = 0

    def blame(self, line: int, column: str, found: str, expected: str) -> None:
        """Note a fault; beyond the most that are listed it is only counted."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, column, found[:LONGEST_FOUND], expected))


#: Column, attribute of ``models.Inmate``, how a cell is read.
_How = tuple[str, str, Callable[[str], Any]]


def readers(today: date) -> tuple[_How, ...]:
    """How each plain column is read."""
    return (
        (NUMBER, "number", cells.number),
        (NAME, "name", cells.name),
        (SEX, "sex", cells.sex),
        (BORN, "birth_date", cells.day),
        (IDENTITY, "id_number", partial(cells.identity, today=today)),
        (CUSTODY, "custody_type", cells.custody),
        (GRADE, "treatment_grade", cells.grade),
        (JUVENILE, "is_juvenile", cells.flag),
        (UNIT, "unit", cells.unit),
        (ADMITTED, "admitted_on", cells.day),
        (TRANSFERRED, "transferred_in_on", cells.day),
        (RELEASED, "released_on", cells.day),
        (STATUS, "status", cells.status),
    )


def read(content: bytes, today: date) -> Delivery:
    """Read a file whole: either it has no fault and all its lines count, or it has faults and none does."""
    found = Delivery()
    text = decoded(content, found)
    if text is None:
        return found
    records = _records(text, found)
    line, head = next(records, (1, []))
    places = _places(line, head, found)
    if places is None:
        return found
    seen: dict[tuple[str, str], int] = {}
    how = tuple(reader for reader in readers(today) if reader[0] in places)
    restricted = tuple(
        place for place in range(1, MOST_RESTRICTIONS + 1) if restriction_column(place, KIND) in places
    )
    for line, record in records:
        if not any(cell.strip() for cell in record):
            continue
        found.count += 1
        if found.count > MOST_LINES:
            found.blame(line, "", "", _("一次至多%(n)s人，請分批匯入", n=MOST_LINES))
            break
        if len(record) != len(head):
            wanted = _("%(n)s欄，與標題列相同（欄內有逗號時請加雙引號）", n=len(head))
            found.blame(line, "", _("%(n)s欄", n=len(record)), wanted)
            continue
        reading = _Reading(line, record, places, found, today)
        values = reading.values(how)
        restrictions = reading.restrictions(restricted) if restricted else None
        _check_line(reading, values)
        _check_twins(reading, values, seen)
        values.pop("released_on", None)
        found.lines.append(Line(line, values, restrictions))
    if not found.count and not found.fault_count:
        found.blame(line, "", "", _("至少一筆收容人資料"))
    return found


def heading(content: bytes) -> Delivery:
    """The faults of a file's first line alone: whether it is a delivery of inmates at all."""
    found = Delivery()
    text = decoded(content, found)
    if text is not None:
        line, head = next(_records(text, found), (1, []))
        _places(line, head, found)
    return found


def decoded(content: bytes, found: Delivery) -> str | None:
    """The text of a file, UTF-8 (with or without a mark) or Big5; None, with a fault for each line, where it is none."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        found.blame(1, "", "UTF-16", _("UTF-8或Big5編碼，請另存新檔後再匯入"))
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
        found.blame(number, "", bad, _("可用%(encoding)s編碼讀取之文字；罕用字請以UTF-8儲存", encoding=label))
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


def _records(text: str, found: Delivery) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins: a quoted cell may go over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            found.blame(begins, "", "", _("完整的CSV列：雙引號須成對，欄內雙引號請寫兩個"))
            return
        yield begins, record


def _places(line: int, head: list[str], found: Delivery) -> dict[str, int] | None:
    """Where each column stands; None, with a fault for each name, where the heading is wrong."""
    names = [name.strip(" \u3000\ufeff") for name in head]
    for place, name in enumerate(names):
        if name not in KNOWN:
            found.blame(line, name[:40], name or _("（空白）"), _("已知的欄位名稱，請對照範本"))
        elif name in names[:place]:
            found.blame(line, name, name, _("每個欄位只出現一次"))
    for name in REQUIRED:
        if name not in names:
            found.blame(line, name, _("（沒有這一欄）"), _("必要欄位「%(name)s」", name=name))
    for place in range(1, MOST_RESTRICTIONS + 1):
        parts = [part for part in (KIND, FROM, UNTIL, DETAILS) if restriction_column(place, part) in names]
        for part in (KIND, FROM):
            if parts and part not in parts:
                column = restriction_column(place, part)
                found.blame(line, column, _("（沒有這一欄）"), _("必要欄位「%(name)s」", name=column))
    return None if found.fault_count else {name: place for place, name in enumerate(names)}


@dataclass
class _Reading:
    """One line being read."""

    line: int
    record: list[str]
    places: dict[str, int]
    found: Delivery
    today: date

    def raw(self, column: str) -> str:
        """A cell as it was delivered."""
        place = self.places.get(column)
        return "" if place is None else self.record[place]

    def blame(self, column: str, expected: str) -> None:
        raw = self.raw(column)
        self.found.blame(self.line, column, "○○○" if column in HIDDEN and raw else raw, expected)

    def cell(self, column: str, how: Callable[[str], Any], is_needed: bool = False) -> Any:
        """What a cell says; None where it is empty or wrong."""
        try:
            place = self.places.get(column)
            text = "" if place is None else cells.plain(self.record[place])
            if text:
                return how(text)
            if is_needed:
                raise CellWrong(_("不可空白"))
        except CellWrong as wrong:
            self.blame(column, wrong.expected)
        return None

    def values(self, how: tuple[_How, ...]) -> dict[str, Any]:
        """The plain columns."""
        values = {name: self.cell(column, reads, column in NEVER_EMPTY) for column, name, reads in how}
        if "is_juvenile" in values:
            values["is_juvenile"] = bool(values["is_juvenile"])
        return values

    def restrictions(self, places: tuple[int, ...]) -> tuple[Restriction, ...]:
        """The restrictions that the line names, each once."""
        found: dict[Restriction, None] = {}
        for place in places:
            column = partial(restriction_column, place)
            kind = self.cell(column(KIND), cells.restriction)
            from_on, until_on = (self.cell(column(part), cells.day) for part in (FROM, UNTIL))
            details = self.cell(column(DETAILS), cells.details)
            if kind is None:
                if not self.raw(column(KIND)).strip() and (from_on or until_on or details):
                    self.blame(column(KIND), _("有起迄日或說明時不可空白"))
            elif from_on is None:
                if not self.raw(column(FROM)).strip():
                    self.blame(column(FROM), _("有限制種類時不可空白"))
            elif until_on is not None and until_on < from_on:
                self.blame(column(UNTIL), _("不早於起日"))
            else:
                found[Restriction(kind, from_on, until_on, details)] = None
        return tuple(sorted(found, key=lambda one: (one.kind, one.from_on, one.until_on or date.max, one.details or "")))


def _check_line(reading: _Reading, values: dict[str, Any]) -> None:
    """What several cells of one line say together."""
    born, admitted, came, left = (
        values.get(name) for name in ("birth_date", "admitted_on", "transferred_in_on", "released_on")
    )
    for column, day in ((BORN, born), (ADMITTED, admitted), (TRANSFERRED, came), (RELEASED, left)):
        if day and day > reading.today:
            reading.blame(column, _("今日或以前之日期"))
    if born and born.year < reading.today.year - cells.OLDEST_YEARS:
        reading.blame(BORN, _("距今未逾%(n)s年", n=cells.OLDEST_YEARS))
    if born and admitted and admitted <= born:
        reading.blame(ADMITTED, _("晚於出生日期"))
    if admitted and came and came < admitted:
        reading.blame(TRANSFERRED, _("不早於入監所日期"))
    if admitted and left and left < admitted:
        reading.blame(RELEASED, _("不早於入監所日期"))
    if left and values["status"] is InmateStatus.PRESENT:
        reading.blame(RELEASED, _("空白（狀態為在監），或狀態改為移監、出監"))


def _check_twins(reading: _Reading, values: dict[str, Any], seen: dict[tuple[str, str], int]) -> None:
    """A 呼號 stands for one person who is present, and one person stands on one line."""
    marks = [(IDENTITY, values.get("id_number"))]
    if values["status"] is InmateStatus.PRESENT:
        marks.append((NUMBER, values["number"]))
    for column, value in marks:
        if value is None:
            continue
        first = seen.setdefault((column, value), reading.line)
        if first != reading.line:
            reading.blame(column, _("不與第%(line)s行重複", line=first))


def template() -> bytes:
    """The file that is offered as a pattern: the heading and two invented inmates."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(TEMPLATE)
    first = {NUMBER: "0609", NAME: "黃範例", SEX: "女", BORN: "64/01/02", IDENTITY: "A200000003", CUSTODY: "受刑人"}
    first |= {GRADE: "4", JUVENILE: "否", UNIT: "忠一舍", ADMITTED: "113/06/01", TRANSFERRED: "113/06/15"}
    second = {NUMBER: "0888", NAME: "鄭範例", SEX: "男", BORN: "1985/03/10", CUSTODY: "被告", UNIT: "仁舍"}
    second |= {ADMITTED: "2026/01/05", restriction_column(1, KIND): "禁止接見通信"}
    second |= {restriction_column(1, FROM): "115/01/05", restriction_column(1, UNTIL): "115/03/04"}
    for row in (first, second):
        writer.writerow([{STATUS: "在監", **row}.get(name, "") for name in TEMPLATE])
    return out.getvalue().encode("utf-8-sig")


def from_rows(rows: list[dict[str, Any]]) -> bytes:
    """The same file from rows as another system sends them (JSON): line 2 is the first row."""
    columns = list(dict.fromkeys(str(name) for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else " ".join(str(value).splitlines())
