"""公告時段管理: each agency's rules for visits by session, read in plain words, written on a form."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name

from app.errors import RuleError, Stale
from app.i18n import _
from app.rules import visit_documents, visit_form_places, visit_form_values, visit_words
from app.services import visit_rules, visit_rules_changes
from app.services.visit_rules_changes import BookingsWouldBreak
from models import VisitRules
from views.backoffice import criteria, scope
from views.backoffice.access import may, permitted
from views.backoffice.base import Answer
from views.backoffice.filters import AgencyFilter
from views.backoffice.scope import AgencyChoice
from views.backoffice.visit_hours_form import RulesForm
from views.backoffice.visit_hours_request import MORE, MOVE, PREVIEW, accepted, agency_of, kind_of, reader
from views.backoffice.visit_hours_text import TextPages

FILTERS = (AgencyFilter(),)


class VisitHoursView(TextPages, BaseView):
    """公告時段管理: list, edit with a preview, the statutory defaults again, export and import."""

    route_base = "/backoffice/visit-hours"
    default_view = "list"

    @expose("/list/")
    @permitted
    def list(self) -> str:
        """Every kind of visit by session at the agencies that the filter asks for."""
        asked = criteria.read(VisitRules, FILTERS, (), (), False, request.args)
        chosen = asked.readings[0].agency_id
        shown = [] if asked.errors else [one for one in scope.agencies() if chosen in (None, one.id)]
        rules = visit_rules.in_force([one.id for one in shown])
        return self._page(
            "list",
            _("公告時段管理"),
            asked=asked,
            agencies=shown,
            rules=rules,
            window=visit_words.window,
            may_edit=may(self, "can_edit"),
        )

    @expose("/<uuid:agency_id>/edit/<kind>", methods=["GET", "POST"])
    @permitted
    def edit(self, agency_id: UUID, kind: str) -> Answer:
        """One kind's rules as a form; the buttons for one more row, its place and the preview save nothing."""
        agency, what = agency_of(agency_id), kind_of(kind)
        before = visit_documents.normal(visit_rules.document_of(agency.id, what))
        if request.method != "POST":
            values, seen = visit_form_values.shown(before), visit_rules_changes.edition(agency.id, what)
            return self._form_page(agency, RulesForm(what, values), seen)
        values, seen = request.form.to_dict(flat=False), request.form.get("seen", "")
        if MORE in request.form:
            return self._form_page(agency, RulesForm(what, values, more=request.form[MORE]), seen)
        if MOVE in request.form:
            changed, moved = visit_form_values.moved(values, request.form[MOVE])
            return self._form_page(agency, RulesForm(what, changed, moved=moved), seen)
        new = visit_form_values.settled(visit_form_values.document(values).document, before)
        try:
            if PREVIEW in request.form:
                visit_rules_changes.checked(what, new)
                return self._form_page(agency, RulesForm(what, values), seen)
            visit_rules_changes.save_document(agency.id, what, new, seen, reader(), accepted=accepted())
        except RuleError as error:
            status = 200 if PREVIEW in request.form else error.status
            return self._form_page(agency, RulesForm(what, values, error), seen, error), status
        flash(_("已儲存。"), "success")
        return redirect(url_for(".edit", agency_id=agency.id, kind=what.value))

    @expose("/<uuid:agency_id>/restore/<kind>", methods=["GET", "POST"])
    @permitted
    @permission_name("edit")
    def restore(self, agency_id: UUID, kind: str) -> Answer:
        """恢復法定預設值: asked first, with the defaults in words."""
        agency, what, refused = agency_of(agency_id), kind_of(kind), None
        seen = visit_rules_changes.edition(agency.id, what)
        if request.method == "POST":
            try:
                typed = request.form.get("seen", "")
                visit_rules_changes.restore(agency.id, what, typed, reader(), accepted=accepted())
            except RuleError as error:
                refused = error
            else:
                flash(_("已恢復法定預設值。"), "success")
                return redirect(url_for(".list", agency=agency.id))
        defaults = visit_words.describe(visit_documents.parse(what, visit_rules.defaults()[what]))
        page = self._page(
            "restore",
            _("恢復法定預設值"),
            agency=agency,
            kind=what,
            seen=seen,
            described=[(what.label, defaults)],
            errors=[refused] if refused else [],
            breaks=refused if isinstance(refused, BookingsWouldBreak) else None,
        )
        return page, refused.status if refused else 200

    @expose("/<uuid:agency_id>/export")
    @permitted
    @permission_name("list")
    def export(self, agency_id: UUID) -> Response:
        """The rules in force for every kind, as a file; it holds no personal data."""
        agency = agency_of(agency_id)
        content = visit_rules_changes.export(agency.id).encode()
        name = f"{agency.label}-{_('公告時段')}.yaml"
        return send_file(BytesIO(content), "application/yaml", as_attachment=True, download_name=name, max_age=0)

    def _form_page(self, agency: AgencyChoice, form: RulesForm, seen: str, error: RuleError | None = None) -> str:
        return self._page(
            "edit",
            _("編輯公告時段"),
            agency=agency,
            kind=form.kind,
            form=form,
            row_words=visit_form_places.row_words,
            seen=seen,
            errors=form.mistakes,
            breaks=error if isinstance(error, BookingsWouldBreak) else None,
            is_stale=isinstance(error, Stale),
            has_own=bool(visit_rules.row_of(agency.id, form.kind)),
        )

    def _page(self, name: str, title: str, **values: Any) -> str:
        return str(self.render_template(f"backoffice/hours/{name}.html", title=title, view=self, **values))
