"""列印預約現場律師接見清冊 (CJALF247R): the day's roster and its supplements, with full names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Literal

from reportlab.lib.units import mm

from app.i18n import _
from reports import fonts
from reports.lines import wrap
from reports.pdf import fill, render
from reports.table import Column, Section, Table

#: Points that totals and signatures take below the last row.
_CLOSING_HEIGHT = 104.0
#: The line of totals is broken by our own rule: xhtml2pdf either parts English words or runs Chinese off the page.
_TOTALS_WIDTH, _TOTALS_SIZE = 272 * mm, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One visit as the paper shows it; the fields stand in the order of the columns."""

    number: str
    arrives_at: str
    inmate_number: str
    inmate: str
    unit: str
    visitor: str
    capacity: str
    companions: str
    source: str
    checked_in: str
    from_to: str
    remarks: str
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSheet:
    """One edition: dates, names and totals as they are to be read; a pending row always stands in the section 待核."""

    agency_full_name: str
    title_kind: Literal["roster", "supplement"] = "roster"
    supplement_number: int | None = None
    visit_on: str
    source: str
    edition: int
    printed_at: str
    printed_by: str
    rows: tuple[RosterRow, ...]
    pending_rows: tuple[RosterRow, ...] = ()
    totals: str = ""
    #: A supplement's lines under the heads 新增, 變更, 取消; ``rows`` is empty then.
    sections: tuple[tuple[str, tuple[RosterRow, ...]], ...] = ()

    @property
    def lines(self) -> tuple[RosterRow, ...]:
        """Every visit on the sheet, in the order of the paper."""
        return (*self.rows, *self.pending_rows, *(row for _head, rows in self.sections for row in rows))

    @property
    def title(self) -> str:
        """預約現場律師接見清冊, or the supplement's title with its number."""
        if self.title_kind == "supplement":
            return str(_("預約現場律師接見補充清冊（第%(n)s號）", n=self.supplement_number))
        return str(_("預約現場律師接見清冊"))


_texts: Callable[[RosterRow], tuple[str, ...]] = attrgetter(*(f.name for f in fields(RosterRow) if f.type == "str"))


def render_roster(sheet: RosterSheet) -> bytes:
    """The PDF (A4 landscape) of an edition. Raises ``reports.pdf.RenderFailed``."""
    totals = wrap(sheet.totals, _TOTALS_WIDTH, _TOTALS_SIZE)
    html = fill("roster.html", sheet=sheet, title=sheet.title, totals=totals)
    return render(html, {"roster": table(sheet)}, title=f"{sheet.agency_full_name} {sheet.title}")


def missing_characters(sheet: RosterSheet) -> set[str]:
    """The characters of an edition that no font here draws and the paper shows as 〔U+20BB7〕; to be told on screen."""
    texts = [text for row in sheet.lines for text in _texts(row)]
    return fonts.missing_characters(sheet.agency_full_name, sheet.printed_by, sheet.source, sheet.totals, *texts)


def table(sheet: RosterSheet) -> Table:
    """The edition's rows under the official columns: decided ones first, then the section 待核."""
    pending = [*(row for row in sheet.rows if row.is_pending), *sheet.pending_rows]
    rows: list[tuple[str, ...] | Section] = [_texts(row) for row in sheet.rows if not row.is_pending]
    if pending:
        rows += [Section(_("待核（未審核案件）"), _("待核（未審核案件）（續）")), *map(_texts, pending)]
    for head, changed in sheet.sections:
        rows += [Section(head, _("%(section)s（續）", section=head)), *map(_texts, changed)]
    if not rows:
        rows = [Section(_("%(date)s無預約現場律師接見案件。", date=sheet.visit_on))]
    return Table(columns(), rows, _CLOSING_HEIGHT)


def columns() -> tuple[Column, ...]:
    """The official columns, in their order."""
    return (
        Column(_("序號"), 11 * mm),
        Column(_("預計到達"), 17 * mm),
        Column(_("呼號"), 18 * mm),
        Column(_("收容人"), 25 * mm),
        Column(_("場舍"), 21 * mm),
        Column(_("接見人"), 25 * mm),
        Column(_("身分"), 20 * mm),
        Column(_("其他接見人"), 39 * mm, centred=False),
        Column(_("預約方式"), 17 * mm),
        Column(_("報到時間"), 19 * mm),
        Column(_("接見起訖"), 24 * mm),
        Column(_("備註"), 37 * mm, centred=False),
    )
