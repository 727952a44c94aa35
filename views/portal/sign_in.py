"""登入 and 登出; who has a second factor is asked for its code before anything opens."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.security import forgotten
from app.services import accounts, second_factor, sessions
from models import Applicant, SessionKind
from views.portal import captcha
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor, browser_session, checked_next

#: Where the session keeps who has given the right password and still owes the code, and for how long.
HALF, HALF_LIVES = "half_signed_in", timedelta(minutes=10)


class SignInForm(PortalForm):
    """登入系統."""

    identifier = Text(_l("帳號"))
    password = Text(_l("密碼"))
    captcha = Text(_l("驗證碼"))


class CodeForm(PortalForm):
    """兩步驟驗證, at sign-in and when it is set up."""

    code = Text(_l("驗證碼"))


@door.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Sign in with ID number or e-mail, password and code; then on to the page that was asked for."""
    form, wanted = SignInForm(), request.args.get("next")
    if request.method != "POST" or captcha.change_wanted():
        return _page(form, wanted)
    try:
        # One sentence for code, account and password; a wrong code is not a try at the password.
        if not captcha.passed(form.captcha.data):
            raise accounts.SignInFailed("identifier")
        applicant = accounts.sign_in(form.identifier.data, form.password.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.password.data = form.captcha.data = ""
        return _page(form, wanted), error.status
    if accounts.has_second_factor(applicant.id):
        return _to_code(applicant, wanted)
    browser_session().sign_in(applicant.id)
    return redirect(checked_next(wanted))


def _page(form: SignInForm, wanted: str | None) -> str:
    return render_template("portal/login.html", form=form, challenge=captcha.challenge(), wanted=wanted)


def _to_code(applicant: Applicant, wanted: str | None) -> Response:
    until = (clock.now() + HALF_LIVES).timestamp()
    half = {"applicant_id": applicant.id, "version": applicant.version, "until": until, "next": wanted}
    browser_session().sign_out()  # under a new number; nobody is signed in yet
    session[HALF] = half
    return redirect(url_for("portal.login_code"))


def _half_signed_in() -> Applicant | None:
    """Who owes a code: for ten minutes, while the account is as it was (a new password starts over)."""
    half = session.get(HALF)
    if not half or clock.now().timestamp() >= half["until"]:
        return None
    applicant = accounts.get(half["applicant_id"])
    return applicant if applicant is not None and applicant.version == half["version"] else None


@door.route("/login/code", methods=["GET", "POST"])
def login_code() -> str | Response | tuple[str, int]:
    """The second step: a code of the telephone, or a recovery code."""
    applicant, form = _half_signed_in(), CodeForm()
    if applicant is None:
        session.pop(HALF, None)
        return redirect(url_for("portal.login"))
    if request.method != "POST":
        return render_template("portal/login_code.html", form=form)
    applicant_id, wanted = applicant.id, session[HALF]["next"]
    try:
        second_factor.check(SessionKind.APPLICANT, applicant_id, form.code.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.code.data = ""
        return render_template("portal/login_code.html", form=form), error.status
    browser_session().sign_in(applicant_id)
    return redirect(checked_next(wanted))


@door.post("/logout")
def logout() -> Response:
    """Sign out: the session ends on the server, and the browser is told to forget what it holds."""
    held = browser_session()
    if held.subject_id is not None:
        sessions.note_sign_out(held.row_id, actor())
    held.sign_out()
    return forgotten(redirect(url_for("portal.home")))
