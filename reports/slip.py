"""預約接見明細: one page that a visitor brings to the agency."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import segno

from app.i18n import _
from reports import fonts
from reports.lines import wrap
from reports.pdf import fill, render
from reports.text import CELL_CHARACTERS, cap

# Points, as slip.html draws them. Lines are broken here: xhtml2pdf either leaves Chinese in one line or, told to break
# it, breaks English words in the middle.
_PAGE_WIDTH, _LABEL_WIDTH, _VALUE_WIDTH = 480.0, 108.0, 336.0
_AGENCY_SIZE, _FACT_SIZE, _NOTE_SIZE = 20.0, 13.0, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSlip:
    """A reservation as its visitor reads it, with names in full.

    ``qr_content`` is the booking's number or a random token, never a name or a number of a person; ``companions`` may
    have several lines.
    """

    agency: str
    address: str
    phone: str
    number: str
    visit_on: str
    arrives_at: str
    inmate: str
    visitor: str
    capacity: str
    companions: str
    state: str
    qr_content: str


def render_slip(slip: VisitSlip) -> bytes:
    """The PDF (A4 portrait) of one reservation; empty fields are left out. Raises ``reports.pdf.RenderFailed``."""
    title = _("預約接見明細")
    facts = [
        (wrap(label, _LABEL_WIDTH, _FACT_SIZE, bold=True), wrap(cap(value, CELL_CHARACTERS), _VALUE_WIDTH, _FACT_SIZE))
        for label, value in _facts(slip)
        if value
    ]
    html = fill(
        "slip.html",
        agency=wrap(slip.agency, _PAGE_WIDTH, _AGENCY_SIZE, bold=True),
        title=title,
        facts=facts,
        note=wrap(_("請持本明細及證件至接見室報到；手機等通訊、錄影音設備請勿攜入。"), _PAGE_WIDTH, _NOTE_SIZE),
        qr=_qr(slip.qr_content),
    )
    return render(html, title=title)


def missing_characters(slip: VisitSlip) -> set[str]:
    """The characters of a slip that no font here draws and the paper shows as 〔U+20BB7〕; to be told on screen."""
    return fonts.missing_characters(*astuple(slip))


def _facts(slip: VisitSlip) -> list[tuple[str, str]]:
    return [
        (_("預約編號"), slip.number),
        (_("接見日期"), slip.visit_on),
        (_("預計到達時間"), slip.arrives_at),
        (_("接見對象"), slip.inmate),
        (_("接見人"), slip.visitor),
        (_("身分"), slip.capacity),
        (_("其他接見人"), slip.companions),
        (_("狀態"), slip.state),
        (_("接見機關"), slip.agency),
        (_("地址"), slip.address),
        (_("電話"), slip.phone),
    ]


def _qr(content: str) -> str:
    # Level Q still reads when a fold or a stamp covers a quarter of it.
    return segno.make_qr(content, error="q").png_data_uri(scale=8, border=2)
