"""Sentences that are kept and put into words when somebody reads them: message id and values, in no language yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.i18n import _

#: Stands before a kept sentence; text from outside never holds it (:func:`visible`).
_MARK = "\x1f"


@dataclass(frozen=True)
class Said:
    """A sentence for a reader who comes later; ``str()`` puts it into the language of whoever reads now."""

    sentence: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return str(_(self.sentence, **dict(self.values)))


def said(sentence: str, **values: Any) -> Said:
    """A sentence that catalogues translate, with its values."""
    return Said(sentence, tuple(values.items()))


def kept(words: str | Said) -> str:
    """How words are kept: a sentence by its message id, plain text as it is."""
    if isinstance(words, str):
        return words
    return _MARK + json.dumps([words.sentence, dict(words.values)], ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> str | Said:
    """What :func:`kept` has made of words."""
    if not text.startswith(_MARK):
        return text
    sentence, values = json.loads(text[1:])
    return said(sentence, **values)


def visible(text: str) -> str:
    """Text from outside with what nobody can see made visible: control characters as ␀, others as their number."""
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character.isprintable() or character == "\u3000":
        return character
    return chr(0x2400 + ord(character)) if ord(character) < 0x20 else f"[U+{ord(character):04X}]"
