"""帳號註冊結果: where the mail went, and what to do when it does not come."""

from __future__ import annotations

from dataclasses import asdict

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.rules import masking
from app.services import mobile_codes, short_messages, verification
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor
from views.portal.registration import REGISTERED
from views.portal.sms import MobileCodeForm, code_page

RESEND_MINUTES = int(verification.RESEND_AFTER.total_seconds() // 60)


class MailForm(PortalForm):
    """更正電子郵件."""

    mail = Text(_l("正確的電子郵件"))


def _receipt() -> verification.Receipt | None:
    """The registration that this browser has just made."""
    kept = session.get(REGISTERED)
    return verification.Receipt(**kept) if kept else None


@door.get("/register/done")
def register_done() -> str | Response:
    """註冊成功: reads the same whether or not an account was made."""
    receipt = _receipt()
    if receipt is None:
        return redirect(url_for("portal.register_notice"))
    return _page(receipt, PortalForm(), request.args.get("told", ""))


def _page(receipt: verification.Receipt, form: PortalForm, told: str = "") -> str:
    offers_code = short_messages.are_on() and short_messages.is_taiwanese(receipt.mobile)
    return render_template(
        "portal/register_done.html",
        mail=receipt.mail_masked,
        mobile=masking.mobile(receipt.mobile) if offers_code else "",
        form=form,
        told=told,
        minutes=RESEND_MINUTES,
    )


@door.post("/register/resend")
def register_resend() -> str | Response | tuple[str, int]:
    """重新寄送驗證信."""
    receipt, form = _receipt(), PortalForm()
    if receipt is None:
        return redirect(url_for("portal.register_notice"))
    try:
        verification.resend(receipt, actor())
    except RuleError as error:
        form.refuse(error)
        return _page(receipt, form), error.status
    return redirect(url_for("portal.register_done", told="resent"))


@door.route("/register/correct", methods=["GET", "POST"])
def register_correct() -> str | Response | tuple[str, int]:
    """更正電子郵件 of an account that waits for its mail."""
    receipt, form = _receipt(), MailForm()
    if receipt is None:
        return redirect(url_for("portal.register_notice"))
    if request.method != "POST":
        return render_template("portal/register_correct.html", form=form, mail=receipt.mail_masked)
    try:
        session[REGISTERED] = asdict(verification.correct_mail(receipt, form.mail.data, actor()))
    except RuleError as error:
        form.refuse(error, {"email": "mail"})
        page = render_template("portal/register_correct.html", form=form, mail=receipt.mail_masked)
        return page, error.status
    return redirect(url_for("portal.register_done", told="corrected"))


@door.post("/register/mobile/send")
def register_mobile_send() -> str | Response | tuple[str, int]:
    """Send a code to the mobile number that was just registered."""
    receipt, form = _receipt(), PortalForm()
    if receipt is None:
        return redirect(url_for("portal.register_notice"))
    try:
        mobile_codes.send_first_code(receipt, actor())
    except RuleError as error:
        form.refuse(error)
        return _page(receipt, form), error.status
    return redirect(url_for("portal.register_mobile"))


@door.route("/register/mobile", methods=["GET", "POST"])
def register_mobile() -> str | Response | tuple[str, int]:
    """Type the code of the SMS, before or after the mail has come."""
    receipt, form = _receipt(), MobileCodeForm()
    if receipt is None:
        return redirect(url_for("portal.register_notice"))
    if request.method != "POST":
        return code_page(form, receipt.mobile, "register")
    try:
        mobile_codes.confirm_first(receipt, form.code.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.code.data = ""
        return code_page(form, receipt.mobile, "register"), error.status
    return redirect(url_for("portal.register_done", told="mobile"))
