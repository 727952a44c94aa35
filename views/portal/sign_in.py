"""登入 and 登出."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.services import accounts
from views.portal import captcha
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm, Text
from views.portal.guard import actor, browser_session, checked_next


class SignInForm(PortalForm):
    """登入系統."""

    identifier = Text(_l("帳號"))
    password = Text(_l("密碼"))
    captcha = Text(_l("驗證碼"))


@door.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Sign in with ID number or e-mail, password and code; then on to the page that was asked for."""
    form, wanted = SignInForm(), request.args.get("next")
    if request.method == "GET" or captcha.change_wanted():
        return _page(form, wanted)
    try:
        # One sentence for code, account and password; a wrong code is not a try at the password.
        if not captcha.passed(form.captcha.data):
            raise accounts.SignInFailed("identifier")
        applicant = accounts.sign_in(form.identifier.data, form.password.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.password.data = form.captcha.data = ""
        return _page(form, wanted), UNPROCESSABLE
    browser_session().sign_in(applicant.id)
    return redirect(checked_next(wanted))


def _page(form: SignInForm, wanted: str | None) -> str:
    return render_template("portal/login.html", form=form, challenge=captcha.challenge(), wanted=wanted)


@door.post("/logout")
def logout() -> Response:
    """Sign out: the session ends on the server."""
    browser_session().sign_out()
    return redirect(url_for("portal.home"))
