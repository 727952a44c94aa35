"""Between the password and the door: who has given a right password, and what is still missing.

The state lives in the server-side session for ten minutes and opens nothing but the steps of signing in: nobody is
signed in until :func:`finish`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import redirect, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from app import clock
from app.extensions import db
from app.security import Actor
from app.services import passwords, second_factor, staff
from app.session import ServerSession
from models import Officer, SessionKind
from views.backoffice.access import front_page, local_path

LIVES = timedelta(minutes=10)
_KEY = "half_signed_in"


@dataclass(frozen=True)
class Half:
    """Somebody on the way in."""

    officer: Officer
    next: str | None
    secret: str | None

    @property
    def subject_id(self) -> str:
        """Under which name the second factor is kept."""
        return str(self.officer.id)

    @property
    def actor(self) -> Actor:
        """Who is written into the trail."""
        return Actor.staff(self.officer)


def begin(officer: Officer, target: str | None) -> Response:
    """Remember, under a new session number, that the password was right; leads to the next step."""
    server = cast(ServerSession, session)
    server.sign_out()  # what a stranger collected goes, and the number changes
    session[_KEY] = {
        "officer": officer.id,
        "password": _stamp(officer),
        "until": (clock.now() + LIVES).timestamp(),
        "next": local_path(target),
        "code_passed": False,
        "secret": None,
    }
    return to_next_step()


def current() -> Half | None:
    """Who is on the way in: the account may still be used, and its password is the one that was given."""
    held = session.get(_KEY)
    if not held or clock.now().timestamp() >= held["until"]:
        return None
    officer = db.session.get(Officer, held["officer"])
    if officer is None or not staff.is_usable(officer, clock.today()) or _stamp(officer) != held["password"]:
        return None
    return Half(officer, held["next"], held["secret"])


def remember(**values: Any) -> None:
    """Keep something about whoever is on the way in."""
    session[_KEY] = {**session[_KEY], **values}


def password_changed(officer: Officer) -> None:
    """Go on with the password that was just chosen."""
    remember(password=_stamp(officer))


def next_step(half: Half) -> str | None:
    """The page of the step that is missing; None when nothing is.

    A second factor that is set up is asked for before a password may be changed: a stolen old password is not enough.
    """
    is_set_up = second_factor.is_set_up(SessionKind.STAFF, half.subject_id)
    if is_set_up and not session[_KEY]["code_passed"]:
        return "code"
    if passwords.must_change(half.officer):
        return "password"
    return None if is_set_up else "set_up"


def to_next_step() -> Response:
    """The page of the missing step, the sign-in page for strangers, the front page when everything is done."""
    half = current()
    if half is None:
        return redirect(url_for("SignInView.login", late=1))
    step = next_step(half)
    if step is not None:
        return redirect(url_for(f"SignInStepsView.{step}"))
    return redirect(finish(half))


def finish(half: Half) -> str:
    """Open the door under another new session number; returns where to go."""
    officer_id = half.officer.id
    staff.signed_in(officer_id, half.actor)
    officer = db.session.get_one(Officer, officer_id)
    cast(ServerSession, session).sign_in(str(officer_id))
    login_user(officer)
    return half.next or front_page(officer)


def step(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Opens a page only to somebody whose missing step it is; anybody else is led to theirs."""

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def guarded(view: Any, *args: Any, **values: Any) -> Any:
            half = current()
            if half is None or next_step(half) != name:
                return to_next_step()
            return method(view, half, *args, **values)

        return guarded

    return wrap


def _stamp(officer: Officer) -> str:
    """Which password it was: another one has another stamp."""
    return hashlib.sha256((officer.password or "").encode()).hexdigest()
