"""A delivery of inmates as CSV: bytes in, lines and faults out; every fault names line, column, found, expected.

One line is one inmate. A line's cells are read by ``inmate_cells``; what concerns two cells or two lines is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from app.rules import inmate_cells as cells
from app.rules import inmate_text
from app.rules.inmate_cells import CellWrong
from app.rules.inmate_columns import (
    ADMITTED,
    BORN,
    CUSTODY,
    DETAILS,
    FROM,
    GRADE,
    HIDDEN,
    IDENTITY,
    JUVENILE,
    KIND,
    KNOWN,
    MOST_RESTRICTIONS,
    NAME,
    NEVER_EMPTY,
    NUMBER,
    RELEASED,
    REQUIRED,
    SEX,
    STATUS,
    TRANSFERRED,
    UNIT,
    UNTIL,
    restriction_column,
)
from app.rules.inmate_deliveries import Delivery, Line, Restriction, shape
from app.rules.vocabulary import InmateStatus
from app.said import Said, said

#: More lines than inmates of all agencies together are no delivery.
MOST_LINES = 100_000

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
    text = inmate_text.decoded(content, found)
    if text is None:
        return found
    rows = inmate_text.records(text, found)
    line, head = next(rows, (1, []))
    places = _places(line, head, found)
    if places is None:
        return found
    seen: dict[tuple[str, str], int] = {}
    how = tuple(reader for reader in readers(today) if reader[0] in places)
    restricted = tuple(place for place in range(1, MOST_RESTRICTIONS + 1) if restriction_column(place, KIND) in places)
    for line, record in rows:
        if not any(cell.strip() for cell in record):
            continue
        found.count += 1
        if found.count > MOST_LINES:
            found.blame(line, "", "", said("一次至多%(n)s人，請分批匯入", n=MOST_LINES))
            break
        if len(record) != len(head):
            wanted = said("%(n)s欄，與標題列相同（欄內有逗號時請加雙引號）", n=len(head))
            found.blame(line, "", said("%(n)s欄", n=len(record)), wanted)
            continue
        reading = _Reading(line, record, places, found, today)
        values = reading.values(how)
        restrictions = reading.restrictions(restricted) if restricted else None
        _check_line(reading, values)
        _check_twins(reading, values, seen)
        values.pop("released_on", None)
        found.lines.append(Line(line, values, restrictions))
    if not found.count and not found.fault_count:
        found.blame(line, "", "", said("至少一筆收容人資料"))
    return found


def heading(content: bytes) -> Delivery:
    """The faults of a file's first line alone: whether it is a delivery of inmates at all."""
    found = Delivery()
    text = inmate_text.decoded(content, found)
    if text is not None:
        line, head = next(inmate_text.records(text, found), (1, []))
        _places(line, head, found)
    return found


def _places(line: int, head: list[str], found: Delivery) -> dict[str, int] | None:
    """Where each column stands; None, with a fault for each name, where the heading is wrong."""
    names = [name.strip(" \u3000\ufeff") for name in head]
    for place, name in enumerate(names):
        if name not in KNOWN:
            found.blame(line, name[:40], name or said("（空白）"), said("已知的欄位名稱，請對照範本"))
        elif name in names[:place]:
            found.blame(line, name, name, said("每個欄位只出現一次"))
    for name in REQUIRED:
        if name not in names:
            found.blame(line, name, said("（沒有這一欄）"), said("必要欄位「%(name)s」", name=name))
    for place in range(1, MOST_RESTRICTIONS + 1):
        parts = [part for part in (KIND, FROM, UNTIL, DETAILS) if restriction_column(place, part) in names]
        for part in (KIND, FROM):
            if parts and part not in parts:
                column = restriction_column(place, part)
                found.blame(line, column, said("（沒有這一欄）"), said("必要欄位「%(name)s」", name=column))
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

    def blame(self, column: str, expected: Said) -> None:
        raw = self.raw(column)
        self.found.blame(self.line, column, shape(raw.strip()) if column in HIDDEN else raw, expected)

    def cell(self, column: str, how: Callable[[str], Any], is_needed: bool = False) -> Any:
        """What a cell says; None where it is empty or wrong."""
        try:
            place = self.places.get(column)
            text = "" if place is None else cells.plain(self.record[place])
            if text:
                return how(text)
            if is_needed:
                raise CellWrong(said("不可空白"))
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
                    self.blame(column(KIND), said("有起迄日或說明時不可空白"))
            elif from_on is None:
                if not self.raw(column(FROM)).strip():
                    self.blame(column(FROM), said("有限制種類時不可空白"))
            elif until_on is not None and until_on < from_on:
                self.blame(column(UNTIL), said("不早於起日"))
            else:
                found[Restriction(kind, from_on, until_on, details)] = None
        return tuple(found)


def _check_line(reading: _Reading, values: dict[str, Any]) -> None:
    """What several cells of one line say together."""
    born, admitted, came, left = (
        values.get(name) for name in ("birth_date", "admitted_on", "transferred_in_on", "released_on")
    )
    for column, day in ((BORN, born), (ADMITTED, admitted), (TRANSFERRED, came), (RELEASED, left)):
        if day and day > reading.today:
            reading.blame(column, said("今日或以前之日期"))
    if born and born.year < reading.today.year - cells.OLDEST_YEARS:
        reading.blame(BORN, said("距今未逾%(n)s年", n=cells.OLDEST_YEARS))
    if born and admitted and admitted <= born:
        reading.blame(ADMITTED, said("晚於出生日期"))
    if admitted and came and came < admitted:
        reading.blame(TRANSFERRED, said("不早於入監所日期"))
    if admitted and left and left < admitted:
        reading.blame(RELEASED, said("不早於入監所日期"))
    if left and values["status"] is InmateStatus.PRESENT:
        reading.blame(RELEASED, said("空白（狀態為在監），或狀態改為移監、出監"))


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
            reading.blame(column, said("不與第%(line)s行重複", line=first))
