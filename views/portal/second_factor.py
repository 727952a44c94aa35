"""兩步驟驗證, which an applicant may switch on: set up with a QR code, recovery codes shown once, switch off."""

from __future__ import annotations

import io
from urllib.parse import quote

import segno
from flask import Response as Answer
from flask import abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.services import accounts, second_factor
from models import Applicant, SessionKind
from views.portal.door import door
from views.portal.forms import PortalForm
from views.portal.guard import actor, ask_again, browser_session, signed_in
from views.portal.sign_in import CodeForm

KIND = SessionKind.APPLICANT
#: Where the session keeps a secret that is not confirmed yet.
PROPOSED = "proposed_secret"


@door.get("/my/second-factor", endpoint="second_factor")
@signed_in
def second_factor_page(applicant: Applicant) -> str:
    """Whether it is on, and what can be done."""
    return _state(applicant)


def _state(applicant: Applicant) -> str:
    is_on = accounts.has_second_factor(applicant.id)
    left = second_factor.codes_left(KIND, applicant.id) if is_on else 0
    return render_template("portal/second_factor.html", is_on=is_on, left=left, told=request.args.get("told"))


def _account(applicant: Applicant) -> str:
    return quote(applicant.mail)


@door.route("/my/second-factor/set-up", methods=["GET", "POST"])
@signed_in
@ask_again
def second_factor_set_up(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Scan the picture, prove it with a code; the recovery codes are shown once."""
    if accounts.has_second_factor(applicant.id):
        return redirect(url_for("portal.second_factor"))
    secret, _address = second_factor.propose(_account(applicant), session.get(PROPOSED))
    session[PROPOSED] = secret
    form = CodeForm()
    if request.method != "POST":
        return _set_up(form, secret)
    try:
        here = browser_session().row_id
        codes = second_factor.adopt(KIND, applicant.id, secret, form.code.data, here, actor())
    except RuleError as error:
        form.refuse(error)
        form.code.data = ""
        return _set_up(form, secret), error.status
    session.pop(PROPOSED)
    browser_session().change_number()
    return render_template("portal/second_factor_codes.html", codes=codes)


def _set_up(form: CodeForm, secret: str) -> str:
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template("portal/second_factor_set_up.html", form=form, secret=spaced)


@door.get("/my/second-factor/qr.svg")
@signed_in
def second_factor_picture(applicant: Applicant) -> Answer:
    """The proposed secret as a QR code; kept by no cache."""
    if PROPOSED not in session:
        abort(404)
    _secret, address = second_factor.propose(_account(applicant), session[PROPOSED])
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff")
    return Answer(picture.getvalue(), mimetype="image/svg+xml")


@door.route("/my/second-factor/codes", methods=["GET", "POST"])
@signed_in
@ask_again
def second_factor_codes(applicant: Applicant) -> str | Response:
    """New recovery codes, shown once; the old ones die."""
    if not accounts.has_second_factor(applicant.id):
        return redirect(url_for("portal.second_factor"))
    if request.method != "POST":
        return render_template("portal/second_factor_renew.html", form=PortalForm())
    codes = second_factor.renew_codes(KIND, applicant.id, actor())
    return render_template("portal/second_factor_codes.html", codes=codes)


@door.route("/my/second-factor/off", methods=["GET", "POST"])
@signed_in
@ask_again
def second_factor_off(applicant: Applicant) -> str | Response:
    """Switch it off."""
    if not accounts.has_second_factor(applicant.id):
        return redirect(url_for("portal.second_factor"))
    if request.method != "POST":
        return render_template("portal/second_factor_off.html", form=PortalForm())
    accounts.switch_second_factor_off(applicant.id, actor())
    return redirect(url_for("portal.second_factor", told="off"))
