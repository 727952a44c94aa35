"""匯出清冊: an edition or a supplement as a table; personal data leave the program, so the password is asked again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, send_file
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user

from app.errors import NotFound
from app.i18n import _
from app.security import Actor
from app.services import audit, roster_supplements, rosters
from models import RosterEdition
from reports.roster import RosterSheet
from reports.spreadsheet import FORMATS
from views.backoffice import roster_sheets, scope
from views.backoffice.access import ask_again, permitted
from views.backoffice.rosters import RosterView


class RosterExportView(BaseView):
    """Files for a spreadsheet, beside the papers of :class:`RosterView`.

    The row is looked up before the password is asked for: somebody else's is 404, whether the password is fresh or not.
    """

    route_base = RosterView.route_base
    default_view = "choose"

    @expose("/<uuid:pk>/export")
    @permitted
    @permission_name("export")
    def choose(self, pk: UUID) -> Any:
        """Which of an edition's sheets to take away, and what is written down about it."""
        return self._choice(rosters.get_edition(str(pk), scope.agency_ids()))

    @expose("/<uuid:pk>/export/<form>")
    @permitted
    @permission_name("export")
    def edition(self, pk: UUID, form: str) -> Any:
        """An edition as a table."""
        edition = rosters.get_edition(str(pk), scope.agency_ids())
        return self._file(edition, edition.agency_id, roster_sheets.sheet_of, form)

    @expose("/supplements/<uuid:pk>/export/<form>")
    @permitted
    @permission_name("export")
    def supplement(self, pk: UUID, form: str) -> Any:
        """A supplement as a table."""
        supplement = roster_supplements.get_supplement(str(pk), scope.agency_ids())
        return self._file(supplement, supplement.edition.agency_id, roster_sheets.supplement_sheet, form)

    @ask_again
    def _choice(self, edition: RosterEdition) -> str:
        return str(
            self.render_template(
                "backoffice/desk/roster_export.html",
                title=_("匯出清冊"),
                edition=edition,
                sheet=roster_sheets.sheet_of(edition),
                supplements=roster_supplements.supplements(edition.id),
                formats=FORMATS,
            )
        )

    @ask_again
    def _file(self, printed: Any, agency_id: str, sheet_of: Callable[[Any], RosterSheet], form: str) -> Response:
        kind = FORMATS.get(form)
        if kind is None:
            raise NotFound()
        sheet, name = sheet_of(printed), roster_sheets.file_name(printed, kind.ending)
        table = BytesIO(roster_sheets.table_of(sheet, kind))
        facts = {"format": kind.ending, "rows": len(sheet.lines)}
        audit.read("roster.export", Actor.staff(current_user), printed, agency_id=agency_id, facts=facts)
        return send_file(table, kind.media_type, as_attachment=True, download_name=name, max_age=0)
