"""Closed by default: a page of the portal is open to applicants who have signed in, unless it is listed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.security import Actor
from app.services import accounts
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
    "portal.procedures",
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
    "portal.verify",
    "portal.verified",
    "portal.login",
    "portal.logout",
    "portal.outbox",
)


def browser_session() -> ServerSession:
    """This browser's session, as what it is."""
    return cast(ServerSession, session)


@door.before_request
def _closed_by_default() -> Response | None:
    g.applicant = accounts.get(browser_session().subject_id)
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
    wanted = wanted or ""
    is_ours = wanted.startswith("/portal/") and not any(sign in wanted for sign in ("\\", ".."))
    return wanted if is_ours else url_for("portal.home")


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
