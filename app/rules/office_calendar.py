"""The government's office calendar as a file (政府行政機關辦公日曆表), read line by line; mistakes have a place."""

from __future__ import annotations

import csv
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Any

from app.errors import RuleError
from app.i18n import _l
from app.rules.calendar import ONE_DAY, SATURDAY, DayInfo
from app.rules.characters import are_typed
from app.rules.dates import WEEKDAYS

DAY, WEEKDAY, IS_OFF, REMARK = COLUMNS = ("西元日期", "星期", "是否放假", "備註")
WORKS, OFF = "0", "2"
LONGEST_NAME = 60
#: A year has 366 lines; what is longer is another file.
LONGEST_FILE = 200_000
#: How many mistakes are named; the others are counted.
MOST_FAULTS = 100

_TYPED_DAY = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_BEGINS = re.compile(r"^([0-9]{4})[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,2}(?=,)", re.M)
_CALLED = re.compile(r"(?:星期|週|周|禮拜)?([一二三四五六日天])")


class FileTooLong(RuleError):
    """Nobody's year has so many lines."""

    sentence = _l("檔案內容過長，不像一年份的辦公日曆表。請確認選擇的檔案。")


class FileNotText(RuleError):
    """Neither UTF-8 nor Big5."""

    sentence = _l("檔案無法讀取，請選擇UTF-8或Big5編碼之CSV檔。")


@dataclass(frozen=True)
class Fault:
    """One mistake: line of the file (None: the whole file), column, what was found, what was expected there."""

    line: int | None
    column: str
    found: str
    expected: Any


@dataclass(frozen=True)
class Reading:
    """What a file says: the days that differ from the plain week, or what is wrong with it (``total`` mistakes)."""

    days: dict[date, DayInfo]
    faults: Sequence[Fault] = ()
    total: int = 0


def decode(content: bytes) -> str:
    """The text of a file in UTF-8 (with or without BOM) or Big5; raises :class:`FileNotText`, :class:`FileTooLong`."""
    if len(content) > LONGEST_FILE:
        raise FileTooLong("file")
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileNotText("file")


def differs(day: date, info: DayInfo) -> bool:
    """Whether a day is anything else than its weekday says."""
    return bool(info.name) or info.is_working != (day.weekday() < SATURDAY)


def read(text: str, year: int) -> Reading:
    """Read one year's file; never raises: mistakes are counted, and the first hundred are named."""
    whole = _of_another_year(text, year)
    if whole is not None:
        return Reading({}, (whole,), 1)
    found: dict[date, DayInfo] = {}
    faults: list[Fault] = []
    total = 0
    for fault in _read(text, year, found):
        total += 1
        if len(faults) < MOST_FAULTS:
            faults.append(fault)
    if total:
        return Reading({}, faults, total)
    return Reading({day: info for day, info in sorted(found.items()) if differs(day, info)})


def _of_another_year(text: str, year: int) -> Fault | None:
    """One mistake instead of 365 alike: every day of the file is of the same other year."""
    lines = list(_BEGINS.finditer(text))
    if len({line[1] for line in lines}) != 1 or lines[0][1] == str(year):
        return None
    first = lines[0]
    expected = _l("%(year)s年之日期；本檔全部為%(found)s年，請確認「年度」與選擇的檔案", year=year, found=first[1])
    return Fault(text.count("\n", 0, first.start()) + 1, DAY, first[0], expected)


def _read(text: str, year: int, found: dict[date, DayInfo]) -> Iterator[Fault]:
    lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    first: dict[date, int] = {}
    places: dict[str, int] = {}
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not places:
                places = {name: cells.index(name) for name in COLUMNS if name in (cells := [c.strip() for c in cells])}
                if len(places) < len(COLUMNS):
                    yield from _about_head(lines.line_num, cells, places)
                    return
                continue
            yield from _line(cells, lines.line_num, year, places, first, found)
    except csv.Error:
        yield Fault(lines.line_num, "", "", _l("完整的CSV：引號須成對，每日一行"))
        return
    if not places:
        yield Fault(None, "", _l("空白檔案"), _l("第一行為欄位名稱：西元日期,星期,是否放假,備註"))
        return
    yield from _missing(year, first)


def _about_head(line: int, cells: Sequence[str], places: dict[str, int]) -> Iterator[Fault]:
    for name in COLUMNS:
        if name not in places:
            yield Fault(line, name, _short(",".join(cells)), _l("第一行為欄位名稱：西元日期,星期,是否放假,備註"))


def _line(
    cells: Sequence[str],
    line: int,
    year: int,
    places: dict[str, int],
    first: dict[date, int],
    found: dict[date, DayInfo],
) -> Iterator[Fault]:
    if len(cells) <= max(places.values()):
        yield Fault(line, "", _short(",".join(cells)), _l("與第一行相同的欄位數"))
        return
    typed, weekday, off, name = (cells[places[column]].strip() for column in COLUMNS)
    day = _day(typed)
    if day is None:
        yield Fault(line, DAY, _short(typed), _l("存在的西元日期，例如20260101"))
    elif day.year != year:
        yield Fault(line, DAY, _short(typed), _l("%(year)s年之日期", year=year))
    elif day in first:
        yield Fault(line, DAY, _short(typed), _l("每日一行；第%(line)s行已有同一日", line=first[day]))
    else:
        first[day] = line
        right = WEEKDAYS[day.weekday()]
        called = _CALLED.fullmatch(unicodedata.normalize("NFKC", weekday))
        if called is None or called[1].replace("天", "日") != right:
            yield Fault(line, WEEKDAY, _short(weekday), right)
    if off not in (WORKS, OFF):
        yield Fault(line, IS_OFF, _short(off), _l("0（上班）或2（放假）"))
    if len(name) > LONGEST_NAME or not are_typed(name):
        yield Fault(line, REMARK, _short(name), _l("至多%(n)s個字，且不含控制字元", n=LONGEST_NAME))
        return
    if day is not None:
        found[day] = DayInfo(off == WORKS, name)


def _day(typed: str) -> date | None:
    match = _TYPED_DAY.fullmatch(unicodedata.normalize("NFKC", typed))
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None


def _missing(year: int, first: dict[date, int]) -> Iterator[Fault]:
    """The days without a line, in spans."""
    day, last = date(year, 1, 1), date(year, 12, monthrange(year, 12)[1])
    while day <= last:
        if day in first:
            day += ONE_DAY
            continue
        end = day
        while end < last and end + ONE_DAY not in first:
            end += timedelta(days=1)
        span = f"{day:%Y/%m/%d}" if day == end else f"{day:%Y/%m/%d}~{end:%Y/%m/%d}"
        yield Fault(None, DAY, _l("沒有這些日期：%(days)s", days=span), _l("全年每日一行"))
        day = end + ONE_DAY


def _short(text: str) -> str:
    clean = "".join(c if c.isprintable() else "�" for c in text)
    return clean if len(clean) <= 40 else f"{clean[:40]}…"
