"""帳號驗證: the link of the mail shows a button; only the button uses it up, so that a mail scanner cannot."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.services import verification
from views.portal.door import door
from views.portal.guard import actor
from views.portal.registration import REGISTERED

GONE = 410


@door.route("/verify/<token>", methods=["GET", "POST"])
def verify(token: str) -> str | Response | tuple[str, int]:
    """Finish the registration with a one-time link."""
    try:
        if request.method == "POST":
            verification.verify(token, actor())
            session.pop(REGISTERED, None)
            return redirect(url_for("portal.verified"))
    except verification.LinkInvalid:
        pass
    else:
        if verification.link_is_live(token):
            return render_template("portal/verify.html")
    return render_template("portal/verify_bad.html", can_resend=bool(session.get(REGISTERED))), GONE


@door.get("/verified")
def verified() -> str:
    """帳號驗證成功."""
    return render_template("portal/verified.html")
