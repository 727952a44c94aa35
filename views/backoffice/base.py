"""The base of every generated screen: a screen for officers is a declaration over a model.

Flask-AppBuilder's own list, forms and actions are replaced, because they ignore the scope in places, share the reader's
filters between threads, count and sort whole tables, and answer bad addresses with a 500.
What stays of it: blueprints, permissions, menu.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, request
from flask_appbuilder import ModelView, expose
from werkzeug.wrappers import Response

from app.errors import RuleError, Stale
from app.i18n import _, _l
from views.backoffice import criteria, declaration
from views.backoffice.access import permitted
from views.backoffice.actions import ScopedActions
from views.backoffice.acts import RowActs
from views.backoffice.columns import Column, RowLink
from views.backoffice.exports import ListExport
from views.backoffice.filters import Filter
from views.backoffice.forms import Options, RecordForm, form_class, refuse, values_of
from views.backoffice.paging import Page
from views.backoffice.posted import status_of, version_seen
from views.backoffice.rows import ScopedRows
from views.backoffice.surroundings import Surroundings

Answer = str | Response | tuple[str, int]


class AgencyScopedModelView(ScopedActions, RowActs, ListExport, ScopedRows, Surroundings, ModelView):
    """A screen over one model: list, page, forms, deletion, acts, export; only rows of the officer's agencies.

    Only what ``base_permissions`` names has a route. Raises ``TypeError`` at start-up on a declaration that would be
    slow or open (``views.backoffice.declaration``).
    """

    base_permissions = ["can_list"]

    columns: tuple[Column, ...] = ()
    #: What the page of one row shows; the list's columns where nothing is said.
    details: tuple[Column, ...] = ()
    #: What stands, not to be changed, above the form of one row.
    context: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    #: Columns of the usual order; an index on scope, these and the key carries it.
    order: tuple[str, ...] = ()
    descending = False
    links: tuple[RowLink, ...] = ()
    #: A sentence above the list.
    note: Any = None
    #: Where the options of drop-downs come from, by column.
    options: dict[str, Options] = {}

    list_template = "backoffice/list.html"
    show_template = "backoffice/show.html"
    add_template = edit_template = "backoffice/form.html"
    confirm_template = "backoffice/confirm.html"
    show_title = _l("檢視資料")
    add_title = _l("新增資料")
    edit_title = _l("編輯資料")
    delete_title = _l("刪除資料")

    def __init__(self, **values: Any) -> None:
        self.exclude_route_methods = declaration.unoffered_routes(self)
        declaration.check(self)
        # What Flask-AppBuilder would guess from the model: every column searchable, in every form.
        self.search_exclude_columns = self.datamodel.get_search_columns_list()
        self._fields = {"add": tuple(self.add_columns or ()), "edit": tuple(self.edit_columns or ())}
        super().__init__(**values)

    def _init_forms(self) -> None:
        labels, hints = self.label_columns, self.description_columns
        model = self.datamodel.obj
        self.search_form = RecordForm
        self.add_form = form_class(model, self._fields["add"], labels, hints, self.options)
        self.edit_form = form_class(model, self._fields["edit"], labels, hints, self.options)

    # What a screen may say more than a declaration

    def group(self, row: Any) -> Any:
        """The heading under which a row of the list stands; None for none."""
        return None

    def name_of(self, row: Any) -> str:
        """How a row is called in links and questions: the words of its first column."""
        return str(self.columns[0].of(row))

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Fetch at once what the columns need of all these rows, before they are shown or exported."""

    def check(self, form: RecordForm, row: Any) -> None:
        """Rules over several fields; raises ``RuleError``."""

    def prepare(self, form: RecordForm, row: Any) -> None:
        """Fit a form to its row before it is shown or read."""

    def save(self, row: Any, changes: dict[str, Any], version: int | None) -> None:
        """Hand a change to the service; raises its ``RuleError``."""
        self.datamodel.save(row, changes, version)

    # Pages

    @expose("/list/")
    @permitted
    def list(self) -> str:
        """The rows that the filters ask for."""
        args = request.args
        asked = criteria.read(self.datamodel.obj, self.filters, self.columns, self.order, self.descending, args)
        page = Page() if asked.errors else self.listing(asked).page(args, asked.size, self.datamodel.parse_key)
        self.prepare_rows(page.rows)
        here = urlencode(criteria.list_arguments(self.filters, args))
        return self.render(self.list_template, self.list_title, asked=asked, page=page, here=here)

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> str:
        """The page of one row."""
        return self.render(self.show_template, self.show_title, row=self.find(pk))

    @expose("/add", methods=["GET", "POST"])
    @permitted
    def add(self) -> Answer:
        """A new row, in the officer's scope."""
        form, refused = self._form(self.add_form, None), None
        if request.method == "POST" and form.validate():
            try:
                self.check(form, None)
                self.datamodel.add(self.datamodel.obj(**values_of(form, self._fields["add"]), **self.only))
                return self._done(_("已新增。"))
            except RuleError as error:
                refused = error
        return self._answer(self.add_template, self.add_title, form, refused)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @permitted
    def edit(self, pk: str) -> Answer:
        """Change a row; what somebody else has saved meanwhile is not overwritten."""
        row, refused = self.find(pk), None
        form = self._form(self.edit_form, row)
        if request.method == "POST" and form.validate():
            try:
                self.check(form, row)
                self.save(row, values_of(form, self._fields["edit"]), self._version(row))
                return self._done(_("已儲存。"))
            except RuleError as error:
                refused = error
        return self._answer(self.edit_template, self.edit_title, form, refused, row=row)

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @permitted
    def delete(self, pk: str) -> Answer:
        """Ask (GET), then delete (POST)."""
        row, refused = self.find(pk), None
        if request.method == "POST":
            try:
                self.datamodel.delete(row)
                return self._done(_("已刪除。"))
            except RuleError as error:
                refused = error
        page = self.render(self.confirm_template, self.delete_title, row=row, refused=refused)
        return page, refused.status if refused else 200

    # Parts of pages

    def _form(self, kind: type[RecordForm], row: Any) -> RecordForm:
        form = kind(obj=row)
        for name, choices in self.options.items():
            if name in form:
                empty = [] if form[name].flags.required else [("", _("無"))]
                form[name].choices = [*empty, *choices(row)]
        if request.method != "POST":
            form.back.data = request.args.get("back", "")
        self.prepare(form, row)
        return form

    def _version(self, row: Any) -> int | None:
        if not hasattr(row, "version"):
            return None
        return version_seen(request.form.get("version"))

    def _done(self, sentence: str) -> Response:
        flash(sentence, "success")
        return redirect(self.back_url())

    def _answer(
        self, template: str, title: Any, form: RecordForm, refused: RuleError | None, **values: Any
    ) -> tuple[str, int]:
        if refused is not None:
            refuse(form, refused)
        status = status_of(form, refused)
        return self.render(template, title, form=form, is_stale=isinstance(refused, Stale), **values), status
