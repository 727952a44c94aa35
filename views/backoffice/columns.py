"""What a list or a page shows of a row, declared: label, where the value comes from, how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from app import clock
from app.i18n import _
from app.rules.dates import list_date
from app.rules.vocabulary import Word


@dataclass(frozen=True)
class Column:
    """One column: ``value`` is a dotted name (``agency.name``) or a function of the row.

    ``sort`` names the columns that the list is ordered by when a reader sorts by this one (they need an index);
    ``kind`` is a class for the stylesheet: ``state`` draws a badge, ``number`` aligns right, ``wide`` may wrap.
    """

    label: Any
    value: str | Callable[[Any], Any]
    sort: tuple[str, ...] = ()
    kind: str = ""
    #: Whether it makes sense without the page: pictures and buttons do not.
    in_files: bool = True

    def of(self, row: Any) -> Any:
        """The row's value, ready to be shown."""
        value = row
        if callable(self.value):
            value = self.value(row)
        else:
            for name in self.value.split("."):
                value = None if value is None else getattr(value, name)
        if self.kind == "state" and isinstance(value, Word):
            return Markup('<span class="ab-state ab-state-{}">{}</span>').format(value.value, value.label)
        return shown(value)


@dataclass(frozen=True)
class RowLink:
    """A link in the column 操作: to ``<route_base>/<path>/<key>``, for holders of the permission."""

    label: Any
    path: str
    permission: str
    when: Callable[[Any], bool] = lambda row: True
    #: What the list is there for: drawn as the row's main button.
    is_main: bool = True


def shown(value: Any) -> Any:
    """A value as this product writes it (WORDING, "Dates"); a dash where there is none."""
    if value is None or value == "":
        return "－"
    if isinstance(value, Word):
        return value.label
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y/%m/%d %H:%M}"
    return list_date(value) if isinstance(value, date) else value
