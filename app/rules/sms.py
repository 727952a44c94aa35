"""How long an SMS is: in the GSM alphabet 160 signs, in any other writing 70; longer ones go in parts of 153 or 67."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Signs that take two places in the GSM alphabet.
_GSM_PAIRS = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Length:
    """Places used, parts, and whether the GSM alphabet is enough."""

    places: int
    parts: int
    is_gsm: bool

    @property
    def one_part(self) -> int:
        """How many places one part alone has."""
        return 160 if self.is_gsm else 70


def length(text: str) -> Length:
    """How long a text is as an SMS; an empty one takes no part."""
    is_gsm = all(sign in _GSM or sign in _GSM_PAIRS for sign in text)
    if is_gsm:
        widths = [2 if sign in _GSM_PAIRS else 1 for sign in text]
    else:
        widths = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
    places, alone, in_parts = sum(widths), 160 if is_gsm else 70, 153 if is_gsm else 67
    if places <= alone:
        return Length(places, 1 if places else 0, is_gsm)
    return Length(places, _packed(widths, in_parts), is_gsm)


def _packed(widths: Iterable[int], room: int) -> int:
    """How many parts the signs fill when none is cut in two."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
