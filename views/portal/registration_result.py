"""帳號註冊結果: where the mail went, and what to do when it does not come."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.services import verification
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm, Text
from views.portal.guard import actor
from views.portal.registration import REGISTERED

RESEND_MINUTES = int(verification.RESEND_AFTER.total_seconds() // 60)


class MailForm(PortalForm):
    """更正電子郵件."""

    mail = Text(_l("正確的電子郵件"))


@door.get("/register/done")
def register_done() -> str | Response:
    """註冊成功: reads the same whether or not an account was made."""
    done = session.get(REGISTERED)
    if not done:
        return redirect(url_for("portal.register_notice"))
    return _page(done["mail"], PortalForm(), request.args.get("told", ""))


def _page(mail: str, form: PortalForm, told: str = "") -> str:
    return render_template("portal/register_done.html", mail=mail, form=form, told=told, minutes=RESEND_MINUTES)


@door.post("/register/resend")
def register_resend() -> str | Response | tuple[str, int]:
    """重新寄送驗證信."""
    done, form = session.get(REGISTERED), PortalForm()
    if not done:
        return redirect(url_for("portal.register_notice"))
    try:
        verification.resend(done["applicant_id"], actor())
    except RuleError as error:
        form.refuse(error)
        return _page(done["mail"], form), UNPROCESSABLE
    return redirect(url_for("portal.register_done", told="resent"))


@door.route("/register/correct", methods=["GET", "POST"])
def register_correct() -> str | Response | tuple[str, int]:
    """更正電子郵件 of an account that waits for its mail."""
    done, form = session.get(REGISTERED), MailForm()
    if not done:
        return redirect(url_for("portal.register_notice"))
    if request.method == "GET":
        return render_template("portal/register_correct.html", form=form, mail=done["mail"])
    try:
        receipt = verification.correct_mail(done["applicant_id"], form.mail.data, actor())
    except RuleError as error:
        form.refuse(error, {"email": "mail"})
        return render_template("portal/register_correct.html", form=form, mail=done["mail"]), UNPROCESSABLE
    session[REGISTERED] = {**done, "mail": receipt.mail_masked}
    return redirect(url_for("portal.register_done", told="corrected"))
