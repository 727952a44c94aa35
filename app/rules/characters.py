"""Which characters a text may hold, and how many: what people type and can see, and none that only a program types."""

from __future__ import annotations

import unicodedata

from app.errors import RuleError
from app.i18n import _l

#: Full-width and no-break spaces; characters of one's own (造字), in which names of the household registry are written.
_ALSO_TYPED = frozenset({"Zs", "Co"})
#: Joins the parts of an emoji.
_JOINER = "\u200d"


class TextTooLong(RuleError):
    """More characters than are kept: refused, because nobody notices what was cut off."""

    sentence = _l("至多%(longest)s個字，請縮短。")


def are_typed(text: str, also: str = "") -> bool:
    """Whether a text is free of control and direction signs, halves of characters and line ends (but ``also``)."""
    return text.isprintable() or all(_is_typed(character) or character in also for character in text)


def _is_typed(character: str) -> bool:
    if character.isprintable() or character == _JOINER:
        return True
    # Python's tables are older than the newest planes of Han, where rare names live.
    return unicodedata.category(character) in _ALSO_TYPED or 0x20000 <= ord(character) <= 0x3FFFD
