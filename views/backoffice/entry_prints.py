"""家庭聯絡簿列印及交付: what waits per 場舍, the batches with their PDF, who handed over what and when."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Response, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.errors import RuleError
from app.i18n import _
from app.security import Actor
from app.services import audit, entry_prints
from reports.contact_book import render_entries
from views.backoffice import case_facts, desk_agencies, entry_sheets, scope
from views.backoffice.access import permitted
from views.backoffice.entries import FamilyEntryView

Answer = str | tuple[str, int] | AnyResponse


class EntryPrintView(BaseView):
    """Batches of approved entries, printed and handed over."""

    route_base = "/backoffice/entry-prints"
    default_view = "list"
    class_permission_name = FamilyEntryView.__name__

    @expose("/")
    @permitted
    @permission_name("print")
    def list(self) -> str:
        """What waits to be printed by 場舍, and the batches there are."""
        return self._page()

    @expose("/", methods=["POST"])
    @permitted
    @permission_name("print")
    def gather(self) -> Answer:
        """Gather what waits for one 場舍 into a batch."""
        agency = desk_agencies.chosen(request.form.get("agency", ""))
        if agency is None:
            return self._page(), 422
        unit = request.form.get("unit", "")[:40]
        try:
            batch_id = entry_prints.print_unit(agency.id, unit, current_user.id, Actor.staff(current_user))
        except RuleError as error:
            return self._page(error), error.status
        flash(_("列印批次已產生，請下載列印，交付後於本頁登記。"), "success")
        return redirect(url_for(".batch", pk=batch_id))

    @expose("/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("print")
    def batch(self, pk: UUID) -> Answer:
        """One batch: its PDF, its entries; a post records what was handed over."""
        batch_id, error = entry_prints.get(str(pk), scope.agency_ids()).id, None
        if request.method == "POST":
            ticked = request.form.getlist("entry")[: entry_prints.MOST_PRINTED]
            try:
                count = entry_prints.hand_over(batch_id, ticked, current_user.id, Actor.staff(current_user))
                flash(_("已登記%(n)s則交付收容人。", n=count), "success")
                return redirect(url_for(".batch", pk=batch_id))
            except RuleError as refused:
                error = refused
        batch = entry_prints.get(batch_id, scope.agency_ids())
        page = self.render_template(
            "backoffice/books/batch.html",
            title=_("家庭聯絡簿列印及交付"),
            batch=batch,
            entries=entry_prints.in_order(batch),
            facts=case_facts,
            error=error,
        )
        return str(page), error.status if error else 200

    @expose("/<uuid:pk>.pdf")
    @permitted
    @permission_name("print")
    def download(self, pk: UUID) -> Response:
        """The paper of a batch."""
        batch = entry_prints.get(str(pk), scope.agency_ids())
        audit.read("book_print.download", Actor.staff(current_user), batch, agency_id=batch.agency_id)
        name = _("家庭聯絡簿_%(number)s.pdf", number=f"{batch.printed_at:%Y%m%d}_{batch.id[:8]}")
        ids = [entry.id for entry in entry_prints.in_order(batch)]
        content = render_entries(entry_sheets.sheets_of(ids))
        return send_file(BytesIO(content), "application/pdf", download_name=name, max_age=0)

    def _page(self, error: RuleError | None = None) -> str:
        agency = desk_agencies.chosen(request.values.get("agency", ""))
        return str(
            self.render_template(
                "backoffice/books/prints.html",
                title=_("家庭聯絡簿列印及交付"),
                choices=scope.agencies(),
                agency=agency,
                waiting=entry_prints.waiting(agency.id) if agency else [],
                batches=entry_prints.prints(scope.agency_ids(), agency.id) if agency else [],
                facts=case_facts,
                error=error,
            )
        )
