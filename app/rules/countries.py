"""Countries that issue passports, by their names in the reader's language."""

from __future__ import annotations

import functools

from babel import Locale

from app.rules.identity_numbers import COUNTRIES

#: Whose citizens come most often stand first; the others follow in the order of their names.
FREQUENT = ("VN", "ID", "TH", "PH", "MY", "JP", "US", "HK", "MO", "CN")
#: As officials write it; the library's table does not.
_OFFICIAL = {"zh_Hant_TW": {"TW": "臺灣"}}


@functools.cache
def countries(locale: str) -> list[tuple[str, str]]:
    """ISO 3166-1 code and name of every country."""
    names = {**Locale.parse(locale).territories, **_OFFICIAL.get(locale, {})}
    others = sorted(COUNTRIES - set(FREQUENT), key=lambda code: names.get(code, code))
    return [(code, names.get(code, code)) for code in (*FREQUENT, *others)]
