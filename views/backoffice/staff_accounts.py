"""帳號權限管理: who works here, as what, at which agencies, until when; headquarters only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, g, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.security import Actor
from app.services import second_factor, staff, staff_accounts, staff_locks
from models import Officer, SessionKind
from views.backoffice.access import ask_again, permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column
from views.backoffice.filters import TextFilter
from views.backoffice.forms import refuse
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.own_account import agencies_of, roles_of
from views.backoffice.posted import status_of
from views.backoffice.staff_forms import AccountForm


def state_of(officer: Officer) -> str:
    """Whether an account opens the door today, and if not, why."""
    today = clock.today()
    if not officer.active:
        return _("已停用")
    if officer.valid_until is not None and today > officer.valid_until:
        return _("已逾期")
    if staff.is_idle(officer, today):
        return _("閒置停用")
    ends = lock_ends(officer)
    return _("鎖定中（至%(time)s）", time=f"{clock.local(ends):%H:%M}") if ends else _("使用中")


def lock_ends(officer: Officer) -> datetime | None:
    """Until when wrong passwords or codes have shut an account; asked once per request for all accounts."""
    if "staff_locks" not in g:
        g.staff_locks = staff_locks.ends()
    ends: datetime | None = g.staff_locks(officer)
    return ends


def has_second_factor(officer: Officer) -> str:
    """Whether a second factor is set up; asked once per request for all accounts, of which there are some hundred."""
    if "with_second_factor" not in g:
        g.with_second_factor = second_factor.who_has(SessionKind.STAFF)
    return _("已設定") if str(officer.id) in g.with_second_factor else _("尚未設定")


class StaffView(AgencyScopedModelView):
    """帳號權限管理."""

    route_base = "/backoffice/staff"
    datamodel = UnitOfWorkInterface(Officer)
    scope_column = None
    base_permissions = ["can_list", "can_show", "can_add", "can_edit", "can_change", "can_export"]
    list_title = _l("帳號權限管理")
    show_title = _l("檢視帳號")
    add_title = _l("新增帳號")
    edit_title = _l("編輯帳號")
    show_template = "backoffice/staff_show.html"

    filters = (TextFilter("username", _l("帳號")), TextFilter("last_name", _l("姓")))
    order = ("username",)
    load = ("roles", "agencies")
    columns = (
        Column(_l("帳號"), "username", sort=("username",)),
        Column(_l("姓名"), "full_name"),
        Column(_l("機關"), agencies_of, kind="wide"),
        Column(_l("角色"), roles_of),
        Column(_l("有效期限"), "valid_until"),
        Column(_l("最近登入"), "signed_in_at"),
        Column(_l("狀態"), state_of),
        Column(_l("兩步驟驗證"), has_second_factor),
    )
    details = (*columns[:2], Column(_l("電子郵件"), "email"), *columns[2:])

    @expose("/add", methods=["GET", "POST"])
    @permitted
    @ask_again
    def add(self) -> Answer:
        """A new account; its starting password is shown once."""
        form, refused = AccountForm(), None
        form.offer()
        if form.validate_on_submit():
            try:
                password = staff_accounts.create(form.username.data, form.account(), Actor.staff(current_user))
                return self._password_page(form.username.data, password)
            except RuleError as error:
                refused = error
        return self._form_page(form, self.add_title, refused)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @permitted
    @ask_again
    def edit(self, pk: str) -> Answer:
        """Change an account; what somebody else has saved meanwhile is not overwritten."""
        officer, refused = self.find(pk), None
        form = AccountForm()
        del form.username
        form.offer()
        if request.method != "POST":
            form.show(officer)
            form.version.data, form.back.data = staff_accounts.seen(officer), request.args.get("back", "")
        elif form.validate():
            try:
                data, version = form.account(), form.version.data or ""
                staff_accounts.change(officer.id, data, version, Actor.staff(current_user))
                return self._done(_("已儲存。"))
            except RuleError as error:
                refused = error
        return self._form_page(form, self.edit_title, refused, row=officer)

    @expose("/disable/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    @ask_again
    def disable(self, pk: str) -> Answer:
        """停用: now, with all sessions."""
        sentence = _("帳號立即停用，登入中的裝置一併登出。")
        return self._act(pk, _("停用帳號"), sentence, staff_accounts.disable)

    @expose("/enable/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    @ask_again
    def enable(self, pk: str) -> Answer:
        """啟用."""
        sentence = _("帳號恢復使用；有效期限已過者，請另行編輯有效期限。")
        return self._act(pk, _("啟用帳號"), sentence, staff_accounts.enable)

    @expose("/lift-lock/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    @ask_again
    def lift_lock(self, pk: str) -> Answer:
        """解除鎖定: before its fifteen minutes are over."""
        sentence = _("請先確認本人身分，並確認失敗的登入確為本人所為。解除後可立即再試，密碼及兩步驟驗證不變。")
        return self._act(pk, _("解除鎖定"), sentence, staff_locks.lift)

    @expose("/reset-password/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    @ask_again
    def reset_password(self, pk: str) -> Answer:
        """重設密碼: a new starting password, shown once."""
        sentence = _("請先確認本人身分。原密碼立即失效，登入中的裝置一併登出；新密碼僅顯示一次，首次登入後須變更。")
        return self._act(pk, _("重設密碼"), sentence, staff_accounts.reset_password)

    @expose("/reset-second-factor/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    @ask_again
    def reset_second_factor(self, pk: str) -> Answer:
        """重設兩步驟驗證: it is set up anew at the next sign-in."""
        sentence = _("請先確認本人身分。原驗證器及備用碼立即失效，登入中的裝置一併登出；下次登入時重新設定。")
        return self._act(pk, _("重設兩步驟驗證"), sentence, staff_accounts.reset_second_factor)

    def is_open(self, officer: Officer) -> bool:
        """Whether an account can be used today; for templates."""
        return staff.is_usable(officer, clock.today())

    def is_locked(self, officer: Officer) -> bool:
        """Whether an account is shut for a while; for templates."""
        return lock_ends(officer) is not None

    def is_oneself(self, officer: Officer) -> bool:
        """Whether an account is the reader's own; for templates."""
        return bool(officer.id == current_user.id)

    def _act(self, pk: str, title: str, sentence: str, act: Callable[[int, Actor], str | None]) -> Answer:
        """Ask (GET), then do it (POST)."""
        officer, refused = self.find(pk), None
        username = officer.username
        if request.method == "POST":
            try:
                password = act(officer.id, Actor.staff(current_user))
                if password is not None:
                    return self._password_page(username, password)
                flash(_("%(title)s：%(name)s，已完成。", title=title, name=username), "success")
                return redirect(self.back_url())
            except RuleError as error:
                refused = error
                officer = self.find(pk)
        page = self.render("backoffice/staff_confirm.html", title, row=officer, refused=refused, sentence=sentence)
        return page, refused.status if refused is not None else 200

    def _password_page(self, username: str, password: str) -> str:
        return self.render("backoffice/staff_password.html", _("首次登入密碼"), username=username, password=password)

    def _form_page(self, form: AccountForm, title: Any, refused: RuleError | None, **values: Any) -> Answer:
        if refused is not None:
            refuse(form, refused)
        status = status_of(form, refused)
        return self.render("backoffice/staff_form.html", title, form=form, **values), status
