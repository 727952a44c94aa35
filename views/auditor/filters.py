"""The filter bar: a plain GET form. What is wrong in it is named beside the field and left out, never an error page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any, Protocol

from flask import g
from sqlalchemy import ColumnElement, select

from app import clock
from app.extensions import db
from app.i18n import _l
from models import Agency, Inmate
from models.base import Instant

Choices = list[tuple[str, Any]]
#: Days that an address may name: earlier or later ones cannot be turned into an instant in every time zone.
FIRST_DAY, LAST_DAY = date(1912, 1, 1), date(9000, 1, 1)
LONGEST_TEXT = 40
AGENCY = "agency"


@dataclass
class Control:
    """One control of the form: its name, its words, what is in it, and whether that could be used."""

    name: str
    label: Any
    kind: str
    value: str = ""
    is_wrong: bool = False
    choices: Choices = field(default_factory=list)
    group: Any = None


class Filter(Protocol):
    """Reads its controls out of an address and makes a condition of them."""

    def read(self, args: Mapping[str, str]) -> tuple[list[Control], list[ColumnElement[bool]]]:
        """The controls as the reader left them, and the conditions of those that make sense."""
        ...


@dataclass(frozen=True)
class OneOf:
    """A choice among words; ``choices`` tells them when the page is asked for."""

    name: str
    label: Any
    column: Any
    choices: Callable[[], Choices]

    def read(self, args: Mapping[str, str]) -> tuple[list[Control], list[ColumnElement[bool]]]:
        choices, value = self.choices(), args.get(self.name, "")
        known = next((word for word, _label in choices if word == value), None)
        control = Control(self.name, self.label, "select", value, choices=choices)
        if known is None:
            control.value, control.is_wrong = "", bool(value)
            return [control], []
        return [control], [self.column == known]


@dataclass(frozen=True)
class Having:
    """A choice among words of which ``condition`` makes a clause."""

    name: str
    label: Any
    choices: Callable[[], Choices]
    condition: Callable[[str], ColumnElement[bool]]

    def read(self, args: Mapping[str, str]) -> tuple[list[Control], list[ColumnElement[bool]]]:
        choices, value = self.choices(), args.get(self.name, "")
        known = any(word == value for word, _label in choices)
        control = Control(self.name, self.label, "select", value if known else "", bool(value) and not known, choices)
        return [control], [self.condition(value)] if known else []


@dataclass(frozen=True)
class Days:
    """From a day to a day, both included; the column may hold a day or an instant."""

    name: str
    label: Any
    column: Any

    def read(self, args: Mapping[str, str]) -> tuple[list[Control], list[ColumnElement[bool]]]:
        controls, conditions = [], []
        for end, label in (("from", _l("起")), ("until", _l("迄"))):
            name = f"{self.name}_{end}"
            text = args.get(name, "")
            day = parse_day(text)
            shown = day.isoformat() if day else ""
            controls.append(Control(name, label, "date", shown, bool(text) and day is None, group=self.label))
            if day is not None:
                conditions.append(self._from(day) if end == "from" else self._until(day))
        return controls, conditions

    def _from(self, day: date) -> ColumnElement[bool]:
        return self.column >= (clock.at(day, time.min) if self._holds_instants else day)

    def _until(self, day: date) -> ColumnElement[bool]:
        if self._holds_instants:
            return self.column < clock.at(day + timedelta(days=1), time.min)
        return self.column <= day

    @property
    def _holds_instants(self) -> bool:
        return isinstance(self.column.type, Instant)


@dataclass(frozen=True)
class Exactly:
    """A short text that must fit to the letter; ``condition`` makes a clause of it."""

    name: str
    label: Any
    condition: Callable[[str], ColumnElement[bool]]

    def read(self, args: Mapping[str, str]) -> tuple[list[Control], list[ColumnElement[bool]]]:
        value = args.get(self.name, "").strip()
        if len(value) > LONGEST_TEXT or not value.isprintable():
            return [Control(self.name, self.label, "text", "", True)], []
        return [Control(self.name, self.label, "text", value)], [self.condition(value)] if value else []


class Bar:
    """The filters of one list as one request has set them."""

    def __init__(self, filters: Iterable[Filter], args: Mapping[str, str]) -> None:
        self.controls: list[Control] = []
        self.conditions: list[ColumnElement[bool]] = []
        for one in filters:
            controls, conditions = one.read(args)
            self.controls += controls
            self.conditions += conditions

    @property
    def agency_id(self) -> str | None:
        """The agency that the list is about, where one was chosen."""
        return next((control.value for control in self.controls if control.name == AGENCY and control.value), None)

    @property
    def wrong(self) -> list[Control]:
        """What was typed and could not be used."""
        return [control for control in self.controls if control.is_wrong]

    @property
    def groups(self) -> list[tuple[Any, list[Control]]]:
        """The controls in their order, those that belong together under one heading."""
        return [(group, list(controls)) for group, controls in groupby(self.controls, key=lambda one: one.group)]

    @property
    def values(self) -> dict[str, str]:
        """What a link to another page of the same list has to carry."""
        return {control.name: control.value for control in self.controls if control.value}


def of_agency(column: Any) -> OneOf:
    """機關名稱: any agency, closed ones too."""
    return OneOf(AGENCY, _l("機關名稱"), column, agencies)


def agencies() -> Choices:
    """Every agency's id and label, as the manual's filters print it (``2477-桃園女子監獄``)."""
    return [(agency_id, label) for agency_id, (_name, label) in directory().items()]


def directory() -> dict[str, tuple[str, str]]:
    """Every agency's name and label by its id; read once in a request."""
    if "auditor_agencies" not in g:
        rows = db.session.scalars(select(Agency).order_by(Agency.kind.desc(), Agency.region, Agency.name))
        g.auditor_agencies = {agency.id: (agency.name, agency.label) for agency in rows}
    return dict(g.auditor_agencies)


def of_inmate(column: Any) -> Callable[[str], ColumnElement[bool]]:
    """呼號: the records of every inmate who has or had this number, at any agency."""
    return lambda number: column.in_(select(Inmate.id).where(Inmate.number == number))


def parse_day(text: str) -> date | None:
    """A day of an address, or None where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
