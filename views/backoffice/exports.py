"""The filtered list as a file for a spreadsheet: rows, columns and masks as on the screen, and a row in the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from flask import flash, redirect, request, send_file, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotFound
from app.i18n import _
from app.security import Actor
from app.services import audit, sessions
from reports.spreadsheet import FORMATS
from views.backoffice import criteria
from views.backoffice.access import permitted, to_confirmation
from views.backoffice.columns import Column
from views.backoffice.criteria import Criteria

#: A file that silently ends in the middle would be taken for the whole: more rows than these are refused.
MOST_ROWS = 10_000


class ListExport:
    """Offered by the permission ``can_export``; who holds it is a matter of roles."""

    #: Whether rows tell of persons: taking them away then asks for the password again.
    exports_personal_data = True
    export_formats = tuple(FORMATS)

    @expose("/export/<form>")
    @permitted
    @permission_name("export")
    def export(self: Any, form: str) -> Response:
        """The rows that the filters ask for, in the list's order; a wrong filter or too many rows lead back to it."""
        kind = FORMATS.get(form)
        if kind is None:
            raise NotFound()
        if self.exports_personal_data and not sessions.is_fresh(session):
            return to_confirmation()
        args = request.args
        asked = criteria.read(self.datamodel.obj, self.filters, self.columns, self.order, self.descending, args)
        if asked.errors:
            return self._to_list(asked)
        columns = [column for column in self.columns if column.in_files]
        lines = list(self._lines(asked, columns))
        if len(lines) > MOST_ROWS:
            flash(_("符合條件的資料超過%(most)s筆，無法匯出。請縮小查詢條件後再試。", most=f"{MOST_ROWS:,}"), "danger")
            return self._to_list(asked)
        table = kind.write([str(column.label) for column in columns], lines)
        facts = {"format": form, "rows": len(lines), "list": self.route_base, "filters": _told(asked)}
        subject, reader = self.datamodel.obj.__tablename__, Actor.staff(current_user)
        audit.read("list.exported", reader, subject, agency_id=asked.agency_id, facts=facts)
        name = f"{self.list_title}-{clock.local(clock.now()):%Y%m%d-%H%M}.{kind.ending}"
        return send_file(BytesIO(table), kind.media_type, as_attachment=True, download_name=name, max_age=0)

    def _to_list(self: Any, asked: Criteria) -> Response:
        wishes: dict[str, Any] = asked.wish()
        return redirect(url_for(f"{self.endpoint}.list", **wishes))

    def _lines(self: Any, asked: Criteria, columns: Sequence[Column]) -> Iterator[list[str]]:
        for rows in self.listing(asked).batches(MOST_ROWS + 1):
            self.prepare_rows(rows)
            yield from ([_plain(column.of(row)) for column in columns] for row in rows)


def _plain(value: Any) -> str:
    """The words of a cell without their markup."""
    return value.striptags() if isinstance(value, Markup) else str(value)


def _told(asked: Criteria) -> dict[str, str]:
    """What was asked for, defaults included, by the names of the address."""
    return {name: text for reading in asked.readings for name, text in reading.typed.items() if text}
