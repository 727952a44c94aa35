"""介接金鑰維護: keys of other systems; made, shown once, revoked by headquarters."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from markupsafe import Markup
from wtforms import StringField
from wtforms.validators import Length

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules.office_vocabulary import ApiScope
from app.security import Actor
from app.services import access_keys, agencies
from models import AccessKey
from views.backoffice import scope
from views.backoffice.access import ask_again, permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import ChoiceFilter
from views.backoffice.forms import ChoiceField, CleanText, DayField, Needed, RecordForm, refuse
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.posted import status_of


class KeyForm(RecordForm):
    """A new key."""

    name = StringField(
        _l("介接系統名稱"),
        [Needed(), CleanText(), Length(max=access_keys.LONGEST_NAME, message=_l("至多60個字，請縮短。"))],
        description=_l("例如「獄政系統」；稽核軌跡以此名稱記錄。"),
    )
    scope = ChoiceField(_l("用途"), [Needed()], choices=ApiScope.choices(), validate_choice=False)
    agency_id = ChoiceField(_l("機關名稱"), choices=[], validate_choice=False)
    ends_on = DayField(_l("到期日"), [Needed()], description=_l("至多1年；到期前請另建新金鑰後再廢止舊金鑰。"))


def _about_codes() -> Markup:
    """A key of all agencies is of use only where each of them has a code."""
    told = Markup("{}").format(_("傳送收容人資料時以機關代碼指明機關；金鑰限單一機關者可省略。"))
    missing = sum(not agency.code for agency in agencies.active(clock.today()))
    if not missing:
        return told
    screen = Markup('<a href="{}">{}</a>').format(url_for("AgencyView.list"), _("機關資料維護"))
    return told + Markup(_("尚有%(n)s個機關未設定代碼，請至%(screen)s設定。")) % {"n": missing, "screen": screen}


def _agency(row: AccessKey) -> str:
    return row.agency.name if row.agency is not None else _("全部機關")


class Specification:
    """Where other systems' people read how to call; in the reader's language, so made when a page is."""

    def __html__(self) -> str:
        return Markup("{} <a href='/api/v1/openapi.json'>OpenAPI</a>").format(_("介接規格："))


class AccessKeyView(AgencyScopedModelView):
    """介接金鑰維護."""

    route_base = "/backoffice/access-keys"
    datamodel = UnitOfWorkInterface(AccessKey)
    scope_column = None
    base_permissions = ["can_list", "can_add", "can_revoke"]
    list_title = _l("介接金鑰維護")
    add_title = _l("建立介接金鑰")
    add_template = "backoffice/form.html"
    note = Specification()

    filters = (ChoiceFilter("scope", ApiScope, _l("用途")),)
    order = ("created_at",)
    descending = True
    load = ("agency", "made_by")
    links = (RowLink(_l("廢止"), "revoke", "can_revoke", when=lambda row: row.revoked_at is None, is_main=False),)
    columns = (
        Column(_l("介接系統名稱"), "name"),
        Column(_l("金鑰開頭"), "hint"),
        Column(_l("用途"), "scope"),
        Column(_l("矯正機關"), _agency),
        Column(_l("建立時間"), "created_at"),
        Column(_l("建立人員"), "made_by.full_name"),
        Column(_l("到期時間"), "expires_at"),
        Column(_l("最近使用"), "last_used_at"),
        Column(_l("狀態"), access_keys.state_of),
    )

    @expose("/add", methods=["GET", "POST"])
    @permitted
    @ask_again
    def add(self) -> Answer:
        """A new key, shown once."""
        form, refused = KeyForm(), None
        form.agency_id.choices = [("", _("全部機關")), *scope.agencies()]
        form.agency_id.description = _about_codes()
        if request.method != "POST":
            form.back.data = request.args.get("back", "")
        elif form.validate():
            try:
                key = self._make(form)
                return self.render("backoffice/inmates/key.html", _("介接金鑰"), key=key, name=form.name.data)
            except RuleError as error:
                refused = error
                refuse(form, error)
        status = status_of(form, refused)
        return self.render(self.add_template, self.add_title, form=form, is_stale=False), status

    @expose("/revoke/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("revoke")
    @ask_again
    def revoke(self, pk: str) -> Any:
        """廢止 (GET asks)."""
        row, refused = self.find(pk), None
        if request.method == "POST":
            try:
                access_keys.revoke(row.id, Actor.staff(current_user))
                flash(_("金鑰已廢止，立即失效。"), "success")
                return redirect(self.back_url())
            except RuleError as error:
                refused = error
                row = self.find(pk)
        sentence = _("廢止後立即失效，且無法恢復；使用這把金鑰之系統將無法再傳送資料。")
        page = self.render(
            "backoffice/inmates/revoke.html", _("廢止介接金鑰"), row=row, refused=refused, sentence=sentence
        )
        return page, refused.status if refused is not None else 200

    @staticmethod
    def _make(form: KeyForm) -> str:
        scope_word = ApiScope(form.scope.data)
        agency_id = form.agency_id.data or None
        by = Actor.staff(current_user)
        return access_keys.make(form.name.data, scope_word, agency_id, form.ends_on.data, current_user.id, by)
