"""Who may open a page: signed in and permitted, or 403; the way to the sign-in page and back."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import NotAllowed
from app.rules.vocabulary import StaffRole
from app.security import path_within
from app.services import sessions
from models import Officer

#: The doors of staff: nobody is sent anywhere else after signing in.
_DOORS = ("/backoffice/", "/auditor/")
#: All that a stranger may ask of the back office.
_SIGN_IN_PARTS = ("login", "picture", "voice", "logout", "stay")
#: Each of these shows itself only to somebody who has given a right password a moment ago.
_STEPS = ("code", "password", "set_up", "qr")
PUBLIC = frozenset(
    {
        *(f"SignInView.{part}" for part in _SIGN_IN_PARTS),
        *(f"SignInStepsView.{part}" for part in _STEPS),
        "LanguageView.choose",
    }
)


def closed_to_strangers() -> Response | None:
    """Before each request: whoever is not signed in is shown the way in, whatever the page itself checks."""
    if not request.path.startswith("/backoffice/") or request.endpoint is None or request.endpoint in PUBLIC:
        return None
    return None if current_user.is_authenticated else to_sign_in()


def permitted(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever holds the method's permission; raises ``NotAllowed``, sends strangers to the sign-in page.

    Stands in for Flask-AppBuilder's ``has_access``, which flashes English and opens a session for every stranger.
    """
    name = getattr(method, "_permission_name", method.__name__)

    @functools.wraps(method)
    def guarded(view: Any, *args: Any, **values: Any) -> Any:
        if not current_user.is_authenticated:
            return to_sign_in()
        if not may(view, f"can_{name}"):
            raise NotAllowed()
        return method(view, *args, **values)

    guarded._permission_name = name  # type: ignore[attr-defined]
    return guarded


def ask_again(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page open only to somebody who has given the password again within ``sessions.FRESH_FOR``.

    Stands below ``@permitted``. Anybody else is asked for it and led back; what was posted has to be sent once more,
    so a form that is marked with this asks before it is shown, too.
    """

    @functools.wraps(method)
    def guarded(view: Any, *args: Any, **values: Any) -> Any:
        return method(view, *args, **values) if sessions.is_fresh(session) else to_confirmation()

    return guarded


def to_confirmation() -> Response:
    """The page that asks for the password again and leads back here."""
    is_form = request.method != "GET"
    here = request.path if is_form else request.full_path.rstrip("?")
    return redirect(url_for("OwnAccountView.confirm", next=local_path(here), again=1 if is_form else None))


def may(view: Any, permission: str) -> bool:
    """Whether the officer of this request holds a permission that the view offers."""
    offered = permission in view.base_permissions
    return offered and bool(view.appbuilder.sm.has_access(permission, view.class_permission_name))


def to_sign_in() -> Response:
    """The sign-in page, which leads back here afterwards (a page that was posted cannot be opened again)."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("SignInView.login", next=local_path(here)))


def local_path(target: str | None) -> str | None:
    """The address to go on to, if it is a path of a staff door; None for anything that could lead elsewhere."""
    return path_within(target, _DOORS)


def is_only_auditor(officer: Officer) -> bool:
    """Whether this person has no business in the back office."""
    return {role.name for role in officer.roles} == {StaffRole.AUDITOR.value}


def front_page(officer: Officer) -> str:
    """Where somebody lands who has just signed in."""
    return "/auditor/" if is_only_auditor(officer) else url_for("HomeView.index")
