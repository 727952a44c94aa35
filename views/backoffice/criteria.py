"""What one reader asks of a list: filters, order, page size, all from the address and all checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from views.backoffice.columns import Column
from views.backoffice.filters import Filter, Reading
from views.backoffice.paging import CURSORS, size_of


@dataclass(frozen=True)
class Criteria:
    """The checked wishes of one request; ``kept`` are the parts of the address that stay from page to page."""

    readings: Sequence[Reading]
    sort: tuple[str, ...]
    descending: bool
    size: int
    kept: dict[str, str]

    @property
    def conditions(self) -> list[Any]:
        """The conditions of all filters."""
        return [condition for reading in self.readings for condition in reading.conditions]

    @property
    def agency_id(self) -> str | None:
        """The one agency that was asked for."""
        return next((reading.agency_id for reading in self.readings if reading.agency_id), None)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Field and sentence of each mistake."""
        return [error for reading in self.readings for error in reading.errors.items()]

    def wish(self, **changes: str | None) -> dict[str, str]:
        """The address of this list with some parts changed (None takes one away)."""
        return {name: value for name, value in {**self.kept, **changes}.items() if value is not None}


def read(
    model: Any,
    filters: Sequence[Filter],
    columns: Sequence[Column],
    order: tuple[str, ...],
    descending: bool,
    args: Mapping[str, str],
) -> Criteria:
    """The wishes in an address; what it says wrongly has a sentence (filters) or does not count (order, size)."""
    names = {name for filter_ in filters for name in filter_.names}
    kept = {name: args[name] for name in sorted(names | {"sort", "way", "size"}) if name in args}
    sorts = {column.sort[0]: column.sort for column in columns if column.sort}
    sort = sorts.get(args.get("sort", ""))
    way = args.get("way") == "desc" if sort else descending
    return Criteria([filter_.read(model, args) for filter_ in filters], sort or order, way, size_of(args), kept)


def list_arguments(filters: Sequence[Filter], args: Mapping[str, str]) -> dict[str, Any]:
    """The parts of an address that belong to this list: anything else in it is dropped."""
    names = {name for filter_ in filters for name in filter_.names} | {"sort", "way", "size", *CURSORS}
    return {name: value for name, value in args.items() if name in names}


def going_on(model: Any, filters: Sequence[Filter], args: Mapping[str, str]) -> list[Any]:
    """The conditions under which one goes from a waiting row to the next: the list's own, but for what waits."""
    asked = [one.read(model, args) for one in filters if "state" not in one.names and not one.when_asked]
    return [] if any(one.errors for one in asked) else [condition for one in asked for condition in one.conditions]
