"""What surrounds the rows of a screen: its frame, the way back to the list, what this officer is offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import request, url_for

from views.backoffice import criteria
from views.backoffice.access import may
from views.backoffice.columns import RowLink
from views.backoffice.filters import Filter

_LONGEST_QUERY = 2000


class Surroundings:
    """Used by the base view and by its templates."""

    filters: Sequence[Filter]
    links: tuple[RowLink, ...]
    datamodel: Any
    endpoint: str
    render_template: Any

    def back_url(self) -> str:
        """The list as the reader left it: same filters, order and page."""
        typed = dict(parse_qsl(request.values.get("back", "")[:_LONGEST_QUERY], keep_blank_values=True))
        wishes: dict[str, Any] = criteria.list_arguments(self.filters, typed)
        return url_for(f"{self.endpoint}.list", **wishes)

    def may(self, permission: str) -> bool:
        """Whether this officer holds a permission of this screen; for templates."""
        return may(self, permission)

    def key_of(self, row: Any) -> str:
        """The row's key, as it stands in addresses."""
        return str(getattr(row, self.datamodel.key.key))

    def offered_links(self) -> tuple[RowLink, ...]:
        """The links of the column 操作 that this officer may follow."""
        return tuple(link for link in self.links if may(self, link.permission))

    def render(self, template: str, title: Any, **values: Any) -> str:
        """A page of this screen."""
        return str(self.render_template(template, view=self, title=title, back_url=self.back_url(), **values))

    # What Flask-AppBuilder would keep in the session: addresses with search terms.

    def update_redirect(self) -> None:
        """Nothing is kept: the way back stands in the address."""

    def get_redirect(self) -> str:
        """The list."""
        return self.back_url()
