"""我的登入裝置: where this account is signed in; end one, end all others."""

from __future__ import annotations

import re
import uuid

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotFound
from app.i18n import _
from app.services import sessions
from app.session import idle_limit
from models import Applicant, BrowserSession, SessionKind
from views.portal.door import door
from views.portal.guard import actor, browser_session, signed_in

#: What a browser calls itself: the first that fits counts, for they all claim to be each other.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
OTHERS = "others"


@door.route("/my/sessions", methods=["GET", "POST"], endpoint="my_sessions")
@signed_in
def my_sessions_page(applicant: Applicant) -> str | Response:
    """List them, this one first; a button ends one or all others."""
    here = browser_session().row_id
    if request.method == "POST":
        _end(applicant, request.form.get("session_id", ""), here)
        return redirect(url_for("portal.my_sessions", told="ended"))
    rows = sorted(filter(_is_awake, sessions.of(SessionKind.APPLICANT, applicant.id)), key=lambda row: row.id != here)
    return render_template(
        "portal/my_sessions.html", rows=rows, here=here, device=device, others=OTHERS, told=request.args.get("told")
    )


def _end(applicant: Applicant, which: str, here: str | None) -> None:
    if which == OTHERS:
        sessions.end_others(SessionKind.APPLICANT, applicant.id, here, actor())
        return
    try:
        session_id = str(uuid.UUID(which))
    except ValueError as error:
        raise NotFound() from error
    sessions.end(SessionKind.APPLICANT, applicant.id, session_id, actor())


def _is_awake(row: BrowserSession) -> bool:
    """Whether the session could still be used: one that idled too long only waits to be cleared away."""
    return clock.now() - row.seen_at < idle_limit(current_app, SessionKind.APPLICANT)


def device(row: BrowserSession) -> str:
    """Browser and system in words, from what the browser calls itself."""
    agent = row.user_agent or ""
    found = [next((name for sign, name in names if re.search(sign, agent)), "") for names in (_BROWSERS, _SYSTEMS)]
    return "・".join(filter(None, found)) or _("不明裝置")
