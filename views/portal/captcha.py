"""驗證碼: a picture, or on request a question and a voice; one code for one try."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, session

from app.errors import RuleError
from app.i18n import _l
from app.services import challenges
from app.services.challenges import PICTURE, WORDS
from views.portal.door import door

#: Where the session keeps how often a long form may come back without a new code, and how often it may.
WAIVED, MOST_TRIES = "captcha_waived", 5


class CaptchaWrong(RuleError):
    """What was typed is not the code."""

    sentence = _l("驗證碼不正確，請重新輸入。")


def challenge() -> dict[str, Any]:
    """What the form shows now: made on the first look, kept until it is tried or another one is asked for."""
    return challenges.held(session) or challenges.ask(session, PICTURE)


def change_wanted() -> bool:
    """Whether this POST only asks for another code or another form of it; then one is made."""
    wanted = request.form.get("captcha_change")
    if wanted not in (PICTURE, WORDS):
        return False
    challenges.ask(session, wanted)
    return True


def passed(typed: str) -> bool:
    """Whether the typed text fits; right or wrong, the code is used up."""
    return challenges.passed(session, typed)


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
    return _answer(challenges.picture(session), "image/png")


@door.get("/captcha.wav")
def captcha_voice() -> Response:
    """The code of this session, spoken."""
    return _answer(challenges.voice(session), "audio/wav")


def _answer(made: bytes | None, kind: str) -> Response:
    if made is None:
        abort(404)
    return Response(made, mimetype=kind)
