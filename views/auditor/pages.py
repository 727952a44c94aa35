"""Turning pages by a mark (the order values of the row at the edge), so that page 40,000 costs as much as page 2."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Enum,
    Integer,
    Select,
    String,
    Uuid,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from models.base import Instant

ROWS = 25
COUNTED_UP_TO = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST, _LARGEST_INTEGER = 2**63 - 1, 2**31 - 1
Order = Sequence[InstrumentedAttribute[Any]]


@dataclass(frozen=True)
class Page:
    """One page of rows, newest first, with the marks from which its neighbours start."""

    rows: list[Any]
    newer: str | None
    older: str | None


def turn(query: Select[Any], newest: Order, args: Mapping[str, str], *, oldest_first: bool = False) -> Page:
    """The page that ``?after=``, ``?before=`` or ``?end=`` asks for; the first one where the mark is none.

    Newest first, or for a story ``oldest_first``: "newer" is then what was read before, "older" what comes next.
    """
    after, before = _mark(newest, args.get("after", "")), _mark(newest, args.get("before", ""))
    later, earlier = (operator.gt, operator.lt) if oldest_first else (operator.lt, operator.gt)
    if after is not None:
        rows, more = _rows(query.where(later(tuple_(*newest), after)), newest, ascending=oldest_first)
        if rows:
            return _page(rows, newest, newer=True, older=more)
    elif before is not None or "end" in args:
        limited = query if before is None else query.where(earlier(tuple_(*newest), before))
        rows, more = _rows(limited, newest, ascending=not oldest_first)
        if more:
            return _page(rows[::-1], newest, newer=True, older=before is not None)
    rows, more = _rows(query, newest, ascending=oldest_first)
    return _page(rows, newest, newer=False, older=more)


def further(query: Select[Any], newest: Order, last: Any, *, oldest_first: bool = False) -> Select[Any]:
    """The rows in order that come after one of them; from the first one on where there is none yet."""
    query = query.order_by(*(column.asc() if oldest_first else column.desc() for column in newest))
    if last is None:
        return query
    edge = tuple_(*(literal(getattr(last, column.key), column.type) for column in newest))
    return query.where(tuple_(*newest) > edge if oldest_first else tuple_(*newest) < edge)


def place(args: Mapping[str, str]) -> dict[str, str]:
    """What an address has to carry for a reader who comes back to the page that he has left."""
    return {name: args[name] for name in ("order", "after", "before", "end") if name in args}


def count(model: type, conditions: Sequence[ColumnElement[bool]]) -> str:
    """How many rows there are, as a reader is told: counting stops at ``1,000+``."""
    rows = select(literal(1)).select_from(model).where(*conditions).limit(COUNTED_UP_TO + 1)
    found = int(db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0)
    return f"{COUNTED_UP_TO:,}+" if found > COUNTED_UP_TO else f"{found:,}"


def _rows(query: Select[Any], newest: Order, *, ascending: bool) -> tuple[list[Any], bool]:
    order = [column.asc() if ascending else column.desc() for column in newest]
    rows: list[Any] = list(db.session.scalars(query.order_by(*order).limit(ROWS + 1)))
    more = len(rows) > ROWS
    del rows[ROWS:]
    return rows, more


def _page(rows: list[Any], newest: Order, *, newer: bool, older: bool) -> Page:
    if not rows:
        return Page([], None, None)
    return Page(rows, _mark_of(rows[0], newest) if newer else None, _mark_of(rows[-1], newest) if older else None)


def _mark_of(row: Any, newest: Order) -> str:
    return "_".join(_written(column, getattr(row, column.key)) for column in newest)


def _mark(newest: Order, text: str) -> Any:
    parts = text.split("_")
    if len(parts) != len(newest):
        return None
    values = [parsed(column, part) for column, part in zip(newest, parts, strict=True)]
    if None in values:
        return None
    return tuple_(*(literal(value, column.type) for column, value in zip(newest, values, strict=True)))


def _written(column: Any, value: Any) -> str:
    if isinstance(column.type, String):  # words too; they may hold what parts a mark
        return str(value).encode().hex()
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return value.isoformat() if isinstance(value, date) else str(value)


def parsed(column: Any, text: str) -> Any:
    """A column's value out of an address, or None where the text is no such value."""
    try:
        if isinstance(column.type, Uuid):
            key = str(uuid.UUID(text))
            return key if key == text.lower() else None  # not in braces: the trail keeps what was asked for
        if isinstance(column.type, Instant):
            return _EPOCH + timedelta(microseconds=int(text))
        if isinstance(column.type, Date):
            return date.fromisoformat(text)
        if isinstance(column.type, Integer):
            largest = _LARGEST if isinstance(column.type, BigInteger) else _LARGEST_INTEGER
            plain = text.isascii() and text.isdecimal()
            return number if plain and (number := int(text)) <= largest else None
        if isinstance(column.type, String):
            value = bytes.fromhex(text).decode()
            if isinstance(column.type, Enum):
                return column.type.enum_class(value)  # type: ignore[misc]
            return value if value.isprintable() else None
    except (ValueError, OverflowError):
        return None
    raise TypeError(f"no address is made of a {column.type!r}")
