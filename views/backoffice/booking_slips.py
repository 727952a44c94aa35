"""From a booking to its paper: 預約接見明細, names in full as on all paper (WORDING §8)."""

from __future__ import annotations

from app.i18n import _
from app.rules.dates import paper_date
from app.services.agencies import phone_of
from models import Reservation
from reports.slip import VisitSlip


def slip_of(row: Reservation) -> VisitSlip:
    """The slip as the desk prints it; the code on it is the booking's key, which says nothing about anybody."""
    return VisitSlip(
        agency=row.agency.full_name,
        address=row.agency.address or "",
        phone=phone_of(row.agency),
        number=row.number,
        visit_on=paper_date(row.visit_on),
        arrives_at=f"{row.arrives_local:%H:%M}",
        inmate=f"{row.inmate.number}{row.inmate.name}",
        visitor=row.visitor_name,
        capacity=str(row.visitor_relation.label),
        companions="\n".join(f"{c.name}（{c.relation.label}）" for c in row.companions),
        state=str(row.state_label),
        qr_content=row.id,
    )


def file_name(row: Reservation) -> str:
    """What the PDF is called when it is kept: 預約接見明細_L260310-ABCDEF.pdf."""
    return _("預約接見明細_%(number)s.pdf", number=row.number)
