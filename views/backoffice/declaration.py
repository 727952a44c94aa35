"""What a declaration may not say: checked when the program starts, so that no screen is open or slow by oversight."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, UniqueConstraint

_ROUTES = {"list", "show", "add", "edit", "delete", "export"}


def unoffered_routes(view: Any) -> set[str]:
    """The routes of Flask-AppBuilder that this screen does not offer: they are not there at all.

    ``download`` hands out any file of the upload folder, ``action`` works on rows outside the scope.
    """
    offered = {permission.removeprefix("can_") for permission in view.base_permissions}
    in_bulk = any(act.in_bulk for act in view.acts)
    has_actions = in_bulk or any(hasattr(getattr(type(view), name, None), "_action") for name in dir(type(view)))
    unneeded = {"download", "action"} | (set() if has_actions else {"action_post"}) | (set() if view.acts else {"act"})
    return (_ROUTES - offered) | unneeded


def check(view: Any) -> None:
    """Raise ``TypeError`` with what is wrong about a screen."""
    model, name = view.datamodel.obj, type(view).__name__
    table_columns = model.__mapper__.columns
    wrong = []
    if not (view.route_base or "").startswith("/backoffice/"):
        wrong.append("route_base must stand under /backoffice/")
    if view.scope_column is not None and view.scope_column not in table_columns:
        wrong.append(f"{model.__name__} has no column {view.scope_column}: name one, or say scope_column = None")
    if view.related_views or view.base_filters or view.search_columns:
        wrong.append("related_views, base_filters and search_columns escape the scope: use details, only and filters")
    if not view.columns or not view.list_title:
        wrong.append("columns and list_title are what a list shows")
    labels = view.label_columns or {}
    unnamed = [field for field in (*(view.add_columns or ()), *(view.edit_columns or ())) if field not in labels]
    if unnamed:
        wrong.append(f"label_columns says nothing about {', '.join(unnamed)}")
    wrong += [
        f"base_permissions must offer {act.permission}, or nobody can do {act.name}"
        for act in view.acts
        if act.permission not in view.base_permissions
    ]
    adds_unscoped = "can_add" in view.base_permissions and view.scope_column not in {None, *(view.add_columns or ())}
    if adds_unscoped:
        wrong.append(f"add_columns must name {view.scope_column}, or nobody could see the new row")
    for sort in {view.order, *(column.sort for column in view.columns if column.sort)}:
        wrong += _about_order(view, model, table_columns, sort)
    if wrong:
        raise TypeError(f"{name}: " + "; ".join(wrong))


def _about_order(view: Any, model: Any, table_columns: Any, sort: tuple[str, ...]) -> list[str]:
    if not sort:
        return ["order is empty"]
    missing = [column for column in sort if column not in table_columns]
    if missing:
        return [f"{model.__name__} has no column {missing[0]} to be ordered by"]
    if any(table_columns[column].nullable and column not in view.always_set for column in sort):
        return [f"an order over {sort} loses the rows that have no value there"]
    key = model.__mapper__.primary_key[0].name
    wanted = [*sort, key] if sort[-1] != key else [*sort]
    if not any(_carries(columns, wanted, view.scope_column) for columns in _indexes(model)):
        return [f"no index carries the order {sort} (scope column first, then these, then {key})"]
    return []


def _indexes(model: Any) -> list[list[str]]:
    table = model.__table__
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    indexes: list[Any] = [*(i for i in table.indexes if isinstance(i, Index)), *unique]
    single = [[column.name] for column in table.columns if column.unique or column.primary_key]
    return [[column.name for column in index.columns] for index in indexes] + single


def _carries(columns: list[str], wanted: list[str], scope_column: str | None) -> bool:
    if columns == wanted[:1]:  # a unique column needs no tie-break
        return True
    return columns[-len(wanted) :] == wanted and (scope_column is None or columns[0] == scope_column)
