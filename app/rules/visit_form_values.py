"""Rules of visits by session as the values of a form, and back.

A control is named by the place that it fills in: ``timetable[2].start`` of a document is ``timetable-2-start`` here.
Which controls there are, the fields of ``visit_forms`` say; so a form loses no field of the document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, validate

from app.rules.visit_forms import DocumentForm

Values = Mapping[str, Sequence[str]]
#: The tick box of a row that is to go.
REMOVE = "remove"
#: Numbers that a form need not name; left blank they mean what a document without them means.
MAY_BE_BLANK = frozenset({"days", "every_weeks", "report_minutes_before"})
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_ROW = re.compile(r"[1-9][0-9]{0,2}")
#: Lists of which the order is the agency's own: the first line that fits decides, or is read first.
_MOVE = re.compile(r"(who|quota)-([1-9][0-9]{0,2})-(up|down)")
_DEEPEST = 6
_UNSAID = object()


@dataclass
class Node:
    """A control, or what controls with the same beginning have in common."""

    values: list[str] = field(default_factory=list)
    below: dict[str, Node] = field(default_factory=dict)

    def at(self, key: str) -> Node:
        """What stands below; an empty one where nothing does."""
        return self.below.get(key) or Node()

    def rows(self) -> list[tuple[int, Node]]:
        """Numbered rows, in order; numbers that are left out stay so."""
        numbered = [(int(key), node) for key, node in self.below.items() if _ROW.fullmatch(key)]
        return sorted(numbered, key=lambda row: row[0])


@dataclass(frozen=True)
class Written:
    """The document that a form says; ``rows`` keeps which row of the form each line of a list came from."""

    document: dict[str, Any]
    rows: Mapping[str, Sequence[int]]


def tree(values: Values) -> Node:
    """The values of a form by the steps of their names."""
    top = Node()
    for name, sent in values.items():
        steps, node = name.split("-"), top
        if len(steps) <= _DEEPEST:
            for step in steps:
                node = node.below.setdefault(step, Node())
            node.values = list(sent)
    return top


def document(values: Values) -> Written:
    """The document as it was typed, not checked: rows that are empty or to go are left out."""
    rows: dict[str, list[int]] = {}
    return Written(_mapping(DocumentForm(), tree(values), "", rows), rows)


def shown(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a form shows of a normal document, control by control."""
    return dict(_shown(DocumentForm(), document, ""))


def moved(values: Values, asked: str) -> tuple[dict[str, Sequence[str]], str]:
    """The values with a row and its neighbour changed over, and what its button sends where it now stands.

    ``asked`` is what a button sends: ``who-3-up``. What no form has, or the end of a list, changes nothing.
    """
    parts = _MOVE.fullmatch(asked)
    name, number, way = parts.groups() if parts else ("", "0", "up")
    numbers = [n for n, _row in tree(values).at(name).rows()]
    place = numbers.index(int(number)) + (1 if way == "down" else -1) if int(number) in numbers else -1
    if not 0 <= place < len(numbers):
        return dict(values), ""
    here, there = f"{name}-{number}", f"{name}-{numbers[place]}"
    return {_changed_over(key, here, there): sent for key, sent in values.items()}, f"{there}-{way}"


def _changed_over(name: str, here: str, there: str) -> str:
    for one, other in ((here, there), (there, here)):
        if name.startswith(f"{one}-"):
            return other + name[len(one) :]
    return name


def settled(new: Any, before: Any) -> Any:
    """The new document with what a form cannot say left as it was: the order of ticks, blanks around a text."""
    if isinstance(new, dict) and isinstance(before, dict):
        return {key: settled(value, before.get(key)) for key, value in new.items()}
    if isinstance(new, list) and isinstance(before, list):
        if any(isinstance(one, dict) for one in new):
            return [settled(one, before[n] if n < len(before) else None) for n, one in enumerate(new)]
        return before if {str(one) for one in new} == {str(one) for one in before} else new
    return before if isinstance(before, str) and new == _clean(before) else new


def _mapping(schema: Schema, node: Node, path: str, rows: dict[str, list[int]]) -> dict[str, Any]:
    read = {}
    for key, one in _fields(schema):
        value = _value(key, one, node.at(key), _below(path, key), rows)
        if value is not _UNSAID:
            read[key] = value
    return read


def _value(key: str, one: fields.Field, node: Node, path: str, rows: dict[str, list[int]]) -> Any:
    if isinstance(one, fields.Nested):
        is_left_out = one.allow_none and _is_blank(one.schema, node)
        return None if is_left_out else _mapping(one.schema, node, path, rows)
    if isinstance(one, fields.List):
        if not isinstance(one.inner, fields.Nested):
            return [_number(text) if isinstance(one.inner, fields.Integer) else text for text in node.values]
        schema = one.inner.schema
        kept = [(n, row) for n, row in node.rows() if not row.at(REMOVE).values and not _is_blank(schema, row)]
        rows[path] = [n for n, _row in kept]
        return [_mapping(schema, row, f"{path}-{n}", rows) for n, row in kept]
    if isinstance(one, fields.Boolean):
        return bool(node.values)
    text = _text(node)
    if not isinstance(one, fields.Integer):
        is_plain = type(one) is fields.String
        return (text if is_plain else unicodedata.normalize("NFKC", text)) if text else _UNSAID
    if text:
        return _number(text)
    return _UNSAID if one.required or key in MAY_BE_BLANK else None


def _is_blank(schema: Schema, node: Node) -> bool:
    """Whether nobody has typed or ticked anything; a drop-down always says something, so it does not count."""
    for key, one in _fields(schema):
        found = node.at(key)
        if isinstance(one, fields.List) and isinstance(one.inner, fields.Nested):
            if any(not _is_blank(one.inner.schema, row) for _n, row in found.rows()):
                return False
        elif isinstance(one, fields.List):
            if found.values:
                return False
        elif not isinstance(one.validate, validate.OneOf) and _text(found):
            return False
    return True


def _shown(schema: Schema, document: Mapping[str, Any], path: str) -> Iterator[tuple[str, list[str]]]:
    for key, one in _fields(schema):
        name, value = _below(path, key), document.get(key)
        if isinstance(one, fields.Nested):
            if value is not None:
                yield from _shown(one.schema, value, name)
        elif isinstance(one, fields.List) and isinstance(one.inner, fields.Nested):
            for n, row in enumerate(value or [], 1):
                yield from _shown(one.inner.schema, row, f"{name}-{n}")
        elif isinstance(one, fields.List):
            yield name, [str(word) for word in value or []]
        elif isinstance(one, fields.Boolean):
            yield name, ["1"] if value else []
        elif value is not None and not (key in MAY_BE_BLANK and value == one.load_default):
            yield name, [str(value)]


def _fields(schema: Schema) -> Iterator[tuple[str, fields.Field]]:
    return ((one.data_key or name, one) for name, one in schema.fields.items())


def _below(path: str, key: str) -> str:
    return f"{path}-{key}" if path else key


def _text(node: Node) -> str:
    return _clean(node.values[-1]) if node.values else ""


def _clean(text: str) -> str:
    """What a person can have typed; a line of a text area ends as in a file."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()


def _number(text: str) -> int | str:
    """A number; what is none stays as it is, for the check to name it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return int(plain) if _WHOLE.fullmatch(plain) else text
