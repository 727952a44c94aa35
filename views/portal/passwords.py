"""忘記密碼 by a one-time link, and 變更密碼. The link's page may be looked at; only its button uses the link up."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.services import passwords
from app.services.registration import FieldMissing
from models import Applicant
from views.portal import captcha
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor, browser_session, signed_in

RESET_MINUTES = int(passwords.RESET_LIVES.total_seconds() // 60)


class ForgottenForm(PortalForm):
    """忘記密碼."""

    identifier = Text(_l("帳號"))
    captcha = Text(_l("驗證碼"))


class NewPasswordForm(PortalForm):
    """設定新密碼."""

    password = Text(_l("新密碼"))
    password_again = Text(_l("確認新密碼"))


class ChangeForm(NewPasswordForm):
    """變更密碼."""

    current = Text(_l("目前的密碼"))


@door.route("/password", methods=["GET", "POST"])
def password_forgotten() -> str | Response | tuple[str, int]:
    """Ask for a link by mail; the answer is the same for everybody."""
    form = ForgottenForm()
    if request.method != "POST" or captcha.change_wanted():
        return _forgotten(form)
    try:
        if not captcha.passed(form.captcha.data):
            raise captcha.CaptchaWrong("captcha")
        if not form.identifier.data.strip():
            raise FieldMissing("identifier")
        passwords.request_reset(form.identifier.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.captcha.data = ""
        return _forgotten(form), error.status
    return redirect(url_for("portal.password_sent"))


def _forgotten(form: ForgottenForm) -> str:
    return render_template("portal/password_forgotten.html", form=form, challenge=captcha.challenge())


@door.get("/password/sent")
def password_sent() -> str:
    """Where the link went, if there is such an account."""
    return render_template("portal/password_sent.html", minutes=RESET_MINUTES)


@door.route("/password/<token>", methods=["GET", "POST"])
def password_reset(token: str) -> str | Response | tuple[str, int]:
    """Choose a new password by the link of the mail."""
    form = NewPasswordForm()
    if request.method != "POST":
        if passwords.reset_is_live(token):
            return render_template("portal/password_reset.html", form=form)
        return _link_is_dead()
    try:
        passwords.reset(token, form.password.data, form.password_again.data, actor())
    except passwords.ResetLinkInvalid:
        return _link_is_dead()
    except RuleError as error:
        form.refuse(error)
        return render_template("portal/password_reset.html", form=form), error.status
    return redirect(url_for("portal.password_renewed"))


def _link_is_dead() -> tuple[str, int]:
    return render_template("portal/password_bad.html"), passwords.ResetLinkInvalid.status


@door.get("/password/renewed")
def password_renewed() -> str:
    """The new password counts; signing in with it is left to the reader."""
    return render_template("portal/password_renewed.html")


@door.route("/my/password", methods=["GET", "POST"])
@signed_in
def password_change(applicant: Applicant) -> str | Response | tuple[str, int]:
    """變更密碼: this browser stays signed in; every other session ends, and a copy of this one's cookie with them."""
    form = ChangeForm()
    if request.method != "POST":
        return render_template("portal/password_change.html", form=form, told=request.args.get("told"))
    typed = (form.current.data, form.password.data, form.password_again.data)
    try:
        passwords.change(applicant.id, *typed, browser_session().row_id, actor())
    except RuleError as error:
        form.refuse(error)
        if form.current.errors:
            form.current.data = ""
        return render_template("portal/password_change.html", form=form, told=None), error.status
    browser_session().change_number()
    return redirect(url_for("portal.password_change", told="changed"))
