"""驗證碼: a picture, or on request a question and a voice; one code for one try."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, request, session

from app.adapters import captcha as codes
from app.errors import RuleError
from app.i18n import _l
from views.portal.door import door

PLACE = "captcha"
PICTURE, WORDS = "picture", "words"
#: How often the voice of one code may be asked for: each time costs 0.2 s of the processor.
MOST_PLAYS = 5
#: Where the session keeps how often a long form may come back without a new code, and how often it may.
WAIVED, MOST_TRIES = "captcha_waived", 5


class CaptchaWrong(RuleError):
    """What was typed is not the code."""

    sentence = _l("驗證碼不正確，請重新輸入。")


def challenge() -> dict[str, Any]:
    """What the form shows now: made on the first look, kept until it is tried or another one is asked for."""
    return session.get(PLACE) or _new(PICTURE)


def _new(form: str) -> dict[str, Any]:
    asked, answer = codes.question()
    session[PLACE] = {
        "form": form,
        "code": codes.new_code(),
        "asked": str(asked),
        "answer": answer,
        "plays": 0,
        "serial": secrets.token_hex(4),  # in the picture's address, so that no browser shows the one before
    }
    return dict(session[PLACE])


def change_wanted() -> bool:
    """Whether this POST only asks for another code or another form of it; then one is made."""
    wanted = request.form.get("captcha_change")
    if wanted not in (PICTURE, WORDS):
        return False
    _new(wanted)
    return True


def passed(typed: str) -> bool:
    """Whether the typed text fits; right or wrong, the code is used up."""
    held = session.pop(PLACE, None)
    if not held:
        return False
    fits = codes.matches(held["code"], typed)
    return fits or (held["form"] == WORDS and codes.matches(held["answer"], typed))


def proven(typed: str) -> bool:
    """As :func:`passed`, for a long form: who mends a slip elsewhere on it need not type another code each time."""
    left = int(session.get(WAIVED, 0))
    if left or passed(typed):
        session[WAIVED] = left - 1 if left else MOST_TRIES
        return True
    return False


def is_waived() -> bool:
    """Whether the code that was typed right a moment ago still counts."""
    return int(session.get(WAIVED, 0)) > 0


def ask_again() -> None:
    """The form went through: the next one asks for a code of its own."""
    session.pop(WAIVED, None)


@door.get("/captcha.png")
def captcha_picture() -> Response:
    """The code of this session as a picture."""
    held = session.get(PLACE)
    if not held:
        abort(404)
    return Response(codes.picture(held["code"]), mimetype="image/png")


@door.get("/captcha.wav")
def captcha_voice() -> Response:
    """The code of this session, spoken."""
    held = session.get(PLACE)
    if not held or held["plays"] >= MOST_PLAYS:
        abort(404)
    session[PLACE] = {**held, "plays": held["plays"] + 1}
    return Response(codes.spoken(held["code"]), mimetype="audio/wav")
