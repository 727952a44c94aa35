"""Countries that issue passports, for a drop-down in the reader's language."""

from __future__ import annotations

import functools
from typing import Any

from babel import Locale

from app.rules.identity_numbers import COUNTRIES
from views.portal.forms import PLEASE_SELECT

#: Whose citizens come most often stand first; the others follow in the order of their names.
FREQUENT = ("VN", "ID", "TH", "PH", "MY", "JP", "US", "HK", "MO", "CN")


@functools.cache
def country_choices(locale: str) -> list[tuple[str, Any]]:
    """ISO 3166-1 code and name of every country, after the invitation to select."""
    names = Locale.parse(locale).territories
    others = sorted(COUNTRIES - set(FREQUENT), key=lambda code: names.get(code, code))
    return [PLEASE_SELECT, *((code, names.get(code, code)) for code in (*FREQUENT, *others))]
