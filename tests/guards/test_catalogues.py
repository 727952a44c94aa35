"""Every shown string is translated, completely and with its placeholders, into every language on offer."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, gettext

from app.i18n import LOCALES
from config import ROOT
from tests.catalogues import FOLDER, sources
from translations.update import SOURCE_LOCALE, is_chinese, update

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CATALOGUES = [path.parent.parent.name for path in sources()]


def catalogue(locale: str) -> Catalog:
    """One catalogue as it stands in the repository."""
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as handle:
        return read_po(handle, locale=locale)


def forms(message: Message) -> list[str]:
    """The translations of one string: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_string_in_the_source_is_in_the_catalogues(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "translations", ignore=shutil.ignore_patterns("*.py", "*.mo"))
    update(tmp_path / "translations")
    for path in sources():
        fresh = (tmp_path / path.relative_to(ROOT)).read_text().splitlines()
        kept = path.read_text().splitlines()
        new, gone = sorted(set(fresh) - set(kept)), sorted(set(kept) - set(fresh))
        assert not new and not gone, f"Run `make messages` and translate. New: {new[:10]} Gone: {gone[:10]}"
        assert len(fresh) == len(kept), f"Run `make messages`: it orders {path.name} anew."


@pytest.mark.parametrize("locale", CATALOGUES)
def test_every_string_is_translated(locale: str) -> None:
    empty = [message.id for message in catalogue(locale) if message.id and not all(forms(message))]
    assert not empty, f"Translate these {len(empty)} in translations/{locale}/LC_MESSAGES/messages.po: {empty[:20]}"


@pytest.mark.parametrize("locale", CATALOGUES)
def test_no_translation_is_a_guess(locale: str) -> None:
    fuzzy = [message.id for message in catalogue(locale) if message.id and message.fuzzy]
    assert not fuzzy, f"Check these translations and take the word 'fuzzy' off: {fuzzy}"


@pytest.mark.parametrize("locale", CATALOGUES)
def test_translations_have_the_placeholders_of_the_source(locale: str) -> None:
    for message in catalogue(locale):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = {place for text in ids for place in PLACEHOLDER.findall(text)}
        for form in filter(None, forms(message) if message.id else []):
            has = set(PLACEHOLDER.findall(form))
            # A form of the plural may leave the number out ("one visit"), never name one that is not there.
            assert has == wanted or (len(ids) > 1 and has < wanted), (
                f"{locale}: {ids[0]!r} has {wanted}, {form!r} {has}"
            )


def test_the_language_of_the_source_needs_no_catalogue_of_its_own_words() -> None:
    chinese = [message.id for message in catalogue(SOURCE_LOCALE) if message.id and is_chinese(message.id)]
    assert not chinese, f"Our own strings are their own translation: {chinese}"


def test_every_language_on_offer_has_a_catalogue() -> None:
    assert set(LOCALES) <= set(CATALOGUES), "a language is offered (app.i18n.LOCALES) when its catalogue is complete"


@pytest.mark.parametrize(("english", "chinese"), [("Search", "搜尋"), ("Save", "儲存"), ("Delete", "刪除")])
def test_flask_appbuilder_does_not_fall_back_to_simplified(app: Flask, english: str, chinese: str) -> None:
    with app.test_request_context("/backoffice/"), force_locale("zh_Hant_TW"):
        assert gettext(english) == chinese, "our catalogue must come after Flask-AppBuilder's (BABEL_TRANSLATION_…)"
    with app.test_request_context("/backoffice/"), force_locale("en"):
        assert gettext(english) == english


def test_wtforms_does_not_fall_back_to_simplified(app: Flask) -> None:
    from flask_wtf.i18n import translations

    with app.test_request_context("/portal/"), force_locale("zh_Hant_TW"):
        told = translations.gettext("This field is required.")
    assert told == "此欄位是必需的。", "WTForms knows zh_TW only: map zh_Hant_TW to it"


def test_flask_admin_speaks_the_chinese_of_taiwan(app: Flask) -> None:
    from flask_admin.babel import domain

    with app.test_request_context("/auditor/"), force_locale("zh_Hant_TW"):
        assert domain.gettext("Home") == "首頁"
