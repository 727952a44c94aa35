"""The sealed values of a trail row, as far as this door shows them: what is not known to be harmless stays hidden."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Boolean, Column, Date, Enum, Integer, Uuid

from app.i18n import _
from app.rules import masking
from app.rules.person_looks import LookPurpose, SearchKind
from app.rules.vocabulary import StaffRole, Word
from app.services.unmasking import Purpose
from models import Base
from models.base import Instant
from views.auditor.fact_words import FACTS
from views.auditor.plain_words import LABELS
from views.auditor.shown import reason

#: Facts that are no column of their record and say nothing about a person.
_HARMLESS = {
    "rows",
    "edition",
    "visit_on",
    "format",
    "list",
    "month",
    "outside",
    "bookings",
    "restored",
    "left",
    "place",
    "applications",
    "grants",
    "entries",
    "messages",
    "consents",
    "readings",
    "ends_on",
    "valid_until",
    "replaced",
    "job",
}
#: Facts that are a word of a closed set.
_WORDS: dict[str, type[Word]] = {"by": SearchKind, "role": StaffRole}
#: Kinds of column that cannot hold a person's words or numbers.
_CLOSED_TYPES = (Enum, Date, Instant, Boolean, Integer, Uuid)


@dataclass(frozen=True)
class Fact:
    """One value of an act; ``before`` is None where the act changed nothing but told something."""

    label: Any
    before: str | None
    after: str


def shown(kind: str, facts: Mapping[str, Any], reasons: Collection[str]) -> list[Fact]:
    """The facts of an act on a record of this kind; ``reasons`` are the texts of the drop-down, which name nobody."""
    table = Base.metadata.tables.get(kind)
    found = []
    for name, value in facts.items():
        column = table.c.get(name) if table is not None else None
        label = label_of(name)
        if name == "roles":
            before, after = value if value and isinstance(value[0], list) else (None, value)
            found.append(Fact(label, None if before is None else _roles(before), _roles(after)))
        elif isinstance(value, list) and len(value) == 2:
            found.append(Fact(label, *(_one(name, column, one, reasons) for one in value)))
        else:
            found.append(Fact(label, None, _one(name, column, value, reasons)))
    return found


def label_of(name: str) -> Any:
    """What a value is called; a day of the calendar stands for itself."""
    return FACTS.get(name) or LABELS.get(name, name)


def _one(name: str, column: Column[Any] | None, value: Any, reasons: Collection[str]) -> str:
    if value is None or value == "":
        return ""
    if name == "purpose":
        words = next((words for words in (Purpose, LookPurpose) if value in words.values()), None)
        return str(words(value).label) if words is not None else hidden()
    if name in _WORDS:
        return str(_WORDS[name](value).label) if value in _WORDS[name].values() else hidden()
    if name == "reason":
        return str(reason(value)) if value in reasons else hidden()
    if column is None:
        return str(value) if name in _HARMLESS and isinstance(value, (str, int)) else hidden()
    if isinstance(column.type, Enum):
        return _label(column.type, value)
    data_class = column.info.get("data_class")
    if data_class == "public" or (data_class == "internal" and isinstance(column.type, _CLOSED_TYPES)):
        return str(value)
    if data_class == "personal" and name.endswith("name"):
        return masking.name_circle(str(value))
    return hidden()


def _label(kind: Enum, value: Any) -> str:
    try:
        return str(cast(type[Word], kind.enum_class)(value).label)
    except ValueError:
        return hidden()


def _roles(value: Any) -> str:
    return _("、").join(str(StaffRole(role).label) if role in StaffRole.values() else hidden() for role in value or [])


def hidden() -> str:
    """What stands in the place of a value that is not shown here."""
    return _("（內容不顯示）")
