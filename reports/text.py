"""What may stand on paper: text without controls, of a length that a cell can hold."""

from __future__ import annotations

import re
import unicodedata

from app.i18n import _

#: A cell takes this many characters; the full text stays in the system, and the paper says that it was cut.
CELL_CHARACTERS = 400

# Direction overrides could turn a name round; zero-width characters and variation selectors have no glyph of their own.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e0fff\ud800-\udfff]"
)
_NEW_LINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Latin letters with loose accents (Vietnamese names from some keyboards): no shaping here, so compose them. Never the
# whole text: NFC would also replace CJK compatibility ideographs, which are somebody's name as registered.
_LOOSE_ACCENTS = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]+")


def clean(text: str) -> str:
    """The text as it may be drawn: lines end in ``\\n``, no control, direction or zero-width characters."""
    text = _NEW_LINE.sub("\n", text).replace("\t", " ")
    text = _INVISIBLE.sub("", text)
    return _LOOSE_ACCENTS.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def cap(text: str, characters: int = CELL_CHARACTERS) -> str:
    """The text, cut to this many characters with a visible mark where it was longer."""
    if len(text) <= characters:
        return text
    return text[:characters] + _("…（以下略，全文見系統）")
