"""Closed by default: a page of the portal is open to applicants who have signed in, unless it is listed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.security import Actor, path_within
from app.services import accounts, sessions
from app.session import ServerSession
from models import Applicant
from views.portal.door import door

P = ParamSpec("P")
R = TypeVar("R")

#: Every page that needs no signing in; whatever is not here is closed.
PUBLIC_ROUTES = (
    "portal.home",
    "portal.account",
    "portal.visits",
    "portal.family_book",
    "portal.procedures",
    "portal.notice",
    "portal.hours",
    "portal.sitemap",
    "portal.privacy_notice",
    "portal.language",
    "portal.captcha_picture",
    "portal.captcha_voice",
    "portal.register_notice",
    "portal.register",
    "portal.register_done",
    "portal.register_resend",
    "portal.register_correct",
    "portal.register_mobile",
    "portal.register_mobile_send",
    "portal.verify",
    "portal.verified",
    "portal.login",
    "portal.login_code",
    "portal.logout",
    "portal.password_forgotten",
    "portal.password_sent",
    "portal.password_reset",
    "portal.password_renewed",
    "portal.mail_change",
    "portal.mail_change_done",
    "portal.outbox",
    "portal.waiting_screen",
    "portal.sms_receipt",
)


def browser_session() -> ServerSession:
    """This browser's session, as what it is."""
    return cast(ServerSession, session)


@door.before_request
def _closed_by_default() -> Response | None:
    held = browser_session()
    g.applicant = accounts.get(held.subject_id)
    if g.applicant is None and held.subject_id is not None:
        held.sign_out()  # the account was disabled or has gone: its sessions end with it
    if g.applicant is not None or request.endpoint in PUBLIC_ROUTES:
        return None
    return to_login()


def to_login() -> Response:
    """To the login page, which leads back to the page that was asked for."""
    rule = request.url_rule
    # A form that was sent after the session ended comes back as the page that it stood on.
    wanted = request.full_path.rstrip("?") if rule and "GET" in (rule.methods or ()) else ""
    return redirect(url_for("portal.login", next=wanted or None))


def checked_next(wanted: str | None) -> str:
    """Where to go after signing in: a page of this door, else the first one."""
    return path_within(wanted, ("/portal/",)) or url_for("portal.home")


def ask_again(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Ask for the password again before a page that matters, unless it was given a moment ago."""

    @wraps(view)
    def page(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if sessions.is_fresh(session):
            return view(*args, **kwargs)
        return redirect(url_for("portal.confirm_password", next=request.path))

    return page


def signed_in(view: Callable[Concatenate[Applicant, P], R]) -> Callable[P, R]:
    """Hand the applicant of this session to a page; there always is one on a page that is not listed as public."""

    @wraps(view)
    def page(*args: P.args, **kwargs: P.kwargs) -> R:
        if g.get("applicant") is None:
            raise NotFound()
        return view(g.applicant, *args, **kwargs)

    return page


def actor() -> Actor:
    """Who is acting on this request: the applicant, or a visitor."""
    return Actor.applicant(g.applicant) if g.get("applicant") is not None else Actor.visitor()
