"""Copying and searching a PDF: ReportLab 5.1 writes U+249DF as ``<249DF>``, which readers take for rubbish.

The map must hold UTF-16 (ISO 32000-1, 9.10.3). A test searches a PDF for such a character; when it passes without
``mend()``, this module can go.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.pdfbase import ttfonts

_HEAD = (
    "/CIDInit /ProcSet findresource begin",
    "12 dict begin",
    "begincmap",
    "/CIDSystemInfo",
    "<< /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
    "/CMapName /Adobe-Identity-UCS def",
    "/CMapType 2 def",
    "1 begincodespacerange",
    "<00> <FF>",
    "endcodespacerange",
)
_TAIL = ("endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end")
_BLOCK = 100  # the format allows no more entries in one block


def character_map(_font: str, subset: Sequence[int]) -> str:
    """The ToUnicode map of a font subset; ``subset`` holds the code points by their place in the subset."""
    entries = [
        f"<{place:02X}> <{chr(code).encode('utf-16-be', 'surrogatepass').hex().upper()}>"
        for place, code in enumerate(subset)
    ]
    lines = list(_HEAD)
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, *_TAIL])


def mend() -> None:
    """Put our map in the place of ReportLab's, for the whole process."""
    ttfonts.makeToUnicodeCMap = character_map
