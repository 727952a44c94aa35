"""Deliveries of inmates as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.rules import inmate_columns
from app.rules.office_vocabulary import ImportSource
from app.security import SYSTEM
from app.services import inmate_checking, inmate_imports
from models import Agency, Inmate
from tests.factories.rows import counter, id_number


def delivered(**cells: Any) -> dict[str, Any]:
    """One line about somebody new; ``cells`` by the file's column names."""
    return {
        "呼號": f"{next(counter):05}",
        "姓名": "林志明",
        "性別": "男",
        "出生日期": "70/05/06",
        "身分證號": id_number(),
        "處分種類": "受刑人",
        "教化等級": "3",
        "場舍": "忠一舍",
        "入監所日期": "113/06/01",
        "入本監日期": "113/06/01",
        "狀態": "在監",
        **cells,
    }


def line_of(inmate: Inmate, **cells: Any) -> dict[str, Any]:
    """The line that says of an inmate what is known already."""

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    return {
        "呼號": inmate.number,
        "姓名": inmate.name,
        "性別": {"M": "男", "F": "女"}.get(inmate.sex or "", ""),
        "出生日期": day(inmate.birth_date),
        "身分證號": inmate.id_number or "",
        "處分種類": inmate.custody_type,
        "教化等級": inmate.treatment_grade or "",
        "場舍": inmate.unit or "",
        "入監所日期": day(inmate.admitted_on),
        "入本監日期": day(inmate.transferred_in_on),
        "狀態": "在監",
        **cells,
    }


def delivery(of: Agency | str, *lines: dict[str, Any], is_checked: bool = True) -> str:
    """A delivery with these lines, checked by the worker; its id."""
    agency_id = of if isinstance(of, str) else of.id
    content = inmate_columns.from_rows(list(lines))
    import_id = inmate_imports.receive(agency_id, content, "收容人.csv", ImportSource.FILE, SYSTEM)
    if is_checked:
        inmate_checking.run()
    return import_id
