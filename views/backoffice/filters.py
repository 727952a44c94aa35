"""The filter bar of a list, declared in the manual's words: a plain GET form, never a whole table in a drop-down.

A filter is a value shared by all requests; what a reader typed stands in a :class:`Reading` of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.i18n import _, _l
from app.rules.vocabulary import Word
from models.base import Instant
from views.backoffice import scope

LONGEST_TEXT = 50


@dataclass
class Reading:
    """What one reader asked of one filter: typed texts by field, the conditions they mean, sentences on mistakes."""

    filter: Filter
    typed: dict[str, str]
    conditions: list[Any] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    options: Sequence[tuple[str, Any]] = ()
    #: The one agency that was chosen, for filters on the scope.
    agency_id: str | None = None


class Filter:
    """One filter: ``kind`` names its part of the form, ``names`` its fields in the address."""

    kind = "text"
    label: Any
    names: tuple[str, ...] = ()
    #: Shown only where the address asks for it: the manual's form has no such field, a figure's link needs it.
    when_asked = False

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        """What the address asks for; never raises."""
        raise NotImplementedError


class AgencyFilter(Filter):
    """機關名稱: the agencies in the officer's scope; ``required`` always shows one of them, the first to begin with."""

    kind = "choice"

    def __init__(self, label: Any = _l("機關名稱"), name: str = "agency", required: bool = False) -> None:
        self.label, self.names, self.required = label, (name,), required

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        options = scope.agencies()
        typed = args.get(self.names[0], "").strip()
        if not typed and self.required and options:
            typed = options[0].id
        offered = options if self.required else [("", _("全部")), *options]
        reading = Reading(self, {self.names[0]: typed}, options=offered)
        if typed in {choice.id for choice in options}:
            reading.agency_id = typed
        elif typed:
            # The same words for an agency that does not exist and for one that is not the officer's.
            reading.errors[self.names[0]] = _("查無此機關，或您無權查看。請由清單重新選擇。")
        return reading


class TextFilter(Filter):
    """An exact text in a column, own (``code``) or of a relation (``inmate.number``)."""

    def __init__(self, path: str, label: Any, name: str | None = None) -> None:
        self.path, self.label, self.names = path, label, (name or path.rsplit(".")[-1],)

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        typed = unicodedata.normalize("NFKC", args.get(self.names[0], "")).strip()
        reading = Reading(self, {self.names[0]: typed[: LONGEST_TEXT + 1]})
        if len(typed) > LONGEST_TEXT:
            limits = {"label": self.label, "longest": LONGEST_TEXT}
            reading.errors[self.names[0]] = _("「%(label)s」至多%(longest)s個字，請縮短後再查詢。", **limits)
        elif not typed.isprintable():
            reading.typed = {self.names[0]: "".join(c for c in typed if c.isprintable())}
            reading.errors[self.names[0]] = _("「%(label)s」含有無法辨識的字元，請重新輸入。", label=self.label)
        elif typed:
            reading.conditions.append(self._condition(model, typed))
        return reading

    def _condition(self, model: Any, typed: str) -> Any:
        relation, _dot, name = self.path.rpartition(".")
        if not relation:
            return getattr(model, name) == typed
        local, remote = getattr(model, relation).property.local_remote_pairs[0]
        other = getattr(model, relation).property.mapper.class_
        # A list of keys: a correlated EXISTS would walk the whole list in its order to find one rare number.
        return local.in_(select(remote).where(getattr(other, name) == typed))


class OptionFilter(Filter):
    """One of some options; whatever else an address asks for is refused."""

    kind = "choice"

    def usual(self) -> str:
        """What is asked for until the reader chooses."""
        return ""

    def options(self) -> Sequence[tuple[str, Any]]:
        """Values and words, in the order of the drop-down."""
        raise NotImplementedError

    def meant(self, model: Any, typed: str) -> list[Any]:
        """The conditions that an option stands for."""
        raise NotImplementedError

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        typed, options = args.get(self.names[0], self.usual()).strip(), self.options()
        offered = {value for value, _label in options}
        if not typed and typed not in offered:
            typed = self.usual()
        reading = Reading(self, {self.names[0]: typed[:LONGEST_TEXT]}, options=options)
        if typed in offered:
            reading.conditions += self.meant(model, typed)
        else:
            reading.errors[self.names[0]] = _("「%(label)s」沒有這個選項，請由清單重新選擇。", label=self.label)
        return reading


class ChoiceFilter(OptionFilter):
    """A column that holds one word of a closed set; ``default`` is asked for until the reader chooses."""

    def __init__(
        self,
        column: str,
        words: type[Word],
        label: Any,
        default: Word | None = None,
        among: tuple[Word, ...] = (),
        name: str | None = None,
    ) -> None:
        self.column, self.label, self.default = column, label, default
        self.words, self.names = among or tuple(words), (name or column,)

    def usual(self) -> str:
        return self.default.value if self.default else ""

    def options(self) -> Sequence[tuple[str, Any]]:
        return [("", _("全部")), *((word.value, word.label) for word in self.words)]

    def meant(self, model: Any, typed: str) -> list[Any]:
        return [getattr(model, self.column) == word for word in self.words if word.value == typed]


class DateRangeFilter(Filter):
    """A day column, or the day in Taiwan of an instant, from 起 to 迄, both included."""

    kind = "dates"

    def __init__(
        self, column: str, label: Any, names: tuple[str, str] = ("from", "until"), *, when_asked: bool = False
    ) -> None:
        self.column, self.label, self.names, self.when_asked = column, label, names, when_asked

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        reading = Reading(self, {name: args.get(name, "").strip()[:LONGEST_TEXT] for name in self.names})
        days: list[date | None] = []
        for name in self.names:
            days.append(parse_day(reading.typed[name]))
            if reading.typed[name] and days[-1] is None:
                sentence = _("「%(label)s」須為存在的日期，例如2026/03/03。請重新輸入。", label=self.label)
                reading.errors[name] = sentence
            elif days[-1] is not None:
                reading.typed[name] = days[-1].isoformat()
        first, last = days
        if first and last and first > last:
            reading.errors[self.names[0]] = _("「%(label)s」之起日不可晚於迄日，請重新選擇。", label=self.label)
        if not reading.errors:
            reading.conditions += self._conditions(getattr(model, self.column), first, last)
        return reading

    def _conditions(self, column: Any, first: date | None, last: date | None) -> list[Any]:
        if not isinstance(column.type, Instant):
            pairs: list[tuple[Any, date | None]] = [(column.__ge__, first), (column.__le__, last)]
            return [compare(day) for compare, day in pairs if day]
        since: Callable[[date], datetime] = lambda day: clock.at(day, time.min)  # noqa: E731
        lower = [column >= since(first)] if first else []
        return lower + ([column < since(last + timedelta(days=1))] if last else [])


def parse_day(typed: str) -> date | None:
    """A day as browsers send it or as officers type it: ``2026-03-03``, ``2026/3/3``, ``20260303``."""
    text = unicodedata.normalize("NFKC", typed).replace("/", "-").replace(".", "-")
    parts = text.split("-") if "-" in text else [text[:4], text[4:6], text[6:]]
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts) or len(parts[0]) != 4:
        return None
    try:
        # The ends of the calendar have no day before or after them to compare with.
        return date(*map(int, parts)) if 1000 <= int(parts[0]) < 9999 else None
    except (ValueError, OverflowError):
        return None
