"""The columns of a delivery of inmates, by the names that stand in its heading; the pattern of a file."""

from __future__ import annotations

import csv
import io
from typing import Any

#: How many restrictions one line can name.
MOST_RESTRICTIONS = 5

NUMBER, NAME, SEX, BORN, IDENTITY = "呼號", "姓名", "性別", "出生日期", "身分證號"
CUSTODY, GRADE, JUVENILE, UNIT = "處分種類", "教化等級", "少年", "場舍"
ADMITTED, TRANSFERRED, RELEASED, STATUS = "入監所日期", "入本監日期", "出監所日期", "狀態"
#: Columns that a file must have; 呼號, 姓名, 處分種類 and 狀態 may not be empty either.
REQUIRED = (NUMBER, NAME, SEX, BORN, IDENTITY, CUSTODY, ADMITTED, STATUS)
NEVER_EMPTY = frozenset((NUMBER, NAME, CUSTODY, STATUS))
OPTIONAL = (GRADE, JUVENILE, UNIT, TRANSFERRED, RELEASED)
#: Columns whose cell is so personal that a report shows its shape only; the sender has the file.
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
