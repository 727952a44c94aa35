"""不通過原因維護: the drop-downs of all reviews, in order; headquarters only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField

from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.rules.vocabulary import ReasonScope
from app.security import Actor
from app.services import reason_changes
from app.services.reason_changes import LONGEST, LONGEST_EN, Words
from views.backoffice.access import may, permitted
from views.backoffice.forms import Needed, refuse
from views.backoffice.posted import version_seen

Answer = str | Response | tuple[str, int]


class ReasonForm(FlaskForm):
    """The words of a reason."""

    version = HiddenField()
    scope = SelectField(_l("適用作業"), choices=ReasonScope.choices(), validate_choice=True)
    text = StringField(_l("原因（中文）"), [Needed()], render_kw={"maxlength": LONGEST})
    text_en = StringField(_l("原因（英文）"), [Needed()], render_kw={"maxlength": LONGEST_EN})

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words(self.text.data or "", self.text_en.data or "")


class ReasonView(BaseView):
    """List by review, add, other words, order, 停用 and 啟用; nothing is deleted."""

    route_base = "/backoffice/reasons"
    default_view = "list"
    base_permissions = ["can_list", "can_change"]

    @expose("/")
    @permitted
    def list(self) -> str:
        """Every reason, review by review."""
        return self._list_page()

    @expose("/add", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def add(self) -> Answer:
        """A new reason, last in its list."""
        form, refused = ReasonForm(), None
        if request.method != "POST":
            form.scope.data = request.args.get("scope", ReasonScope.APPLICATION.value)
        elif form.validate():
            try:
                reason_changes.add(ReasonScope(form.scope.data), form.words, Actor.staff(current_user))
                return self._done(_("已新增。"))
            except RuleError as error:
                refused = error
        return self._form_page(form, _("新增不通過原因"), refused)

    @expose("/<uuid:pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def edit(self, pk: UUID) -> Answer:
        """Other words."""
        row, form, refused = reason_changes.get(str(pk)), ReasonForm(), None
        del form.scope
        if request.method != "POST":
            form.text.data, form.text_en.data, form.version.data = row.text, row.text_en, row.version
        elif form.validate():
            try:
                reason_changes.change(str(pk), form.words, _version(), Actor.staff(current_user))
                return self._done(_("已儲存。"))
            except RuleError as error:
                refused = error
        return self._form_page(form, _("編輯不通過原因"), refused, row=reason_changes.get(str(pk)))

    @expose("/<uuid:pk>/act", methods=["POST"])
    @permitted
    @permission_name("change")
    def act(self, pk: UUID) -> Answer:
        """One place up or down, 停用, 啟用."""
        act, actor, key = request.form.get("act", ""), Actor.staff(current_user), str(pk)
        try:
            if act in ("up", "down"):
                reason_changes.move(key, -1 if act == "up" else 1, _version(), actor)
            elif act in ("stop", "start"):
                reason_changes.set_active(key, act == "start", _version(), actor)
        except RuleError as error:
            if error.status == 404:
                raise
            return self._list_page(error), error.status
        return redirect(url_for(".list", _anchor=reason_changes.get(key).scope.value))

    def _done(self, sentence: str) -> Response:
        flash(sentence, "success")
        return redirect(url_for(".list"))

    def _list_page(self, error: RuleError | None = None) -> str:
        groups = [(scope, reason_changes.listed(scope)) for scope in ReasonScope]
        values: dict[str, Any] = {"groups": groups, "error": error, "may_change": may(self, "can_change")}
        return str(self.render_template("backoffice/reasons/list.html", title=_("不通過原因維護"), **values))

    def _form_page(self, form: ReasonForm, title: str, refused: RuleError | None, row: Any = None) -> Answer:
        if refused is not None:
            refuse(form, refused)
        page = self.render_template(
            "backoffice/reasons/edit.html", title=title, form=form, row=row, is_stale=isinstance(refused, Stale)
        )
        return str(page), refused.status if refused else 422 if form.errors else 200


def _version() -> int:
    return version_seen(request.form.get("version"))
