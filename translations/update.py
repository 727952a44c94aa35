"""Brings the catalogues in step with the source: ``make messages``.

Our strings are written in the Chinese of Taiwan, so ``en`` (and each further language) holds what is Chinese in the
source. ``zh_Hant_TW`` holds what is English: Flask-AppBuilder's own strings, for which gettext would otherwise fall
back to Simplified Chinese, and those of them that our templates use. The output is sorted and without places and
dates, so that running this without a new string changes nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_appbuilder
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OURS = ("app", "models", "views", "reports")
SOURCE_LOCALE = "zh_Hant_TW"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "said": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]")

MessageId = str | tuple[str, ...]


def ours() -> Iterator[MessageId]:
    """Every string of ours that readers see."""
    with (HERE / "babel.cfg").open() as handle:
        methods, options = parse_mapping_cfg(handle)
    for folder in OURS:
        found = extract_from_dir(ROOT / folder, methods, options, KEYWORDS)
        yield from (message for _, _, message, _, _ in found)
    for file in ("config.py", "run.py"):
        yield from (message for _, message, _, _ in extract_from_file("python", ROOT / file, KEYWORDS))


def theirs() -> Iterator[MessageId]:
    """Every string of Flask-AppBuilder: those in its source, and those that only its catalogues still know."""
    folder = Path(flask_appbuilder.__file__).parent
    for _, _, message, _, _ in extract_from_dir(
        folder, [("**.py", "python"), ("**/templates/**.html", "jinja2")], keywords=KEYWORDS
    ):
        yield message
    with (folder / "translations" / "zh_HK" / "LC_MESSAGES" / "messages.po").open("rb") as handle:
        yield from (message.id for message in read_po(handle) if message.id)


def is_chinese(message: MessageId) -> bool:
    """Whether a string is written in Chinese, and so one that other languages translate."""
    return bool(CHINESE.search(message if isinstance(message, str) else message[0]))


def template(wanted: Callable[[MessageId], bool], *sources: Iterator[MessageId]) -> Catalog:
    """A catalogue without translations of the wanted strings."""
    catalogue = Catalog()
    for source in sources:
        for message in source:
            if message and wanted(message):
                catalogue.add(message)
    return catalogue


def update(folder: Path = HERE) -> None:
    """Rewrite every catalogue below ``folder``: new strings are added empty, strings that are gone leave."""
    chinese = template(is_chinese, ours())
    english = template(lambda message: not is_chinese(message), theirs(), ours())
    for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        locale = path.parent.parent.name
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale=locale)
        catalogue.update(
            english if locale == SOURCE_LOCALE else chinese,
            no_fuzzy_matching=True,
            update_header_comment=False,
            update_creation_date=False,
        )
        catalogue.project, catalogue.version = "corrections-visiting-portal", "1"
        catalogue.msgid_bugs_address, catalogue.last_translator, catalogue.language_team = "-", "-", locale
        catalogue.creation_date = catalogue.revision_date
        with path.open("wb") as handle:
            write_po(handle, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)


if __name__ == "__main__":
    update(*map(Path, sys.argv[1:]))
