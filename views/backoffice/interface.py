"""The one road from a generated screen to a row: ``app.services.records``, one act, one transaction, one trail row."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_login import current_user
from sqlalchemy import BigInteger, Date, Integer, Uuid, inspect

from app.errors import NotFound
from app.security import Actor
from app.services import records

_INTEGER_BITS, _BIG_BITS = 31, 63


class _NoFilters:
    """Flask-AppBuilder's guessed filters are never asked for: lists have their own (``views.backoffice.filters``)."""

    def __init__(self, datamodel: Any) -> None:
        pass

    def convert(self, column: str) -> None:
        """No filter for any column."""


class UnitOfWorkInterface(SQLAInterface):
    """Flask-AppBuilder's door to a table, without its own commits."""

    filter_converter_class = _NoFilters

    @property
    def key(self) -> Any:
        """The primary key's column attribute; records of this program have one."""
        return getattr(self.obj, inspect(self.obj).primary_key[0].key)

    def parse_key(self, text: str) -> Any:
        """A key from a URL; raises ``NotFound`` on what cannot be one (PostgreSQL would answer it with a 500)."""
        kind = self.key.type
        try:
            if isinstance(kind, Uuid):
                return str(uuid.UUID(text)) if len(text) == 36 else _refuse(text)
            if isinstance(kind, Date):
                return date.fromisoformat(text)
            if isinstance(kind, Integer):
                bits = _BIG_BITS if isinstance(kind, BigInteger) else _INTEGER_BITS
                plain = text.isascii() and text.isdecimal() and len(text) <= 19
                return int(text) if plain and int(text) < 2**bits else _refuse(text)
        except ValueError:
            raise NotFound() from None
        return text

    def add(self, item: Any, commit: bool = True) -> None:
        """Add a new row; raises what ``records.add`` raises."""
        records.add(item, Actor.staff(current_user))

    def save(self, item: Any, changes: dict[str, Any], version: int | None) -> None:
        """Change columns of a row that has not been touched; raises what ``records.save`` raises."""
        records.save(item, changes, version, Actor.staff(current_user))

    def delete(self, item: Any, commit: bool = True) -> None:
        """Delete a row; raises what ``records.delete`` raises."""
        records.delete(item, Actor.staff(current_user))

    def edit(self, item: Any, commit: bool = True) -> None:
        """Refused: a row that was changed before its transaction could be saved by somebody else's."""
        raise RuntimeError("rows change through save(), inside the service's transaction")

    def delete_all(self, items: list[Any]) -> None:
        """Refused: rows go one by one, each with its row in the trail."""
        raise RuntimeError("rows are deleted one by one, through delete()")


def _refuse(text: str) -> Any:
    raise NotFound()
