"""A list that says only which columns it shows: labels, masks, filters and order come from the model's own words.

A column shows what its class of data allows: sealed values, digests and personal data other than masked names refuse
to start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Enum, UniqueConstraint, false, inspect

from app.i18n import _l
from app.rules import masking
from models import Applicant, Inmate, StateMove
from views.auditor import pages, subjects
from views.auditor.filters import Days, Exactly, OneOf, of_agency, of_inmate
from views.auditor.plain_cells import CELLS, linked
from views.auditor.plain_words import LABELS, label
from views.auditor.records import RecordView
from views.auditor.shown import column, inmate, person

#: Internal texts that are a way in, or could be tried against one.
_NEVER = ("digest", "password", "hash", "storage_key", "original_key", "secret", "_sealed", "_index")
#: Personal data that are a matter of record and name nobody by themselves.
_CLOSED = ("Boolean", "Enum")


def plain(
    model: Any, names: str, newest: str, more: str = "", *, from_first: bool = False, always: tuple[Any, ...] = ()
) -> type[RecordView]:
    """A view of a model's ``names``, ordered by ``newest``; ``more`` stands on single pages. Raises ``TypeError``."""
    listed = tuple(names.split())
    detailed = (*listed, *more.split(), "id") if hasattr(model, "id") else (*listed, *more.split())
    table, relations = str(model.__tablename__), inspect(model).relationships
    return type(
        f"Plain{model.__name__}View",
        (RecordView,),
        {
            "__doc__": f"{model.__name__}, as it stands.",
            "column_list": listed,
            "column_details_list": tuple(dict.fromkeys(detailed)),
            "column_labels": {name: label(table, name) for name in detailed},
            "column_formatters": {name: show for name in detailed if (show := _cell(model, name)) is not None},
            "filter_bar": tuple(_filters(model, detailed, newest.split())),
            "newest": tuple(getattr(model, name) for name in newest.split()),
            "beside": tuple(getattr(model, name) for name in detailed if name in relations),
            "from_first": from_first,
            "always": always,
        },
    )


def _cell(model: type, name: str) -> Callable[..., Any] | None:
    if name == "itself":
        return column(inmate)
    mapper: Any = inspect(model)
    if (words := CELLS.get((str(mapper.local_table.name), name))) is not None:
        return column(words)
    if name in mapper.relationships:
        target = mapper.relationships[name].mapper.class_
        if target is Inmate:
            return column(lambda row: inmate(row.inmate) if row.inmate else None)
        if target is Applicant:
            return column(lambda row: person(row.applicant.name) if row.applicant else None)
        return None
    stands = mapper.columns[name]
    data_class, kind = stands.info.get("data_class"), type(stands.type).__name__
    if data_class not in ("public", "internal", "personal") or any(part in name for part in _NEVER):
        raise TypeError(f"{model.__name__}.{name} is not for this door")
    if data_class == "personal" and name.endswith("name"):
        return column(lambda row: masking.name_circle(getattr(row, name)) if getattr(row, name) else None)
    if data_class == "personal" and kind not in _CLOSED:
        raise TypeError(f"{model.__name__}.{name} is personal and has no mask")
    table = next((key.column.table.name for key in stands.foreign_keys), None)
    if table is None or table not in subjects.KINDS:
        return None
    return column(lambda row: linked(table, getattr(row, name)))


def _is(stands: Any) -> Callable[[str], ColumnElement[bool]]:
    """A whole key; what is none fits nothing."""

    def condition(typed: str) -> ColumnElement[bool]:
        value = pages.parsed(stands, typed)
        return false() if value is None else stands == value

    return condition


def _is_first_of_an_index(stands: Any) -> bool:
    unique = [one for one in stands.table.constraints if isinstance(one, UniqueConstraint)]
    return any(next(iter(one.columns)) is stands for one in [*stands.table.indexes, *unique])


def _moves_of(record: str) -> ColumnElement[bool]:
    """The kinds are named, because the index begins with them."""
    return StateMove.subject_kind.in_(sorted(subjects.KINDS)) & (StateMove.subject_id == record)


def _filters(model: Any, names: tuple[str, ...], newest: list[str]) -> list[Any]:
    columns, table = inspect(model).columns, str(model.__tablename__)
    found: list[Any] = []
    if "agency_id" in columns:
        found.append(of_agency(model.agency_id))
    if "inmate_id" in columns:
        found.append(Exactly("inmate", LABELS["number"], of_inmate(model.inmate_id)))
    for name in names:
        if name in columns and isinstance(columns[name].type, Enum):
            kind: Any = columns[name].type
            found.append(OneOf(name, label(table, name), getattr(model, name), kind.enum_class.choices))
    found += [
        Exactly(name, label(table, name), _is(columns[name]))
        for name in names
        if name in columns and columns[name].foreign_keys and _is_first_of_an_index(columns[name])
    ]
    if "applicant" in names and _is_first_of_an_index(columns["applicant_id"]):
        found.append(Exactly("applicant_id", _l("申請人編號"), _is(columns["applicant_id"])))
    if model is Inmate:
        found.append(Exactly("number", LABELS["number"], lambda number: Inmate.number == number))
    if model is StateMove:
        found.append(Exactly("record", LABELS["subject_id"], _moves_of))
    if "id" in columns and type(columns["id"].type).__name__ == "Uuid":
        found.append(Exactly("key", LABELS["id"], _is(columns["id"])))
    if type(columns[newest[0]].type).__name__ in ("Instant", "Date"):
        found.append(Days(newest[0], label(table, newest[0]), getattr(model, newest[0])))
    return found
