"""The selection of a list as a table: masked like the screen, for a purpose, after the password, and logged."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import abort, request, send_file, url_for
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import func, select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.security import Actor
from app.services import unmasking
from app.services.unmasking import Purpose
from reports.spreadsheet import FORMATS
from views.auditor import pages
from views.auditor.filters import Bar
from views.auditor.subjects import KINDS
from views.auditor.unmasking import asked, empty, refusal

#: More rows stay behind, the oldest ones; the page says so before.
MOST = 10_000
_BATCH = 500


class ListExport:
    """The form and the file for any list but the trail's, which has a format of its own."""

    @expose("/export/<of>/", methods=("GET", "POST"))
    def export_list(self, of: str) -> Any:
        """The form for the selection that the address names; after purpose and password the table."""
        found = KINDS.get(of)
        if found is None or of == "audit_entry":
            abort(404)
        view = next(one for one in self.admin._views if one.endpoint == found.endpoint)  # type: ignore[attr-defined]
        bar = Bar(view.filter_bar, request.args)
        selection: dict[str, Any] = bar.values
        form = {
            "name": view.name,
            "back": url_for(f"{found.endpoint}.index_view", **selection),
            "count": pages.count(view.model, [*view.always, *bar.conditions]),
            "most": f"{MOST:,}",
            "purposes": Purpose.choices(),
            "send_to": url_for(".export_list", of=of, **selection),
        }
        if request.method != "POST":
            return self._page("auditor/export_list.html", **form, **empty())
        (reason, password), reader = asked(), Actor.staff(current_user)
        wanted = select(view.model).where(*view.always, *bar.conditions)
        rows = int(db.session.scalar(select(func.count()).select_from(wanted.limit(MOST).subquery())) or 0)
        try:
            unmasking.export(of, rows, bar.agency_id, reason, current_user.id, password, reader)
        except RuleError as error:
            return self._page("auditor/export_list.html", **form, **refusal(error)), error.status
        return _file(view, bar, f"{found.url}-{clock.local(clock.now()):%Y%m%d-%H%M%S}")

    def _page(self, template: str, **values: Any) -> str:
        return self.render(template, **values)  # type: ignore[attr-defined]


def _file(view: Any, bar: Bar, name: str) -> Any:
    kind = FORMATS["csv"]
    lines: list[list[str]] = []
    last, columns = None, view._list_columns
    ordered = view.selection().where(*bar.conditions)
    while len(lines) < MOST:
        batch = pages.further(ordered, view.newest, last, oldest_first=view.from_first)
        batch = batch.limit(min(_BATCH, MOST - len(lines)))
        rows = list(db.session.scalars(batch))
        lines += [[plain(view.get_list_value(None, row, name)) for name, _label in columns] for row in rows]
        if len(rows) < _BATCH:
            break
        last = rows[-1]
    return table(kind, [str(label) for _name, label in columns], lines, name)


def table(kind: Any, head: list[str], lines: list[list[str]], name: str) -> Any:
    """A table as a download."""
    content = BytesIO(kind.write(head, lines))
    return send_file(content, kind.media_type, as_attachment=True, download_name=f"{name}.{kind.ending}", max_age=0)


def plain(value: Any) -> str:
    """The words of a cell without markup."""
    return re.sub(r"\s+", " ", value.striptags() if isinstance(value, Markup) else str(value)).strip()
