"""The menu: the manual's paths in the manual's words; who sees an entry is a matter of roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_appbuilder.menu import Menu, MenuItem

from app.i18n import _l

#: Categories by name, label and what stands below; views hang themselves in by ``category=name``.
_TREE: tuple[Any, ...] = (
    ("System", _l("系統管理"), ()),
    ("Services", _l("服務項目管理"), ()),
    ("Books", _l("聯絡簿管理"), ()),
    ("Hours", _l("公告時段管理"), ()),
    (
        "Security",
        _l("戒護安全"),
        (
            (
                "VisitManagement",
                _l("接見管理作業"),
                (("VisitEntry", _l("律師接見登記輸入"), ()), ("VisitPrinting", _l("資料列印與查詢"), ())),
            ),
        ),
    ),
)

#: 戒護安全 is a menu of its own and stands behind entries that hang themselves in without a category.
_LAST = "Security"


#: The one entry beside 首頁 that is no category [S].
_OWN_DETAILS = "OwnData"


@dataclass(frozen=True)
class Entry:
    """A line of the menu as this officer sees it; a category has no address of its own."""

    label: Any
    url: str
    is_here: bool
    below: Sequence[Entry] = ()


def menu() -> Menu:
    """The empty menu: categories in the manual's order."""
    empty = Menu()
    empty.menu.extend(_categories(_TREE))
    return empty


def add_own_details(builder: Any) -> None:
    """基本資料修改, first in the menu as in the manual; its screen is one of the security manager's."""
    view = next(view for view in builder.baseviews if type(view).__name__ == "OwnAccountView")
    builder.menu.menu.insert(0, MenuItem(name=_OWN_DETAILS, label=_l("基本資料修改"), baseview=view))


def _categories(tree: tuple[Any, ...]) -> list[MenuItem]:
    return [MenuItem(name=name, label=label, childs=_categories(below)) for name, label, below in tree]


#: The manual's order of the first line; what it does not name stands before 戒護安全, which the manual has apart.
_FIRST_LINE = (_OWN_DETAILS, "System", "Services", "Books", "Hours", "Recognitions", "DeviceVisits", "Persons")


def visible_entries() -> list[Entry]:
    """What the officer of this request may open; a category shows when something below it does."""
    return _visible(sorted(current_app.appbuilder.menu.get_list(), key=_place))


def _place(item: MenuItem) -> int:
    if item.name in _FIRST_LINE:
        return _FIRST_LINE.index(item.name)
    return len(_FIRST_LINE) + (item.name == "Security")


def _visible(items: list[MenuItem]) -> list[Entry]:
    entries = []
    for item in items:
        if item.baseview is None:
            below = _visible(item.childs)
            if below:
                entries.append(Entry(item.label, "", any(entry.is_here for entry in below), below))
        elif current_app.appbuilder.sm.has_access("menu_access", item.name):
            here = f"{request.path}/".startswith(f"{item.baseview.route_base}/")
            entries.append(Entry(item.label, item.get_url(), here))
    return entries
