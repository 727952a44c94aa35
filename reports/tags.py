"""Our own tags in the HTML of a document: ``<pdf:roster data="…">`` and ``<pdf:pagecounter>``, ``<pdf:pagetotal>``.

They lean on two internals of xhtml2pdf 0.2.28 (its parser looks tag classes up in its own globals; ``default.TAGS``
lists what it knows), which is why requirements.in pins that version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportlab.platypus import Flowable
from xhtml2pdf import default, parser
from xhtml2pdf.tags import pisaTag

from app.i18n import _
from reports.lines import typeset
from reports.table import Layout
from reports.table_pages import TablePages

_SIZE, _LEADING = 10.0, 13.0
_WIDTH = 170.0


class PageCounter(Flowable):
    """第3頁，共40頁, at the right of its frame; each page shows a form that is drawn when the last page is known.

    Laying the document out a second time to learn the number of pages (``<pdf:pagecount>``) would double the work.
    """

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Takes one line of the frame's width."""
        self.width, self.height = width, _LEADING
        return self.width, self.height

    def draw(self) -> None:
        """Refer to the form of this page."""
        self.canv.translate(self.width - _WIDTH, 0)
        self.canv.doForm(_form(self.canv.getPageNumber()))


class PageTotal(Flowable):
    """Stands at the end of the document and draws the counters of all pages."""

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Takes no room."""
        return 0, 0

    def draw(self) -> None:
        """Define the forms to which the pages refer."""
        pages = self.canv.getPageNumber()
        for page in range(1, pages + 1):
            [line] = typeset(_("第%(page)s頁，共%(pages)s頁", page=page, pages=pages), 1000, _SIZE)
            self.canv.beginForm(_form(page), 0, 0, _WIDTH, _LEADING)
            text = self.canv.beginText(_WIDTH - line.width, _LEADING - _SIZE)
            for font, piece in line.runs:
                text.setFont(font, _SIZE)
                text.textOut(piece)
            self.canv.drawText(text)
            self.canv.endForm()


def _form(page: int) -> str:
    return f"page-counter-{page}"


def install(layout_named: Callable[[str], Layout]) -> None:
    """Make the tags known to xhtml2pdf; ``layout_named`` finds the table that ``data`` names in this document."""

    class Roster(pisaTag):
        def start(self, context: Any) -> None:
            context.addPara()
            context.addStory(TablePages(layout_named(self.node.getAttribute("data"))))

    class Counter(pisaTag):
        def start(self, context: Any) -> None:
            context.addPara()
            context.addStory(PageCounter())

    class Total(pisaTag):
        def start(self, context: Any) -> None:
            context.addPara()
            context.addStory(PageTotal())

    for name, tag in (("ROSTER", Roster), ("PAGECOUNTER", Counter), ("PAGETOTAL", Total)):
        setattr(parser, f"pisaTagPDF{name}", tag)
        default.TAGS[f"pdf{name.lower()}"] = (1, {"data": default.STRING})
