"""合併帳號: headquarters finds the other account of the same person, sees what moves, and confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import NotFound, RuleError, Stale
from app.i18n import _
from app.rules.merging_refusals import SameAccount
from app.services import account_merging, persons
from app.services.account_merging import Preview
from models import Applicant
from views.backoffice import person_facts
from views.backoffice.access import ask_again, permitted
from views.backoffice.forms import refuse
from views.backoffice.person_forms import MergeForm, PurposeForm, SearchForm, reader
from views.backoffice.posted import status_of

Answer = str | Response | tuple[str, int]


class PersonMergeView(BaseView):
    """The account of the address stays; the one that is found is merged into it."""

    route_base = "/backoffice/person-merges"
    default_view = "find"
    base_permissions = ["can_merge"]

    @expose("/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    def merge(self, pk: UUID) -> Answer:
        """Find the other account, look at what moves, merge: three steps of one form."""
        return self._merge(persons.get(str(pk), None))

    @ask_again
    def _merge(self, kept: Applicant) -> Answer:
        look = persons.look_of(kept.id, reader())
        if look is None:
            return redirect(url_for("PersonView.show", pk=kept.id))
        if request.method != "POST" or "kind" in request.form:
            return self._find(kept, look)
        form, refused = MergeForm(), None
        form.gone.data = _key(form.gone.data)
        if "confirmed" in request.form and form.validate():
            try:
                return self._merged(form, kept, look)
            except RuleError as error:
                refused = error
                refuse(form, error)
                kept = persons.get(kept.id, None) if not isinstance(error, NotFound) else kept
        return self._preview(form, kept, refused)

    def _merged(self, form: MergeForm, kept: Applicant, look: persons.Look) -> Response:
        kept_id, gone_id = kept.id, form.gone.data or ""
        reason, mark = form.reason.data or "", form.mark.data or ""
        account_merging.merge(gone_id, kept_id, reason, bool(form.says_same.data), mark, look, reader())
        flash(_("帳號已合併。併入之帳號已停用，雙方信箱均已通知。"), "success")
        return redirect(url_for("PersonView.show", pk=kept_id))

    def _find(self, kept: Applicant, look: persons.Look) -> Answer:
        """Look for the other account by one exact value, for the purpose given for the first."""
        form, found, kept_id = SearchForm(), None, kept.id
        form.offer()
        form.kind.choices = [choice for choice in form.kind.choices if choice[0] != "inmate"]
        if request.method == "POST" and form.validate():
            ids = persons.search(form.question(), look.purpose, None, current_user, reader())
            found = [person for person in persons.rows(ids, None) if person.id != kept_id]
        elif request.method != "POST":
            form.purpose.data, form.note.data = look.purpose.word, look.purpose.note
        kept = persons.get(kept_id, None)
        values = {"kept": kept, "form": form, "found": found}
        return self._page("merge_find.html", **values), 422 if form.errors else 200

    def _preview(self, form: MergeForm, kept: Applicant, refused: RuleError | None) -> Answer:
        try:
            seen: Preview = account_merging.preview(form.gone.data or "", kept.id)
        except SameAccount as error:
            refuse_form = SearchForm(formdata=None)
            refuse_form.offer()
            refuse(refuse_form, error)
            return self._page("merge_find.html", kept=kept, form=refuse_form, found=None), error.status
        if refused is None or isinstance(refused, Stale):
            form.mark.data = seen.mark
        status = status_of(form, refused)
        return self._page("merge.html", kept=kept, form=form, seen=seen), status

    def _page(self, template: str, **values: Any) -> str:
        title = _("合併帳號")
        return str(
            self.render_template(
                f"backoffice/persons/{template}",
                view=self,
                title=title,
                facts=person_facts,
                purpose=PurposeForm,
                **values,
            )
        )


def _key(typed: str | None) -> str:
    """The key of an account out of a form; raises ``NotFound`` on anything else."""
    try:
        return str(UUID(typed or ""))
    except ValueError as error:
        raise NotFound() from error
