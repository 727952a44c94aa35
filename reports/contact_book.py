"""家庭聯絡簿 on paper: one approved entry after the other, each with its pictures and a box to sign in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from markupsafe import Markup
from PIL import Image

from app.i18n import _
from reports.lines import wrap
from reports.pdf import fill, render

# Points, as contact_book.html draws them.
_PAGE_WIDTH, _VALUE_WIDTH, _LABEL_WIDTH = 481.0, 362.0, 92.0
_HEADING, _FACT, _TEXT = 18.0, 11.0, 13.0
#: Room for a picture, in millimetres.
_PICTURE_WIDTH, _PICTURE_HEIGHT = 150.0, 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySheet:
    """An approved entry as its inmate reads it; ``pictures`` are JPEGs, ``missing`` pages could not be drawn."""

    agency: str
    inmate: str
    unit: str
    writer: str
    relation: str
    published_on: str
    reviewed_on: str
    reviewed_by: str
    title: str
    text: str
    pictures: tuple[bytes, ...] = ()
    missing: int = 0


def render_entries(sheets: Sequence[EntrySheet]) -> bytes:
    """The PDF (A4 portrait), each entry on pages of its own. Raises ``reports.pdf.RenderFailed``."""
    title = _("家庭聯絡簿")
    return render(fill("contact_book.html", title=title, sheets=[_laid_out(sheet) for sheet in sheets]), title=title)


def _laid_out(sheet: EntrySheet) -> dict[str, object]:
    facts = [
        (_("收容人"), sheet.inmate),
        (_("場舍"), sheet.unit),
        (_("申請人"), _("%(name)s（%(relation)s）", name=sheet.writer, relation=sheet.relation)),
        (_("發佈日期"), sheet.published_on),
        (_("審核"), _("%(day)s　%(officer)s", day=sheet.reviewed_on, officer=sheet.reviewed_by)),
        (_("標題"), sheet.title),
    ]
    return {
        "agency": wrap(sheet.agency, _PAGE_WIDTH, _HEADING, bold=True),
        "facts": [
            (wrap(label, _LABEL_WIDTH, _FACT, bold=True), wrap(value, _VALUE_WIDTH, _FACT)) for label, value in facts
        ],
        "text": wrap(sheet.text, _PAGE_WIDTH, _TEXT),
        "pictures": [_placed(picture) for picture in sheet.pictures],
        "missing": sheet.missing,
    }


def _placed(picture: bytes) -> dict[str, str]:
    """A picture with the size at which it fits, in its own proportions."""
    with Image.open(BytesIO(picture), formats=("JPEG",)) as opened:
        width, height = opened.size
    scale = min(_PICTURE_WIDTH / width, _PICTURE_HEIGHT / height)
    return {
        # Letters, digits, + and / only: nothing to escape, and longer than a text may be.
        "source": Markup("data:image/jpeg;base64," + b64encode(picture).decode()),
        "width": f"{width * scale:.1f}mm",
        "height": f"{height * scale:.1f}mm",
    }
