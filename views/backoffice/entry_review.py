"""家庭聯絡簿審查: one entry with its pictures, the verdict, the next entry."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Response, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.errors import NotFound, RuleError
from app.i18n import _
from app.rules.vocabulary import EntryState, ReasonScope, Verdict
from app.security import Actor
from app.services import audit, entry_review, reasons
from models import FamilyBookEntry
from reports.contact_book import render_entries
from views.backoffice import book_pictures, case_facts, criteria, entry_cases, entry_sheets, looks
from views.backoffice.access import may, permitted
from views.backoffice.entries import FamilyEntryView


@dataclass(frozen=True)
class Typed:
    """The verdict as it was typed: it comes back unchanged with whatever has to be mended."""

    verdict: str = ""
    reason: str = ""
    note: str = ""
    version: int = 0

    @classmethod
    def sent(cls, form: MultiDict[str, str]) -> Typed:
        """The form as it came in."""
        texts = {name: form.get(name, "").strip() for name in ("verdict", "reason", "note")}
        return cls(**texts, version=form.get("version", 0, type=int))


class EntryReviewView(BaseView):
    """One entry of 家庭聯絡簿審查; the list is ``FamilyEntryView``."""

    route_base = FamilyEntryView.route_base
    default_view = "review"
    class_permission_name = FamilyEntryView.__name__

    @expose("/review/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    def review(self, pk: UUID) -> AnyResponse | tuple[str, int] | str:
        """The entry and the form; a verdict that is refused comes back with the sentence and all that was typed."""
        entry = entry_cases.find(str(pk))
        if request.method != "POST":
            return self._page(entry, Typed())
        typed = Typed.sent(request.form)
        decision = entry_review.EntryDecision(typed.verdict, typed.reason, typed.note, typed.version)
        try:
            entry_review.review(entry.id, decision, current_user.id, Actor.staff(current_user))
        except RuleError as error:
            return self._page(entry_cases.find(str(pk)), typed, error), error.status
        return self._saved(entry_cases.find(str(pk)))

    @expose("/picture/<uuid:pk>/<int:page>")
    @permitted
    def picture(self, pk: UUID, page: int) -> Response:
        """One page of an attachment as a picture; the list's small ones belong to the look at the list."""
        attachment = entry_cases.find_picture(str(pk))
        if "small" not in request.args:
            entry, reader = attachment.entry, Actor.staff(current_user)
            looks.note(entry, reader, looks.lately(FamilyBookEntry, attachment.entry_id))
        return book_pictures.response(attachment, page)

    @expose("/paper/<uuid:pk>.pdf")
    @permitted
    @permission_name("print")
    def paper(self, pk: UUID) -> Response:
        """An approved entry as PDF."""
        entry = entry_cases.find(str(pk))
        if entry.state is not EntryState.APPROVED:
            raise NotFound()
        audit.read("family_book_entry.paper", Actor.staff(current_user), entry, agency_id=entry.agency_id)
        content = render_entries([entry_sheets.sheet_of(entry)])
        name = _("家庭聯絡簿_%(number)s.pdf", number=entry_sheets.number_of(entry))
        return send_file(BytesIO(content), "application/pdf", download_name=name, max_age=0)

    def _page(self, entry: FamilyBookEntry, typed: Typed, error: RuleError | None = None) -> str:
        reader, lately = Actor.staff(current_user), looks.lately(FamilyBookEntry, entry.id)
        looks.note(entry, reader, lately)
        today = clock.today()
        return str(
            self.render_template(
                "backoffice/books/review.html",
                title=FamilyEntryView.list_title,
                entry=entry,
                is_open=entry.state is EntryState.PENDING,
                may_print=entry.state is EntryState.APPROVED and may(self, "can_print"),
                typed=typed,
                error=error,
                facts=case_facts,
                blocks=entry_cases,
                published=entry_review.published_day(entry),
                restrictions=[r for r in entry.inmate.restrictions if r.holds_on(today)],
                colleague=lately.colleague(reader),
                reasons=reasons.offered(ReasonScope.ENTRY),
                verdicts=Verdict.choices(),
                waiting=entry_cases.count_waiting(_among()),
                is_narrowed=bool(_among()),
                most_counted=entry_cases.MOST_COUNTED,
                next_id=entry_cases.next_waiting(entry, _among()),
                back=_back(),
                list_url=_list_url(),
            )
        )

    def _saved(self, entry: FamilyBookEntry) -> AnyResponse:
        words = {"case": entry.inmate.number, "state": entry.state.label}
        flash(_("%(case)s之家庭聯絡簿已審核為「%(state)s」，通知信件已排入寄送。", **words), "success")
        next_id = entry_cases.next_waiting(entry, _among()) if request.form.get("then") == "next" else entry.id
        if next_id is None:
            flash(_("清單條件內已無待審核之家庭聯絡簿。") if _among() else _("已無待審核之家庭聯絡簿。"), "info")
            return redirect(_list_url())
        return redirect(url_for(".review", pk=next_id, back=_back() or None))


def _list_arguments() -> dict[str, Any]:
    typed = dict(parse_qsl(request.values.get("back", "")[:2000], keep_blank_values=True))
    return criteria.list_arguments(FamilyEntryView.filters, typed)


def _among() -> list[Any]:
    """Whoever reviews one agency's entries, or those of some days, goes on among these."""
    return criteria.going_on(FamilyBookEntry, FamilyEntryView.filters, _list_arguments())


def _back() -> str:
    return urlencode(_list_arguments())


def _list_url() -> str:
    return url_for(f"{FamilyEntryView.__name__}.list", **_list_arguments())
