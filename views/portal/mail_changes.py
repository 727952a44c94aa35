"""變更電子郵件: the link that an officer's proposal sends to the new address; the account's password makes it count."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.services import mail_changes
from views.portal.door import door
from views.portal.forms import PortalForm, Text
from views.portal.guard import actor


class MailChangeForm(PortalForm):
    """The account's password, which only its owner knows."""

    password = Text(_l("密碼"))


@door.route("/mail/<token>", methods=["GET", "POST"])
def mail_change(token: str) -> str | Response | tuple[str, int]:
    """Confirm a new address; looking does not use the link up."""
    form, mail = MailChangeForm(), mail_changes.proposed(token)
    if mail is None:
        return render_template("portal/mail_change_bad.html"), mail_changes.ChangeLinkInvalid.status
    if request.method != "POST":
        return render_template("portal/mail_change.html", form=form, mail=mail)
    try:
        mail_changes.confirm(token, form.password.data, actor())
    except mail_changes.ChangeLinkInvalid as error:
        return render_template("portal/mail_change_bad.html"), error.status
    except RuleError as error:
        form.refuse(error)
        form.password.data = ""
        return render_template("portal/mail_change.html", form=form, mail=mail), error.status
    return redirect(url_for("portal.mail_change_done"))


@door.get("/mail/changed")
def mail_change_done() -> str:
    """The new address counts."""
    return render_template("portal/mail_change_done.html")
