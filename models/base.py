"""What every model shares: the registry, client-made keys, instants in UTC, classified and sealed columns.

Each column is declared through :func:`public`, :func:`internal`, :func:`personal` or :func:`sensitive`: the class
of data stands in the model, and a guard test fails on a column without one (SPEC §11).
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import flask_appbuilder.security.sqla.models  # noqa: F401  (ab_user must exist before a key to it)
from flask_appbuilder.models.sqla import Base as FabBase
from sqlalchemy import CheckConstraint, DateTime, Enum, LargeBinary, String, Uuid, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column
from sqlalchemy.types import TypeDecorator

from app import clock, crypto
from app.rules.vocabulary import Word


class Base(DeclarativeBase):
    """The declarative base on Flask-AppBuilder's registry: one metadata for all tables."""

    registry = FabBase.registry
    metadata = FabBase.metadata

    def __init__(self, **values: Any) -> None:
        # The key comes first: sealed columns are bound to their row and need it.
        if _makes_own_key(type(self)):
            self.id = values.pop("id", None) or new_id()
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no column {name!r}")
            setattr(self, name, value)


@cache
def _makes_own_key(model: type[Base]) -> bool:
    columns = model.__mapper__.columns
    return "id" in columns and isinstance(columns["id"].type, Uuid)


def new_id() -> str:
    """A new random key, as text."""
    return str(uuid.uuid4())


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _classified(data_class: str) -> Any:
    def column(*args: Any, **options: Any) -> Any:
        return mapped_column(*args, info={"data_class": data_class, **options.pop("info", {})}, **options)

    column.__doc__ = f"A column whose content is {data_class} (SPEC §11)."
    return column


public = _classified("public")
internal = _classified("internal")
personal = _classified("personal")


def sensitive(**options: Any) -> Any:
    """A column of sealed bytes; read and written through a :class:`Sealed` attribute beside it."""
    return mapped_column(LargeBinary, info={"data_class": "sensitive"}, **options)


def key(**options: Any) -> Any:
    """The client-made primary key."""
    return mapped_column(Uuid(as_uuid=False), primary_key=True, info={"data_class": "internal"}, **options)


def reference(target: Any = None, **options: Any) -> Any:
    """A UUID column that points to another table; without ``target`` to a row that may not be there yet."""
    targets = () if target is None else (target,)
    return mapped_column(Uuid(as_uuid=False), *targets, info={"data_class": "internal"}, **options)


def word(kind: type[Word], **options: Any) -> Any:
    """A column that holds one word of a closed set, stored by value under a named CHECK."""
    name = options.pop("name")
    column_type = Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name,
        values_callable=lambda words: [w.value for w in words],
    )
    return mapped_column(column_type, info={"data_class": "internal"}, **options)


class Sealed:
    """The plain value of a sealed column: text, a date or JSON, encrypted for its table, column and row.

    ``kind`` is ``text``, ``date`` or ``json``; ``index`` names a column with the keyed digest for exact search,
    ``field`` the name under which digests of the same meaning compare (default: the attribute's name). ``place`` names
    the table, and the column with the key, of the row for which a staged value is sealed beforehand.
    """

    def __init__(
        self,
        column: str,
        kind: str = "text",
        index: str | None = None,
        field: str | None = None,
        place: tuple[str, str] | None = None,
    ) -> None:
        self.column, self.kind, self.index, self.field, self.place = column, kind, index, field, place

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = self.field or name

    def place_of(self, row: Any) -> str:
        """The table, column and row for which the value is sealed."""
        table, key_column = self.place or (row.__tablename__, "id")
        return f"{table}.{self.column}.{getattr(row, key_column)}"

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        if sealed is None:
            return None
        plain = crypto.current().open(sealed, self.place_of(row)).decode()
        if self.kind == "json":
            return json.loads(plain)
        return date.fromisoformat(plain) if self.kind == "date" else plain

    def __set__(self, row: Any, value: Any) -> None:
        if value is None:
            setattr(row, self.column, None)
            if self.index:
                setattr(row, self.index, None)
            return
        plain = self._text(value)
        setattr(row, self.column, crypto.current().seal(plain.encode(), self.place_of(row)))
        if self.index:
            setattr(row, self.index, search_digest(str(self.field), plain))

    def sealed_for(self, model: type[Base], row_id: str, value: Any) -> bytes:
        """The value sealed for a row that is written without being an object."""
        place = f"{model.__tablename__}.{self.column}.{row_id}"
        return crypto.current().seal(self._text(value).encode(), place)

    def _text(self, value: Any) -> str:
        if self.kind == "json":
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return str(value.isoformat()) if self.kind == "date" else str(value)


def search_digest(field: str, value: str) -> str:
    """The keyed digest under which an exact value of this field is found."""
    return crypto.current().index(field, value)


class Timestamped:
    """When a row came and when it last changed."""

    created_at: Mapped[datetime] = mapped_column(
        Instant, default=clock.now, nullable=False, info={"data_class": "internal"}
    )
    updated_at: Mapped[datetime] = mapped_column(
        Instant, default=clock.now, onupdate=clock.now, nullable=False, info={"data_class": "internal"}
    )


class Versioned:
    """A version that each change raises: a save over somebody else's change is refused."""

    version: Mapped[int] = mapped_column(default=1, nullable=False, info={"data_class": "internal"})


@event.listens_for(Versioned, "instrument_class", propagate=True)
def _use_version_column(mapper: Mapper[Any], cls: type) -> None:
    mapper.version_id_col = mapper.local_table.c.version


def digest_column(**options: Any) -> Any:
    """A column for a keyed digest (64 hexadecimal characters)."""
    return mapped_column(String(64), info={"data_class": "internal"}, **options)


def check(text: str, name: str) -> CheckConstraint:
    """A named CHECK constraint."""
    return CheckConstraint(text, name=name)
