"""預約接見明細: one page that a visitor brings to the agency."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import segno

from app.i18n import _
from reports import fonts
from reports.pdf import fill, render
from reports.text import CELL_CHARACTERS, cap


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSlip:
    """A reservation as its visitor reads it; ``inmate`` is printed as given (the caller decides on masks).

    ``qr_content`` must be a random token, never a name or a number of a person; ``companions`` may have several lines.
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
    facts = [(label, cap(value, CELL_CHARACTERS).split("\n")) for label, value in _facts(slip) if value]
    html = fill("slip.html", slip=slip, title=title, facts=facts, qr=_qr(slip.qr_content))
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
