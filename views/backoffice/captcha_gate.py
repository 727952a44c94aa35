"""The CAPTCHA of the sign-in page: a new code each time the page is shown, five minutes old at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import session

from app.services import challenges
from app.services.challenges import MOST_PLAYS, PICTURE, WORDS

__all__ = ["LIVES", "MOST_PLAYS", "PICTURE", "WORDS", "ask", "passed", "picture", "voice"]

LIVES = timedelta(minutes=5)


def ask(form: str) -> dict[str, Any]:
    """Begin anew, with a picture or with words; what the page has to show."""
    return challenges.ask(session, form, LIVES)


def picture() -> bytes | None:
    """The code that is asked for, as a picture; None when none is."""
    return challenges.picture(session)


def voice() -> bytes | None:
    """The code that is asked for, spoken; None when none is, or when it was played too often."""
    return challenges.voice(session)


def passed(typed: str) -> bool:
    """Whether the right code was typed; right or wrong, it is used up."""
    return challenges.passed(session, typed)
