"""The CAPTCHA of the sign-in page: one code at a time, used once, five minutes old at most, kept in the session."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import session

from app import clock
from app.adapters import captcha

LIVES = timedelta(minutes=5)
#: How often the voice of one code may be asked for: each time costs 0.2 s of the processor.
MOST_PLAYS = 5
PICTURE, WORDS = "picture", "words"
_KEY = "captcha"


def ask(form: str) -> dict[str, Any]:
    """Begin anew, with a picture or with words (a question, or the code spoken); what the page has to show."""
    asked, answer = captcha.question()
    session[_KEY] = {
        "form": WORDS if form == WORDS else PICTURE,
        "code": captcha.new_code(),
        "asked": str(asked),
        "answer": answer,
        "plays": 0,
        "until": (clock.now() + LIVES).timestamp(),
        "serial": secrets.token_hex(4),  # in the picture's address, so that no browser shows the one before
    }
    return dict(session[_KEY])


def picture() -> bytes | None:
    """The code that is asked for, as a picture; None when none is."""
    held = _held()
    return captcha.picture(held["code"]) if held else None


def voice() -> bytes | None:
    """The code that is asked for, spoken; None when none is, or when it was played too often."""
    held = _held()
    if held is None or held["plays"] >= MOST_PLAYS:
        return None
    session[_KEY] = {**held, "plays": held["plays"] + 1}
    return captcha.spoken(held["code"])


def passed(typed: str) -> bool:
    """Whether the right code was typed; right or wrong, it is used up."""
    held = _held()
    session.pop(_KEY, None)
    if held is None:
        return False
    fits = captcha.matches(held["code"], typed)
    return fits or (held["form"] == WORDS and captcha.matches(held["answer"], typed))


def _held() -> dict[str, Any] | None:
    held = session.get(_KEY)
    return held if held and clock.now().timestamp() < held["until"] else None
