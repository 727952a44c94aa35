"""What the page of a delivery shows: the report of faults, and what would be added, changed, gone, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.i18n import _, _l
from app.rules.masking import name_circle
from app.rules.office_vocabulary import StagedAct
from models import Agency, ImportFault, Inmate, InmateImport, StagedInmate
from views.backoffice.case_facts import custody, grade
from views.backoffice.columns import shown
from views.backoffice.inmates import sex
from views.backoffice.paging import Listing

#: The columns of a file, by what they are called in ``models.Inmate``.
LABELS: dict[str, Any] = {
    "agency": _l("矯正機關"),
    "number": _l("呼號"),
    "name": _l("姓名"),
    "sex": _l("性別"),
    "birth_date": _l("出生日期"),
    "id_number": _l("身分證號"),
    "custody_type": _l("處分種類"),
    "treatment_grade": _l("教化等級"),
    "is_juvenile": _l("少年"),
    "unit": _l("場舍"),
    "admitted_on": _l("入監所日期"),
    "transferred_in_on": _l("入本監日期"),
    "status": _l("狀態"),
    "restrictions": _l("接見限制"),
}
#: The parts of the differences, in the order of the page.
PARTS = (StagedAct.ADD, StagedAct.CHANGE, StagedAct.LEAVE)


@dataclass(frozen=True)
class Difference:
    """One line: whom it is about, and each column that changes."""

    line: int
    number: str
    name: str
    unit: str
    changes: tuple[tuple[Any, str, str], ...]


def faults(row: InmateImport) -> Listing:
    """The report, by line."""
    return _listing(ImportFault, ImportFault.import_id == row.id)


def staged(row: InmateImport, act: StagedAct) -> Listing:
    """The lines that do the same."""
    return _listing(StagedInmate, StagedInmate.import_id == row.id, StagedInmate.act == act)


def _listing(model: Any, *conditions: Any) -> Listing:
    # Only of a delivery that was found through the scope.
    return Listing(model, model.id, (model.line,), False, conditions, None, None, ())


def differences(row: InmateImport, lines: list[StagedInmate]) -> list[Difference]:
    """The lines of one page, beside the inmates as they stand."""
    ids = [line.inmate_id for line in lines]
    standing = {one.id: one for one in db.session.scalars(select(Inmate).where(Inmate.id.in_(ids)))}
    here = db.session.get_one(Agency, row.agency_id).name
    return [_difference(line, standing.get(line.inmate_id), here) for line in lines]


def _difference(line: StagedInmate, inmate: Inmate | None, here: str) -> Difference:
    names = [name for name in line.differs.split(",") if name]
    changes = tuple((LABELS[name], *_before_after(name, line, inmate, here)) for name in names)
    return Difference(line.line, line.number, name_circle(line.name), line.unit or "－", changes)


def _before_after(name: str, line: StagedInmate, inmate: Inmate | None, here: str) -> tuple[str, str]:
    if name == "agency":
        return _("其他機關"), here
    if name == "restrictions":
        return ("", _("依檔案所載")) if inmate is None else (_("現有限制"), _("依檔案所載"))
    if name in ("birth_date", "id_number"):
        return _("（不顯示）"), _("（已變更）")
    if inmate is None:
        return "", _told(name, line)
    return _told(name, inmate), _told(name, line)


def _told(name: str, row: Any) -> str:
    if name == "name":
        return name_circle(row.name)
    words = {"sex": sex, "custody_type": _custody, "treatment_grade": _grade}
    return str(shown(words[name](row) if name in words else getattr(row, name)))


def _custody(row: Any) -> str:
    return custody(row.custody_type)


def _grade(row: Any) -> str:
    return grade(row.treatment_grade)
