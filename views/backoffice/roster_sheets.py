"""From a frozen edition to its paper: the sheet, the totals in words, the file's name."""

from __future__ import annotations

from typing import Any

from app.i18n import _
from app.rules.dates import paper_date, paper_time
from app.rules.vocabulary import BookingSource
from app.services import rosters
from models import RosterEdition
from reports.roster import RosterRow, RosterSheet

#: 預約方式 on offer: a walk-in is never announced, so never on a roster of the coming day.
SOURCES = (BookingSource.ONLINE, BookingSource.PHONE)


def source_label(source: str) -> str:
    """全部, or the one kind of booking that the edition shows."""
    return str(BookingSource(source).label) if source else _("全部")


def sheet_of(edition: RosterEdition) -> RosterSheet:
    """The sheet of an edition, built from what was frozen when it was printed."""
    content = edition.content
    return RosterSheet(
        agency_full_name=edition.agency.full_name,
        visit_on=paper_date(edition.visit_on),
        source=source_label(edition.source_filter),
        edition=edition.edition,
        printed_at=paper_time(edition.printed_at),
        printed_by=rosters.printer_of(edition),
        rows=tuple(RosterRow(**row) for row in content["rows"]),
        pending_rows=tuple(RosterRow(**row, is_pending=True) for row in content["pending"]),
        totals=totals_text(content["totals"]),
    )


def totals_text(totals: dict[str, Any]) -> str:
    """The line below the last row (WORDING ``roster_totals``)."""
    bands = "、".join(_("%(band)s %(n)s人", band=band, n=n) for band, n in totals["bands"])
    return _(
        "合計%(n)s件（線上%(a)s件、電話%(b)s件），接見人%(p)s人、提帶收容人%(i)s人；各時段人數：%(bands)s",
        n=totals["visits"],
        a=totals["online"],
        b=totals["phone"],
        p=totals["persons"],
        i=totals["inmates"],
        bands=bands or _("無"),
    )


def file_name(edition: RosterEdition) -> str:
    """What the PDF is called when it is kept: 預約現場律師接見清冊_桃園女子監獄_20260310_全部_第1版.pdf."""
    return _(
        "預約現場律師接見清冊_%(agency)s_%(day)s_%(source)s_第%(edition)s版.pdf",
        agency=edition.agency.name,
        day=f"{edition.visit_on:%Y%m%d}",
        source=source_label(edition.source_filter),
        edition=edition.edition,
    )
