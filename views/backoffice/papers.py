"""The papers of a case as pictures of pages: which there are, how large they are shown, and one page's bytes.

The file itself never reaches the browser: what a PDF hides stays on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import url_for
from PIL import Image
from werkzeug.datastructures import MultiDict

from app.adapters.page_images import PageMissing, PageUnreadable, page_image
from app.crypto import SealBroken
from app.i18n import _
from app.services import attachments, paper_refusals, reasons
from app.transaction import end_reading
from models import Attachment, ServiceApplication

ZOOMS = (50, 75, 100, 150, 200)
USUAL_ZOOM = 100
#: A4 at 96 dpi: keeps a page's place until its picture is there.
A4 = (794, 1123)
_DPI, _DPI_ENLARGED = 150, 220
_JPEG_QUALITY = 85
_TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns the other way round
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Sight:
    """How the papers are looked at: percent of the column's width, and a quarter turn clockwise."""

    zoom: int = USUAL_ZOOM
    rot: int = 0

    @classmethod
    def asked(cls, args: MultiDict[str, str]) -> Sight:
        """What an address asks for; anything else is the usual sight."""
        zoom, rot = args.get("zoom", type=int), args.get("rot", type=int)
        return cls(zoom if zoom in ZOOMS else USUAL_ZOOM, rot if rot in _TURNS else 0)

    @property
    def turned(self) -> Sight:
        """The same, turned a quarter to the right."""
        return Sight(self.zoom, (self.rot + 90) % 360)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of an A4 page at this turn."""
        return A4 if self.rot % 180 == 0 else (A4[1], A4[0])

    @property
    def dpi(self) -> int:
        """How finely a page is drawn."""
        return _DPI_ENLARGED if self.zoom > USUAL_ZOOM else _DPI


@dataclass(frozen=True)
class PaperPage:
    """One page on the screen."""

    anchor: str
    url: str
    alt: str


@dataclass(frozen=True)
class Paper:
    """One paper on the screen; ``title`` numbers papers of one kind: 身分證明文件2."""

    id: str
    title: str
    file_name: str
    pages: list[PaperPage]
    #: Why it has to be mended, as it was decided; empty where it stands.
    refusal: str = ""


def shown(application: ServiceApplication, sight: Sight, locale: str, endpoint: str) -> list[Paper]:
    """The papers of an application kind by kind, who it is first; ``endpoint`` draws their pages."""
    papers = []
    for place, (title, paper) in enumerate(paper_refusals.ordered(application), 1):
        pages = [_page(paper, place, n, title, sight, endpoint) for n in _numbers(paper)]
        refusal = reasons.shown(paper.refusal, paper.refusal_note, locale)
        papers.append(Paper(paper.id, title, paper.file_name, pages, refusal))
    return papers


def picture(paper: Attachment, page: int, sight: Sight) -> bytes:
    """One page as JPEG. Raises ``PageMissing``, ``PageUnreadable``, ``FileMissing``."""
    is_pdf = paper.media_type == "application/pdf"
    try:
        content = attachments.content(paper)
    except SealBroken as error:  # damaged on the disk: the officer is told so, beside the papers that are whole
        raise PageUnreadable() from error
    end_reading()  # drawing takes a while and needs no database
    if is_pdf:
        return page_image(content, page, sight.dpi, sight.rot)
    if page != 1:
        raise PageMissing(page=page)
    return _turned(content, sight.rot)


def _page(paper: Attachment, place: int, number: int, title: str, sight: Sight, endpoint: str) -> PaperPage:
    address = url_for(endpoint, pk=paper.id, page=number, zoom=sight.zoom, rot=sight.rot)
    alt = _("%(title)s，第%(page)s頁，共%(pages)s頁（影像）", title=title, page=number, pages=max(paper.pages, 1))
    return PaperPage(f"paper-{place}-{number}", address, alt)


def _numbers(paper: Attachment) -> range:
    return range(1, max(paper.pages, 1) + 1)


def _turned(content: bytes, rot: int) -> bytes:
    """A stored photograph, turned; it was drawn anew when it came in, so it is ours and its size is known."""
    if not rot:
        return content
    out = BytesIO()
    with Image.open(BytesIO(content), formats=("JPEG",)) as photograph:
        photograph.transpose(_TURNS[rot]).save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
