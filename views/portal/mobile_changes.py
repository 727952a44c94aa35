"""變更手機: an officer has proposed another number; a code sent there, or the password, makes it count."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.rules import masking
from app.services import mobile_changes
from models import Applicant
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor, signed_in


class MobileChangeForm(PortalForm):
    """The code of the SMS, or the account's password where no SMS can go."""

    code = Text(_l("簡訊驗證碼（6位數字）"))
    password = Text(_l("密碼"))


@door.route("/my/mobile", methods=["GET", "POST"])
@signed_in
def mobile_change(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Confirm the proposed number; looking changes nothing."""
    form, proposed = MobileChangeForm(), mobile_changes.waiting_for(applicant.id)
    if proposed is None:
        return redirect(url_for("portal.sms"))
    needs_code = mobile_changes.needs_code(proposed)
    if request.method != "POST":
        return _page(applicant, form)
    try:
        if needs_code:
            mobile_changes.confirm_code(applicant.id, form.code.data, actor())
        else:
            mobile_changes.confirm_password(applicant.id, form.password.data, actor())
    except RuleError as error:
        return _refused(applicant, form, error)
    return redirect(url_for("portal.sms", told="changed"))


@door.post("/my/mobile/send")
@signed_in
def mobile_change_send(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Send a code to the proposed number."""
    try:
        mobile_changes.send_code(applicant.id, actor())
    except RuleError as error:
        return _refused(applicant, MobileChangeForm(), error)
    return redirect(url_for("portal.mobile_change", told="sent"))


def _refused(applicant: Applicant, form: MobileChangeForm, error: RuleError) -> Response | tuple[str, int]:
    form.refuse(error)
    form.code.data = form.password.data = ""
    if mobile_changes.waiting_for(applicant.id) is None:
        return redirect(url_for("portal.sms"))
    return _page(applicant, form), error.status


def _page(applicant: Applicant, form: MobileChangeForm) -> str:
    proposed = mobile_changes.waiting_for(applicant.id)
    return render_template(
        "portal/mobile_change.html",
        form=form,
        before=masking.mobile(applicant.mobile),
        mobile=masking.mobile(proposed.value) if proposed else "",
        needs_code=proposed is not None and mobile_changes.needs_code(proposed),
        told=request.args.get("told", ""),
    )
