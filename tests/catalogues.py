"""The compiled translations, kept in step with their sources while tests run."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config import ROOT

FOLDER = ROOT / "translations"


def sources() -> list[Path]:
    """Every catalogue of ours."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))


def compile_stale() -> None:
    """Compile what is newer than its compiled form, as ``make catalogues`` does."""
    for source in sources():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as handle:
            catalogue = read_po(handle, locale=source.parent.parent.name)
        part = target.with_name(f".{target.name}.{os.getpid()}")
        with part.open("wb") as handle:
            write_mo(handle, catalogue)
        part.replace(target)
