"""The words on the screen: gettext for every shown string; Traditional Chinese is the source language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

__all__ = ["LOCALES", "DEFAULT_LOCALE", "_", "_l", "html_lang", "ngettext"]

DEFAULT_LOCALE = "zh_Hant_TW"
#: Languages on offer, each under its own name; one is listed here only when its catalogue is complete.
LOCALES = {"zh_Hant_TW": "中文（臺灣）", "en": "English"}


def html_lang(locale: str) -> str:
    """The BCP 47 tag for a locale name, such as ``zh-Hant-TW``."""
    return locale.replace("_", "-")
