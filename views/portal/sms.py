"""簡訊通知設定: prove one's mobile number with a code, and say whether SMS are wanted besides mails."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField

from app.errors import RuleError
from app.i18n import _l
from app.rules import masking
from app.services import mobile_changes, mobile_codes, short_messages
from models import Applicant
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor, signed_in


class PreferenceForm(PortalForm):
    """Besides mails that would do alone."""

    prefers_sms = BooleanField(_l("除電子郵件外，一般通知（預約受理、接見提醒、到期提醒等）也以簡訊傳送給我"))


class MobileCodeForm(PortalForm):
    """The code of the SMS."""

    code = Text(_l("簡訊驗證碼（6位數字）"))


@door.route("/my/sms", methods=["GET", "POST"])
@signed_in
def sms(applicant: Applicant) -> str | Response:
    """How the number stands, and the preference."""
    if request.method != "POST":
        return _page(applicant, PortalForm(), request.args.get("told", ""))
    mobile_codes.prefer(applicant.id, PreferenceForm().prefers_sms.data, actor())
    return redirect(url_for("portal.sms", told="saved"))


def _page(applicant: Applicant, form: PortalForm, told: str = "") -> str:
    preference = PreferenceForm(formdata=None, prefers_sms=applicant.prefers_sms)
    return render_template(
        "portal/sms.html",
        form=form,
        preference=preference,
        are_on=short_messages.are_on(),
        is_taiwanese=short_messages.is_taiwanese(applicant.mobile),
        mobile=masking.mobile(applicant.mobile),
        is_verified=applicant.mobile_verified_at is not None,
        told=told,
        is_proposed=mobile_changes.waiting_for(applicant.id) is not None,
    )


@door.post("/my/sms/send")
@signed_in
def sms_send(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Send a code."""
    try:
        mobile_codes.send_code(applicant.id, actor())
    except RuleError as error:
        form = PortalForm()
        form.refuse(error)
        return _page(applicant, form), error.status
    return redirect(url_for("portal.sms_code"))


@door.route("/my/sms/code", methods=["GET", "POST"])
@signed_in
def sms_code(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Type the code."""
    form = MobileCodeForm()
    if applicant.mobile_verified_at is not None:
        return redirect(url_for("portal.sms"))
    if request.method != "POST":
        return code_page(form, applicant.mobile, "sms")
    try:
        mobile_codes.confirm(applicant.id, form.code.data, actor())
    except RuleError as error:
        form.refuse(error)
        form.code.data = ""
        return code_page(form, applicant.mobile, "sms"), error.status
    return redirect(url_for("portal.sms", told="verified"))


#: The pages around the one with the code: where it leads back to, itself, what sends another code.
_AROUND = {
    "sms": ("portal.sms", "portal.sms_code", "portal.sms_send"),
    "register": ("portal.register_done", "portal.register_mobile", "portal.register_mobile_send"),
}


def code_page(form: MobileCodeForm, mobile: str, where: str) -> str:
    """驗證手機號碼, on the way of somebody signed in or of somebody registering."""
    back, here, again = (url_for(name) for name in _AROUND[where])
    masked = masking.mobile(mobile)
    return render_template("portal/sms_code.html", form=form, mobile=masked, back=back, here=here, again=again)
