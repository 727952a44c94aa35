"""基本資料修改: who I am here, my password, where I am signed in; the password asked again before what matters."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules.vocabulary import StaffRole
from app.security import Actor
from app.services import own_details, passwords, second_factor, sessions
from app.session import ServerSession, idle_limit
from models import BrowserSession, Officer, SessionKind
from views.backoffice.access import ask_again, front_page, local_path, permitted
from views.backoffice.browser_names import browser_name
from views.backoffice.columns import Column, shown
from views.backoffice.forms import refuse
from views.backoffice.sign_in_forms import AgainForm, NewPasswordForm, OwnMailForm

Answer = str | Response | tuple[str, int]


def roles_of(officer: Officer) -> str:
    """The roles in words."""
    return "、".join(str(StaffRole(role.name).label) for role in officer.roles if role.name in StaffRole.values())


def agencies_of(officer: Officer) -> str:
    """The names of the agencies."""
    return "、".join(agency.name for agency in officer.agencies)


class OwnAccountView(BaseView):
    """One's own account; every kind of staff, auditors too."""

    route_base = "/backoffice/account"
    default_view = "index"
    base_permissions = ["can_use"]

    facts = (
        Column(_l("帳號"), "username"),
        Column(_l("姓名"), "full_name"),
        Column(_l("電子郵件"), "email"),
        Column(_l("角色"), roles_of),
        Column(_l("機關"), agencies_of),
        Column(_l("有效期限"), "valid_until"),
        Column(_l("最近登入"), "signed_in_at"),
        Column(_l("密碼變更時間"), "password_set_at"),
    )

    @expose("/")
    @permitted
    @permission_name("use")
    def index(self) -> Answer:
        """Everything about oneself, and the way to change it."""
        rows = sessions.past(SessionKind.STAFF, str(current_user.id), most=5)
        return self._page(
            "own_account.html",
            _("基本資料修改"),
            facts=self.facts,
            row=current_user,
            codes_left=second_factor.codes_left(SessionKind.STAFF, str(current_user.id)),
            past=[_seen(row) for row in rows],
        )

    @expose("/mail/", methods=["GET", "POST"])
    @permitted
    @permission_name("use")
    @ask_again
    def mail(self) -> Answer:
        """變更電子郵件; the password is asked again first."""
        form, refused = OwnMailForm(), None
        if request.method != "POST":
            form.email.data = current_user.email
        elif form.validate():
            try:
                told = own_details.change_mail(current_user.id, form.email.data or "", Actor.staff(current_user))
                flash(_("電子郵件已變更，並已通知原信箱。") if told else _("電子郵件已變更。"), "success")
                return redirect(url_for("OwnAccountView.index"))
            except RuleError as error:
                refused = error
                refuse(form, refused)
        return self._page("own_mail.html", _("變更電子郵件"), form=form), _status(form, refused)

    @expose("/password/", methods=["GET", "POST"])
    @permitted
    @permission_name("use")
    def password(self) -> Answer:
        """變更密碼; every other session ends, and a copy of this one's cookie with them."""
        form, refused = NewPasswordForm(), None
        if form.validate_on_submit():
            new = (form.current.data, form.password.data, form.password_again.data)
            try:
                passwords.change_staff(current_user.id, *new, None, Actor.staff(current_user))
                cast(ServerSession, session).change_number()
                flash(_("密碼已變更，其他裝置均已登出。"), "success")
                return redirect(url_for("OwnAccountView.index"))
            except RuleError as error:
                refused = error
        if refused is not None:
            refuse(form, refused)
        return self._page("own_form.html", _("變更密碼"), form=form), _status(form, refused)

    @expose("/confirm/", methods=["GET", "POST"])
    @permitted
    @permission_name("use")
    def confirm(self) -> Answer:
        """The password asked again; leads on to where it was asked."""
        form, refused = AgainForm(), None
        onward = local_path(request.values.get("next")) or front_page(current_user)
        if form.validate_on_submit():
            try:
                passwords.confirm(
                    SessionKind.STAFF, str(current_user.id), form.password.data, Actor.staff(current_user)
                )
                session[sessions.CONFIRMED_AT] = clock.now().timestamp()
                return redirect(onward)
            except RuleError as error:
                refused = error
        form.next.data = onward
        if refused is not None:
            refuse(form, refused)
        minutes = int(sessions.FRESH_FOR.total_seconds() // 60)
        page = self._page("confirm_password.html", _("再次確認密碼"), form=form, onward=onward, minutes=minutes)
        return page, _status(form, refused)

    @expose("/sessions/")
    @permitted
    @permission_name("use")
    def sessions(self) -> Answer:
        """登入中的裝置, and when one signed in before."""
        idle = idle_limit(current_app._get_current_object(), SessionKind.STAFF)
        here, now = cast(ServerSession, session).row_id, clock.now()
        rows = sessions.past(SessionKind.STAFF, str(current_user.id))
        live = [row for row in rows if row.revoked_at is None and row.expires_at > now and row.seen_at + idle > now]
        live.sort(key=lambda row: row.id != here)
        shown_rows = [(_seen(row), row.id, row.id == here) for row in live]
        past = [_seen(row) for row in rows if row not in live]
        return self._page("own_sessions.html", _("登入中的裝置與登入紀錄"), live=shown_rows, past=past)

    @expose("/sessions/end/<uuid:pk>", methods=["POST"])
    @permitted
    @permission_name("use")
    def end_session(self, pk: Any) -> Response:
        """End one of my sessions; raises ``NotFound`` for anybody else's."""
        sessions.end(SessionKind.STAFF, str(current_user.id), str(pk), Actor.staff(current_user))
        flash(_("已登出該裝置。"), "success")
        return redirect(url_for("OwnAccountView.sessions"))

    @expose("/sessions/end-others/", methods=["POST"])
    @permitted
    @permission_name("use")
    def end_other_sessions(self) -> Response:
        """End all of my sessions but this one."""
        here = cast(ServerSession, session).row_id
        sessions.end_others(SessionKind.STAFF, str(current_user.id), here, Actor.staff(current_user))
        flash(_("已登出其他所有裝置。"), "success")
        return redirect(url_for("OwnAccountView.sessions"))

    def _page(self, template: str, title: str, **values: Any) -> str:
        return str(self.render_template(f"backoffice/{template}", title=title, **values))


def _seen(row: BrowserSession) -> dict[str, Any]:
    """A session as a list shows it."""
    return {
        "from": shown(row.created_at),
        "until": shown(row.seen_at),
        "address": row.remote_address or "－",
        "browser": browser_name(row.user_agent),
    }


def _status(form: AgainForm | NewPasswordForm | OwnMailForm, refused: RuleError | None) -> int:
    return refused.status if refused is not None else 422 if form.errors else 200
