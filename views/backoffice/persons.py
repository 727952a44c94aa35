"""家屬資料查詢修改: find somebody by one exact value, say what for, see the data, correct or lock the account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import NotFound, RuleError, Stale
from app.i18n import _
from app.services import persons
from models import Applicant
from views.backoffice import person_facts, scope
from views.backoffice.access import may, permitted
from views.backoffice.forms import RecordForm, refuse
from views.backoffice.person_forms import ACTS, CorrectionForm, PersonAct, PurposeForm, SearchForm, offered, reader
from views.backoffice.posted import status_of

Answer = str | Response | tuple[str, int]


class PersonView(BaseView):
    """The search, the page of one person, and the acts on an account.

    Nothing about a person stands in an address but the account's own key; a page opens only after its purpose was
    given, and for a quarter of an hour.
    """

    route_base = "/backoffice/persons"
    default_view = "list"
    base_permissions = ["can_list", "can_change"]

    @expose("/", methods=["GET", "POST"])
    @permitted
    def list(self) -> Answer:
        """The search; what is found is masked until it is opened."""
        form, found, status = SearchForm(), None, 200
        form.offer()
        if request.method == "POST":
            if form.validate():
                try:
                    ids = persons.search(form.question(), form.chosen(), scope.agency_ids(), current_user, reader())
                    found = persons.rows(ids, scope.agency_ids())
                except RuleError as error:
                    refuse(form, error)
            status = 422 if form.errors else 200
        page = self._page("search.html", _("家屬資料查詢修改"), form=form, found=found, facts=person_facts)
        return page, status

    @expose("/open/<uuid:pk>", methods=["POST"])
    @permitted
    @permission_name("list")
    def open(self, pk: UUID) -> Answer:
        """Write down for what, then show."""
        form, person = PurposeForm(), persons.get(str(pk), scope.agency_ids())
        try:
            persons.open_data(person.id, form.chosen(), scope.agency_ids(), current_user, reader())
        except RuleError as error:
            person = persons.get(str(pk), scope.agency_ids())
            refuse(form, error)
            return self._ask(person, form), error.status
        return redirect(url_for(".show", pk=pk))

    @expose("/show/<uuid:pk>")
    @permitted
    @permission_name("list")
    def show(self, pk: UUID) -> Answer:
        """One person in full, after the purpose was given."""
        person = persons.get(str(pk), scope.agency_ids())
        look = persons.look_of(person.id, reader())
        if look is None:
            return self._ask(person, PurposeForm(formdata=None))
        return self._page(
            "show.html",
            _("家屬資料"),
            person=person,
            facts=person_facts,
            look=look,
            acts=offered(person) if may(self, "can_change") else {},
            may_merge=self.appbuilder.sm.has_access("can_merge", "PersonMergeView"),
        )

    @expose("/act/<uuid:pk>/<act>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def act(self, pk: UUID, act: str) -> Answer:
        """Ask (GET), then do it (POST)."""
        person, chosen = persons.get(str(pk), scope.agency_ids()), ACTS.get(act)
        if chosen is None:
            raise NotFound()
        look, refused = persons.look_of(person.id, reader()), None
        if look is None:
            return self._ask(person, PurposeForm(formdata=None))
        form = chosen.form()
        if request.method != "POST":
            form.version.data = person.version
            if isinstance(form, CorrectionForm):
                form.show(person)
        elif form.validate():
            try:
                chosen.does(person.id, form, look, reader())
                flash(str(chosen.done), "success")
                return redirect(url_for(".show", pk=pk))
            except RuleError as error:
                refused = error
                refuse(form, error)
                person = persons.get(str(pk), scope.agency_ids())
        return self._act_page(person, chosen, form, refused)

    def _act_page(
        self, person: Applicant, chosen: PersonAct, form: RecordForm, refused: RuleError | None
    ) -> tuple[str, int]:
        status = status_of(form, refused)
        values = {"person": person, "act": chosen, "form": form, "is_stale": isinstance(refused, Stale)}
        return self._page("act.html", chosen.label, facts=person_facts, **values), status

    def _ask(self, person: Applicant, form: PurposeForm) -> str:
        return self._page("ask.html", _("請填寫查閱用途"), person=person, form=form, facts=person_facts)

    def _page(self, template: str, title: Any, **values: Any) -> str:
        return str(self.render_template(f"backoffice/persons/{template}", view=self, title=title, **values))
