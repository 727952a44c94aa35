"""Pages by cursor: a page costs the same at a thousand rows and at a million.

The cursor in the address is the key of a row, never its values: nothing personal stands there, and a row that no
longer fits the filter (because it was decided) still marks its place. What is no cursor leads to the first page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, select, tuple_, union_all
from sqlalchemy.orm import selectinload

from app.errors import NotFound
from app.extensions import db

#: Counting stops here: nobody reads to the thousandth row, and counting a million takes longer than the page.
MOST_COUNTED = 1000
#: Up to so many agencies each is read by its own index range; more are left to the database.
MOST_BRANCHES = 12
#: So many rows are read at once for a file.
BATCH = 500
SIZES = (25, 50, 100)
CURSORS = ("after", "before", "end")

#: Rows, whether some come before them, whether some come after.
_Slice = tuple[list[Any], bool, bool]


def loading(model: Any, path: str) -> Any:
    """How a relation comes with its rows, or one behind it (``reservation.inmate``)."""
    name, _dot, rest = path.partition(".")
    relation = getattr(model, name)
    option = selectinload(relation)
    return option.options(loading(relation.property.mapper.class_, rest)) if rest else option


@dataclass(frozen=True)
class Page:
    """Some rows of a list, with the cursors of its neighbours (None where there is none)."""

    rows: Sequence[Any] = ()
    previous: str | None = None
    next: str | None = None
    count: int = 0
    is_capped: bool = False


@dataclass(frozen=True)
class Listing:
    """What is listed: which rows, whose (``scope_ids`` None: everybody's), in which order."""

    model: Any
    key: Any
    order: tuple[Any, ...]
    descending: bool
    conditions: tuple[Any, ...]
    scope_column: Any
    scope_ids: frozenset[str] | None
    load: tuple[str, ...]

    def page(self, args: Mapping[str, str], size: int, parse_key: Callable[[str], Any]) -> Page:
        """The page that the address asks for; never raises on what it says."""
        rows, previous, following = self._around(args, size, parse_key)
        counted = self._count()
        return Page(
            rows,
            previous=self._cursor(rows[0]) if previous and rows else None,
            next=self._cursor(rows[-1]) if following and rows else None,
            count=min(counted, MOST_COUNTED),
            is_capped=counted > MOST_COUNTED,
        )

    def batches(self, most: int) -> Iterator[list[Any]]:
        """The rows in their order, at most so many, a batch at a time; relations are loaded batch by batch."""
        place, left = None, most
        while left > 0 and (rows := self._rows(min(BATCH, left), place)):
            yield rows
            left -= len(rows)
            place = tuple(getattr(rows[-1], column.key) for column in self._sorted_by()) if len(rows) == BATCH else None
            if place is None:
                return

    def _around(self, args: Mapping[str, str], size: int, parse_key: Callable[[str], Any]) -> _Slice:
        if (place := self._place(args.get("after"), parse_key)) is not None:
            rows = self._rows(size + 1, place)
            # Behind the last row there is nothing any more: the end says more than an empty page.
            return (rows[:size], True, len(rows) > size) if rows else self._end(size)
        if (place := self._place(args.get("before"), parse_key)) is not None:
            rows = self._rows(size + 1, place, backwards=True)
            return (rows[:size][::-1], len(rows) > size, True) if len(rows) >= size else self._start(size)
        return self._end(size) if args.get("end") else self._start(size)

    def _start(self, size: int) -> _Slice:
        rows = self._rows(size + 1)
        return rows[:size], False, len(rows) > size

    def _end(self, size: int) -> _Slice:
        rows = self._rows(size + 1, backwards=True)
        return rows[:size][::-1], len(rows) > size, False

    def _place(self, text: str | None, parse_key: Callable[[str], Any]) -> Any:
        if not text:
            return None
        try:
            key = parse_key(text)
        except NotFound:
            return None
        return db.session.execute(select(*self._sorted_by()).where(self.key == key, self._in_scope())).first()

    def _sorted_by(self) -> tuple[Any, ...]:
        return (*self.order, self.key)

    def _in_scope(self) -> Any:
        if self.scope_ids is None:
            return and_(True)
        return self.scope_column.in_(sorted(self.scope_ids))

    def _rows(self, limit: int, place: Any = None, backwards: bool = False) -> list[Any]:
        falling = self.descending != backwards
        found = self._keys(limit, place, falling).subquery()
        columns = list(found.c)
        loads = [loading(self.model, path) for path in self.load]
        ordering = [column.desc() if falling else column for column in columns]
        statement = select(self.model).join(found, self.key == columns[-1]).order_by(*ordering).limit(limit)
        return list(db.session.scalars(statement.options(*loads)))

    def _keys(self, limit: int, place: Any, falling: bool) -> Any:
        columns = self._sorted_by()
        conditions = list(self.conditions)
        if place is not None:
            here = tuple_(*(literal(value, column.type) for value, column in zip(place, columns, strict=True)))
            conditions.append(tuple_(*columns) < here if falling else tuple_(*columns) > here)

        def branch(*scope: Any) -> Any:
            ordering = [column.desc() if falling else column for column in columns]
            return select(*columns).where(*scope, *conditions).order_by(*ordering).limit(limit)

        ids = self.scope_ids
        if ids is None or self.scope_column is self.key or not 1 < len(ids) <= MOST_BRANCHES:
            return branch(self._in_scope())
        # One index range per agency, merged: ``IN (…) ORDER BY`` would sort every row of theirs.
        return union_all(*(select(branch(self.scope_column == id_).subquery()) for id_ in sorted(ids)))

    def _count(self) -> int:
        found = select(literal(1)).select_from(self.model).where(self._in_scope(), *self.conditions)
        capped = found.limit(MOST_COUNTED + 1).subquery()
        return int(db.session.scalar(select(func.count()).select_from(capped)) or 0)

    def _cursor(self, row: Any) -> str:
        return str(getattr(row, self.key.key))


def size_of(args: Mapping[str, str]) -> int:
    """How many rows a page has: one of the sizes on offer."""
    typed = args.get("size", "")
    return next((size for size in SIZES if typed == str(size)), SIZES[0])
