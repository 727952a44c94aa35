"""The CAPTCHA of the sign-in page: one code at a time, used once, five minutes old at most, kept in the session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import session

from app import clock
from app.adapters import captcha

LIVES = timedelta(minutes=5)
_KEY = "captcha"


def ask(kind: str) -> str | None:
    """Begin anew with a ``picture`` or a ``question``; returns the question's words."""
    words, answer = captcha.question() if kind == "question" else (None, captcha.new_code())
    until = (clock.now() + LIVES).timestamp()
    session[_KEY] = {"kind": kind, "answer": answer, "until": until}
    return str(words) if words else None


def picture() -> bytes | None:
    """The picture of the code that is asked for; None when none is."""
    asked = _asked()
    return captcha.picture(asked["answer"]) if asked and asked["kind"] == "picture" else None


def passed(typed: str) -> bool:
    """Whether the right code was typed; right or wrong, it is used up."""
    asked = _asked()
    session.pop(_KEY, None)
    return asked is not None and captcha.matches(asked["answer"], typed)


def _asked() -> dict[str, Any] | None:
    asked = session.get(_KEY)
    return asked if asked and clock.now().timestamp() < asked["until"] else None
