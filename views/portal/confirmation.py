"""再次輸入密碼: asked before what matters (``guard.ask_again``), good for a few minutes in this session."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.services import passwords, sessions
from models import Applicant, SessionKind
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor, checked_next, signed_in


class ConfirmForm(PortalForm):
    """再次輸入密碼."""

    password = Text(_l("密碼"))


@door.route("/my/confirm", methods=["GET", "POST"])
@signed_in
def confirm_password(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Ask for the password, then lead on to the page that wanted it."""
    form, wanted = ConfirmForm(), request.args.get("next")
    if request.method != "POST":
        return render_template("portal/confirm_password.html", form=form, wanted=wanted)
    try:
        passwords.confirm(SessionKind.APPLICANT, applicant.id, form.password.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.password.data = ""
        return render_template("portal/confirm_password.html", form=form, wanted=wanted), error.status
    session[sessions.CONFIRMED_AT] = clock.now().timestamp()
    return redirect(checked_next(wanted))
