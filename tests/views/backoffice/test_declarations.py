"""A screen that would be open or slow does not start."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from models import Inmate, RejectionReason, ServiceApplication
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.forms import form_class
from views.backoffice.interface import UnitOfWorkInterface

GOOD: dict[str, Any] = {
    "route_base": "/backoffice/good",
    "datamodel": UnitOfWorkInterface(Inmate),
    "list_title": "收容人",
    "columns": (Column("呼號", "number", sort=("number",)),),
    "order": ("number",),
}


def declared(**changes: Any) -> AgencyScopedModelView:
    return type("DeclaredView", (AgencyScopedModelView,), {**GOOD, **changes})()  # type: ignore[no-any-return]


def test_a_good_one_starts_and_offers_its_list_only(app: Flask) -> None:
    view = declared()
    assert view.base_permissions == ["can_list"]
    assert {"show", "add", "edit", "delete", "download", "action", "action_post"} <= view.exclude_route_methods


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"route_base": "/inmates"}, "route_base"),
        ({"route_base": None}, "route_base"),
        ({"datamodel": UnitOfWorkInterface(RejectionReason), "order": ("position",)}, "scope_column = None"),
        ({"order": ()}, "order is empty"),
        ({"order": ("name",)}, "no index"),
        ({"order": ("unit",)}, "no value there"),
        ({"order": ("nonsense",)}, "no column"),
        ({"columns": ()}, "columns"),
        ({"columns": (Column("姓名", "name", sort=("name",)),)}, "no index"),
        ({"search_columns": ["name"]}, "search_columns"),
        ({"base_filters": [["name", None, "x"]]}, "base_filters"),
        ({"related_views": [object]}, "related_views"),
        (
            {"base_permissions": ["can_add"], "add_columns": ["number"], "label_columns": {"number": "呼號"}},
            "agency_id",
        ),
        ({"edit_columns": ["number"]}, "label_columns"),
    ],
)
def test_a_bad_one_says_what_is_wrong(app: Flask, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        declared(**changes)


def test_a_drop_down_says_where_its_rows_come_from(app: Flask) -> None:
    with pytest.raises(TypeError, match="options"):
        form_class(ServiceApplication, ["inmate_id"], {}, {}, {})


def test_rows_change_through_the_service_only(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        GOOD["datamodel"].edit(Inmate())
    with pytest.raises(RuntimeError):
        GOOD["datamodel"].delete_all([])
