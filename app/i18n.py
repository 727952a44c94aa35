"""The words on the screen: gettext for every shown string; Traditional Chinese is the source language."""

from __future__ import annotations

from typing import Any

import flask_wtf.i18n
import wtforms.i18n
from flask import has_request_context, request
from flask_babel import get_locale, ngettext, support
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

__all__ = ["DEFAULT_LOCALE", "LOCALES", "_", "_l", "html_lang", "ngettext", "use_own_chinese_in_forms"]

DEFAULT_LOCALE = "zh_Hant_TW"
#: Languages on offer, each under its own name; one is listed here only when its catalogue is complete.
LOCALES = {"zh_Hant_TW": "中文（臺灣）", "en": "English"}


def html_lang(locale: str) -> str:
    """The BCP 47 tag for a locale name, such as ``zh-Hant-TW``."""
    return locale.replace("_", "-")


def use_own_chinese_in_forms() -> None:
    """Make WTForms speak Traditional Chinese: it knows ``zh_TW`` only, and falls back from ours to Simplified."""

    def translations() -> Any:
        if not has_request_context():
            return None
        found = request.__dict__.get("wtforms_translations")
        if found is None:
            locale = "zh_TW" if str(get_locale()).startswith("zh") else str(get_locale())
            found = support.Translations.load(wtforms.i18n.messages_path(), [locale], domain="wtforms")
            request.__dict__["wtforms_translations"] = found
        return found

    flask_wtf.i18n._get_translations = translations
