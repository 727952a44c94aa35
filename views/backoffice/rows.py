"""The rows of a screen: always through the officer's scope, whatever route asks for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from views.backoffice import scope
from views.backoffice.criteria import Criteria
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.paging import Listing, loading


class ScopedRows:
    """What a screen says about its rows, and the only two ways to them: :meth:`find` and :meth:`listing`."""

    datamodel: UnitOfWorkInterface
    #: The column that names a row's agency; ``None`` only for tables that belong to no agency.
    scope_column: str | None = "agency_id"
    #: Columns with a fixed value: rows with another one do not exist on this screen.
    only: dict[str, Any] = {}
    #: Columns that may be empty in the table and never are in the rows of this screen (by :meth:`conditions`).
    always_set: tuple[str, ...] = ()
    #: Relations that columns read (``reservation.inmate``): loaded with the page, not row by row.
    load: tuple[str, ...] = ()

    def conditions(self) -> list[Any]:
        """Further conditions that every row of this screen meets."""
        return []

    def find(self, pk: str) -> Any:
        """The row with this key, if this officer may see it; raises ``NotFound`` otherwise, and on a malformed key."""
        key = self.datamodel.parse_key(pk)
        loads = [loading(self.datamodel.obj, path) for path in self.load]
        statement = select(self.datamodel.obj).where(self.datamodel.key == key, *self._fixed(), *self._scope())
        row = db.session.scalar(statement.options(*loads))
        if row is None:
            raise NotFound()
        return row

    def listing(self, asked: Criteria) -> Listing:
        """The rows that the filters ask for, in scope."""
        model = self.datamodel.obj
        ids = scope.agency_ids() if self.scope_column else None
        return Listing(
            model=model,
            key=self.datamodel.key,
            order=tuple(getattr(model, name) for name in asked.sort),
            descending=asked.descending,
            conditions=(*self._fixed(), *asked.conditions),
            scope_column=getattr(model, self.scope_column) if self.scope_column else None,
            scope_ids=frozenset({asked.agency_id}) if asked.agency_id else ids,
            load=self.load,
        )

    def _fixed(self) -> list[Any]:
        fixed = [getattr(self.datamodel.obj, name) == value for name, value in self.only.items()]
        return [*fixed, *self.conditions()]

    def _scope(self) -> list[Any]:
        return [scope.within(getattr(self.datamodel.obj, self.scope_column))] if self.scope_column else []
