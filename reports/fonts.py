"""Which font draws which character.

Noto Sans TC draws everyday text. The big fonts for rare name characters (𠮷, 𤧟) are read only when a text asks for
them. What no font on this machine can draw is printed as 〔U+20BB7〕, never as a box, and reported by
``missing_characters``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from threading import RLock

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from xhtml2pdf import default

from reports import tounicode
from reports.text import clean

log = logging.getLogger(__name__)

FAMILY, REGULAR, BOLD = "tc", "tc_00", "tc_10"
_ROOT = Path(__file__).resolve().parent.parent
_NOTO = _ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-tc"
_FACES = {REGULAR: _NOTO / "400Regular/NotoSansTC_400Regular.ttf", BOLD: _NOTO / "700Bold/NotoSansTC_700Bold.ttf"}
#: Where Debian puts fonts-hanazono and fonts-cns11643-*.
SYSTEM_FOLDERS = (Path("/usr/share/fonts/truetype/hanazono"), Path("/usr/share/fonts/truetype/cns11643"))
#: In this order: HanaMin knows the most characters; the CNS fonts add the private ones of the household register.
_RARE = ("HanaMinA*.ttf", "HanaMinB*.ttf", "TW-Sung*.ttf", "TW-Kai*.ttf")

_lock = RLock()
_ready = False
_candidates: list[Path] = []  # rare fonts not read yet
_rare: list[TTFont] = []  # rare fonts read so far
_owners: dict[str, str | None] = {}  # character outside Noto -> font that draws it, None: nobody
_common: dict[int, int] = {}  # code point -> width, as Noto Regular has it
_bold: dict[int, int] = {}


class FontsMissing(RuntimeError):
    """Noto Sans TC is not installed: ``npm ci`` (part of ``make setup``) brings it."""


def register(folder: Path | None = None, system_folders: Sequence[Path] = SYSTEM_FOLDERS) -> None:
    """Make the fonts known to ReportLab and xhtml2pdf; called by itself before first use.

    ``folder`` holds rare fonts: without it the environment's ``FONTS_DIR``, else ``var/fonts``. Calling it again
    starts the search for rare fonts afresh (a font that was put there since). Raises ``FontsMissing``.
    """
    global _ready
    with _lock:
        if not _common:
            _harden()
            tounicode.mend()
            _register_noto()
        folder = folder or Path(os.environ.get("FONTS_DIR") or _ROOT / "var" / "fonts")
        _candidates[:] = [path for place in (folder, *system_folders) for name in _RARE for path in _found(place, name)]
        _rare.clear()
        _owners.clear()
        _ready = True


def runs(text: str, bold: bool = False) -> list[tuple[str, str]]:
    """Pieces of one line with the ReportLab name of the font that draws each; bold rare characters are drawn plain."""
    base, text = (BOLD if bold else REGULAR), drawable(text)
    if _is_common(text):  # nearly always; the grouping below costs ten times as much
        return [(base, text)]
    return [
        (font, "".join(characters))
        for font, characters in groupby(text, key=lambda c: base if ord(c) in _common else _owners[c] or base)
    ]


def drawable(text: str) -> str:
    """The cleaned text with 〔U+20BB7〕 in the place of each character that no font here draws; keeps ``\\n``."""
    if _is_common(text):
        return text
    text = clean(text)
    return "".join(c if ord(c) in _common or _owner(c) else f"〔U+{ord(c):04X}〕" for c in text)


def missing_characters(*texts: str) -> set[str]:
    """The characters of these texts that no font on this machine draws; to be told to whoever prints."""
    if not _ready:
        register()
    return {c for c in clean("".join(texts)) if ord(c) not in _common and not _owner(c)}


def widths(text: str, bold: bool = False) -> list[int]:
    """Advance of each character in thousandths of the type size; the text must be ``drawable``."""
    table = _bold if bold else _common
    return [w if (w := table.get(ord(c))) is not None else _rare_width(c) for c in text]


def _is_common(text: str) -> bool:
    if not _ready:
        register()
    return all(map(_common.__contains__, map(ord, text)))


def _owner(character: str) -> str | None:
    if character in _owners:
        return _owners[character]
    with _lock:
        code = ord(character)
        font = next((f for f in _rare if code in f.face.charToGlyph), None)
        while font is None and _candidates:
            read = _read(_candidates.pop(0))
            if read and code in read.face.charToGlyph:
                font = read
        if font is None:
            log.warning("No font on this machine draws U+%04X (see .ci/fonts)", code)
        _owners[character] = font.fontName if font else None
        return _owners[character]


def _read(path: Path) -> TTFont | None:
    name = path.stem.lower()
    try:
        font = TTFont(name, str(path))
    except (OSError, TTFError) as error:
        log.warning("Font %s cannot be used: %s", path.name, error)
        return None
    _make_known(name, font, font)
    _rare.append(font)
    return font


def _rare_width(character: str) -> int:
    owner = _owner(character)
    return pdfmetrics.getFont(owner).face.getCharWidth(ord(character)) if owner else 1000


def _register_noto() -> None:
    if missing := [str(path) for path in _FACES.values() if not path.is_file()]:
        raise FontsMissing(", ".join(missing))
    regular, bold = (TTFont(name, str(path)) for name, path in _FACES.items())
    _make_known(FAMILY, regular, bold)
    for font, table in ((bold, _bold), (regular, _common)):
        # Only what ``clean`` would leave alone: a text of nothing but these needs no cleaning.
        glyphs = (code for code in font.face.charToGlyph if clean(chr(code)) == chr(code))
        table.update({code: font.face.getCharWidth(code) for code in glyphs})
        table[ord("\n")] = 0  # kept by ``clean``, drawn by nobody


def _make_known(family: str, regular: TTFont, bold: TTFont) -> None:
    for font in {regular, bold}:
        pdfmetrics.registerFont(font)
    for is_bold in (0, 1):
        for is_italic in (0, 1):
            addMapping(family, is_bold, is_italic, bold.fontName if is_bold else regular.fontName)
    default.DEFAULT_FONT[family] = family


def _found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def _harden() -> None:
    rl_config.trustedSchemes = ["data"]
    rl_config.trustedHosts = []  # false: ReportLab fetches nothing
    rl_config.useA85 = 0  # JPEG passes through as it is
