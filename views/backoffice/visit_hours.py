"""公告時段管理: each agency's rules for visits by session, read in plain words, written as a text."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user

from app.errors import NotFound, RuleError, Stale
from app.i18n import _, _l
from app.rules import visit_documents, visit_words
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import visit_rules, visit_rules_changes
from app.services.visit_rules import SESSION_KINDS
from app.services.visit_rules_changes import BookingsWouldBreak
from models import VisitRules
from views.backoffice import criteria, scope
from views.backoffice.access import may, permitted
from views.backoffice.base import Answer
from views.backoffice.filters import AgencyFilter
from views.backoffice.visit_hours_legend import LEGEND

#: The button that shows what was typed in plain words and saves nothing.
PREVIEW = "preview"
FILTERS = (AgencyFilter(),)


class FileUnreadable(RuleError):
    """What was chosen is not a text."""

    sentence = _l("檔案無法讀取，請選擇由本頁匯出之YAML文字檔（UTF-8編碼）。")


class NothingChosen(RuleError):
    """Neither a file nor a text was given."""

    sentence = _l("請選擇檔案，或將檔案內容貼在欄位中。")


class VisitHoursView(BaseView):
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
        """One kind's rules as a text; the preview button shows what was typed in words and saves nothing."""
        agency, what = _agency(agency_id), _kind(kind)
        if request.method != "POST":
            text, seen = visit_rules_changes.export(agency.id, what), visit_rules_changes.edition(agency.id, what)
            return self._text_page(agency, what, text, seen)
        text, seen = request.form.get("document", ""), request.form.get("seen", "")
        try:
            if PREVIEW in request.form:
                visit_rules_changes.read(what, text)
                return self._text_page(agency, what, text, seen)
            visit_rules_changes.save(agency.id, what, text, seen, _reader(), accepted=_accepted())
        except RuleError as error:
            return self._refused(agency, what, text, seen, error)
        flash(_("已儲存。"), "success")
        return redirect(url_for(".edit", agency_id=agency.id, kind=what.value))

    @expose("/<uuid:agency_id>/restore/<kind>", methods=["GET", "POST"])
    @permitted
    @permission_name("edit")
    def restore(self, agency_id: UUID, kind: str) -> Answer:
        """恢復法定預設值: asked first, with the defaults in words."""
        agency, what, refused = _agency(agency_id), _kind(kind), None
        seen = visit_rules_changes.edition(agency.id, what)
        if request.method == "POST":
            try:
                typed = request.form.get("seen", "")
                visit_rules_changes.restore(agency.id, what, typed, _reader(), accepted=_accepted())
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
        agency = _agency(agency_id)
        content = visit_rules_changes.export(agency.id).encode()
        name = f"{agency.label}-{_('公告時段')}.yaml"
        return send_file(BytesIO(content), "application/yaml", as_attachment=True, download_name=name, max_age=0)

    @expose("/<uuid:agency_id>/import", methods=["GET", "POST"])
    @permitted
    @permission_name("edit")
    def import_file(self, agency_id: UUID) -> Answer:
        """A file of several kinds: all of it is kept, or nothing."""
        agency = _agency(agency_id)
        if request.method != "POST":
            return self._text_page(agency, None, "", visit_rules_changes.edition(agency.id))
        text, seen = request.form.get("document", ""), request.form.get("seen", "")
        try:
            text = _uploaded() or text
            if not text.strip():
                raise NothingChosen("document")
            if PREVIEW in request.form:
                visit_rules_changes.documents(text)
                return self._text_page(agency, None, text, seen)
            done = visit_rules_changes.import_file(agency.id, text, seen, _reader(), accepted=_accepted())
        except RuleError as error:
            return self._refused(agency, None, text, seen, error)
        flash(_("已匯入：%(kinds)s", kinds=_("、").join(str(one.label) for one in done)), "success")
        return redirect(url_for(".list", agency=agency.id))

    def _refused(
        self, agency: scope.AgencyChoice, kind: VisitKind | None, text: str, seen: str, error: RuleError
    ) -> Answer:
        # A preview is shown with its mistakes named; nothing was to be saved, so it is no refusal.
        status = 200 if PREVIEW in request.form else error.status
        return self._text_page(agency, kind, text, seen, error), status

    def _text_page(
        self, agency: scope.AgencyChoice, kind: VisitKind | None, text: str, seen: str, error: RuleError | None = None
    ) -> str:
        title = _("編輯公告時段") if kind else _("匯入公告時段")
        return self._page(
            "edit" if kind else "import",
            title,
            agency=agency,
            kind=kind,
            text=text,
            seen=seen,
            described=_described(text),
            errors=[error] if error else [],
            breaks=error if isinstance(error, BookingsWouldBreak) else None,
            is_stale=isinstance(error, Stale),
            has_own=bool(kind and visit_rules.row_of(agency.id, kind)),
            legend=LEGEND,
        )

    def _page(self, name: str, title: str, **values: Any) -> str:
        return str(self.render_template(f"backoffice/hours/{name}.html", title=title, view=self, **values))


def _agency(agency_id: UUID) -> scope.AgencyChoice:
    """The agency, if it is in the officer's scope; raises ``NotFound``."""
    for one in scope.agencies():
        if one.id == str(agency_id):
            return one
    raise NotFound()


def _kind(name: str) -> VisitKind:
    for kind in SESSION_KINDS:
        if kind.value == name:
            return kind
    raise NotFound()


def _described(text: str) -> list[tuple[Any, list[visit_words.Part]]]:
    """What a text says in plain words, kind by kind; empty where it cannot be read."""
    try:
        found = visit_rules_changes.documents(text)
    except RuleError:
        return []
    return [(kind.label, visit_words.describe(visit_documents.parse(kind, one))) for kind, one in found.items()]


def _uploaded() -> str:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return ""
    # One byte more than the longest text in the widest letters: the service says that it is too long.
    content = upload.stream.read(visit_rules_changes.LONGEST_TEXT * 4 + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable("file") from None


def _accepted() -> str:
    return request.form.get("accepted", "")


def _reader() -> Actor:
    return Actor.staff(current_user)
