"""Which lists this officer may open: a number without a way to what it counts is not shown."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from views.backoffice.access import may


class Offers:
    """The lists of the back office that are there and that this officer may open."""

    def __init__(self) -> None:
        self._views = {type(view).__name__: view for view in current_app.appbuilder.baseviews}

    def __contains__(self, name: str) -> bool:
        view = self._views.get(name)
        return view is not None and may(view, "can_list")

    def url(self, name: str, **filters: Any) -> str:
        """The address of a list with some filters set."""
        return url_for(f"{name}.list", **filters)
