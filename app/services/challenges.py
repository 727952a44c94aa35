"""The CAPTCHA that a session is asked for: one code at a time, one try at it, a picture or words, a few plays.

``content`` is the content of the visitor's session, where the code is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

from app import clock
from app.adapters import captcha

Content = MutableMapping[str, Any]
PICTURE, WORDS = "picture", "words"
#: How often the voice of one code may be asked for: each time costs 0.2 s of the processor.
MOST_PLAYS = 5
_KEY = "captcha"


def ask(content: Content, form: str, lives: timedelta | None = None) -> dict[str, Any]:
    """Begin anew, with a picture or with words (a question, or the code spoken); what the page has to show.

    The code works until it is tried, or for as long as ``lives``.
    """
    asked, answer = captcha.question()
    content[_KEY] = {
        "form": WORDS if form == WORDS else PICTURE,
        "code": captcha.new_code(),
        "asked": str(asked),
        "answer": answer,
        "plays": 0,
        "until": (clock.now() + lives).timestamp() if lives else None,
        "serial": secrets.token_hex(4),  # in the picture's address, so that no browser shows the one before
    }
    return dict(content[_KEY])


def held(content: Content) -> dict[str, Any] | None:
    """What is asked for now; None when nothing is, or no longer."""
    kept: dict[str, Any] | None = content.get(_KEY)
    is_over = kept is not None and kept["until"] is not None and clock.now().timestamp() >= kept["until"]
    return None if is_over else kept


def passed(content: Content, typed: str) -> bool:
    """Whether the right code was typed; right or wrong, it is used up."""
    kept = held(content)
    content.pop(_KEY, None)
    if kept is None:
        return False
    fits = captcha.matches(kept["code"], typed)
    return fits or (kept["form"] == WORDS and captcha.matches(kept["answer"], typed))


def picture(content: Content) -> bytes | None:
    """The code that is asked for, as a picture; None when none is."""
    kept = held(content)
    return captcha.picture(kept["code"]) if kept else None


def voice(content: Content) -> bytes | None:
    """The code that is asked for, spoken; None when none is, or when it was played too often."""
    kept = held(content)
    if kept is None or kept["plays"] >= MOST_PLAYS:
        return None
    content[_KEY] = {**kept, "plays": kept["plays"] + 1}
    return captcha.spoken(kept["code"])
