"""公告時段管理 as a text: one kind's rules, or a file of several; a second way beside the form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.rules import visit_documents, visit_words
from app.rules.vocabulary import VisitKind
from app.services import visit_rules, visit_rules_changes
from app.services.visit_rules_changes import BookingsWouldBreak
from views.backoffice.access import permitted
from views.backoffice.base import Answer
from views.backoffice.scope import AgencyChoice
from views.backoffice.visit_hours_legend import LEGEND
from views.backoffice.visit_hours_request import PREVIEW, accepted, agency_of, kind_of, reader


class FileUnreadable(RuleError):
    """What was chosen is not a text."""

    sentence = _l("檔案無法讀取，請選擇由本頁匯出之YAML文字檔（UTF-8編碼）。")


class NothingChosen(RuleError):
    """Neither a file nor a text was given."""

    sentence = _l("請選擇檔案，或將檔案內容貼在欄位中。")


class TextPages:
    """The pages of a text area; part of the view 公告時段管理."""

    @expose("/<uuid:agency_id>/edit/<kind>/text", methods=["GET", "POST"])
    @permitted
    @permission_name("edit")
    def edit_text(self, agency_id: UUID, kind: str) -> Answer:
        """One kind's rules as a text; the preview button shows what was typed in words and saves nothing."""
        agency, what = agency_of(agency_id), kind_of(kind)
        if request.method != "POST":
            text, seen = visit_rules_changes.export(agency.id, what), visit_rules_changes.edition(agency.id, what)
            return self._text_page(agency, what, text, seen)
        text, seen = request.form.get("document", ""), request.form.get("seen", "")
        try:
            if PREVIEW in request.form:
                visit_rules_changes.read(what, text)
                return self._text_page(agency, what, text, seen)
            visit_rules_changes.save(agency.id, what, text, seen, reader(), accepted=accepted())
        except RuleError as error:
            return self._refused(agency, what, text, seen, error)
        flash(_("已儲存。"), "success")
        return redirect(url_for(".edit_text", agency_id=agency.id, kind=what.value))

    @expose("/<uuid:agency_id>/import", methods=["GET", "POST"])
    @permitted
    @permission_name("edit")
    def import_file(self, agency_id: UUID) -> Answer:
        """A file of several kinds: all of it is kept, or nothing."""
        agency = agency_of(agency_id)
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
            done = visit_rules_changes.import_file(agency.id, text, seen, reader(), accepted=accepted())
        except RuleError as error:
            return self._refused(agency, None, text, seen, error)
        flash(_("已匯入：%(kinds)s", kinds=_("、").join(str(one.label) for one in done)), "success")
        return redirect(url_for(".list", agency=agency.id))

    def _refused(self, agency: AgencyChoice, kind: VisitKind | None, text: str, seen: str, error: RuleError) -> Answer:
        # A preview is shown with its mistakes named; nothing was to be saved, so it is no refusal.
        status = 200 if PREVIEW in request.form else error.status
        return self._text_page(agency, kind, text, seen, error), status

    def _text_page(
        self, agency: AgencyChoice, kind: VisitKind | None, text: str, seen: str, error: RuleError | None = None
    ) -> str:
        title = _("編輯公告時段（文字檔）") if kind else _("匯入公告時段")
        return self._page(
            "text" if kind else "import",
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
        raise NotImplementedError


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
