"""Proof of a person at the door: a picture with four characters, the same spoken, or a question in words."""

from __future__ import annotations

import functools
import hmac
import secrets
import threading
import unicodedata
from typing import Any

from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha

from app.i18n import _l

#: Without what is mistaken for another: 0 O, 1 I L, 5 S, Z 2 (2 stays).
ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 4
WIDTH_PIXELS, HEIGHT_PIXELS = 220, 80
PAPER, INK = (255, 255, 255), (20, 40, 90)

_LONGEST_TYPED = 32
_NUMERALS = (_l("零"), _l("一"), _l("二"), _l("三"), _l("四"), _l("五"), _l("六"), _l("七"), _l("八"), _l("九"))
_voice_lock = threading.Lock()


class _Picture(ImageCaptcha):
    # The package fades dark ink (it takes the colour's brightness as opacity) and leans letters until they overlap.
    character_rotate = (-18, 18)
    word_space_probability = 0.0

    def __init__(self) -> None:
        super().__init__(WIDTH_PIXELS, HEIGHT_PIXELS, font_sizes=(52, 56, 60))
        self.lookup_table = [min(255, brightness * 8) for brightness in range(256)]


def new_code() -> str:
    """Four random characters of :data:`ALPHABET`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def picture(code: str) -> bytes:
    """The code as a PNG of 220 by 80 pixels, dark on white."""
    return _Picture().generate(code, bg_color=PAPER, fg_color=INK).getvalue()


def spoken(code: str) -> bytes:
    """The code as a WAV of about ten seconds, digits and letters read by an English voice over noise.

    Takes some 0.2 s of the processor: callers limit how often it is asked for.
    """
    return bytes(_voice().generate(code))


def question() -> tuple[Any, str]:
    """A question in the reader's language (lazy text) and its answer in ASCII digits.

    Either a sum of two small numbers or four digits to be copied; the second asks for no arithmetic.
    """
    if secrets.randbelow(2):
        a, b = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
        return _l("請以數字回答：%(a)s加%(b)s等於多少？", a=_NUMERALS[a], b=_NUMERALS[b]), str(a + b)
    a, b, c, d = (secrets.randbelow(10) for _ in range(4))
    words = {"a": _NUMERALS[a], "b": _NUMERALS[b], "c": _NUMERALS[c], "d": _NUMERALS[d]}
    return _l("請以數字依序寫出：%(a)s、%(b)s、%(c)s、%(d)s", **words), f"{a}{b}{c}{d}"


def folded(typed: str) -> str:
    """What was typed, ready to be compared or digested: full width to half, no spaces, capitals."""
    return "".join(unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).split()).upper()


def matches(code: str, typed: str) -> bool:
    """Whether the typed text is the code (or a question's answer), in constant time; an empty code matches nothing."""
    return bool(code) and hmac.compare_digest(folded(code).encode(), folded(typed).encode("utf-8", "replace"))


@functools.cache
def _loaded_voice() -> AudioCaptcha:
    voice = AudioCaptcha()
    voice.load()
    return voice


def _voice() -> AudioCaptcha:
    with _voice_lock:  # the package fills its cache while other threads already read it
        return _loaded_voice()
