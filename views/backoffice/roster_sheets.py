"""From a frozen edition or supplement to its paper: the sheet, the totals in words, the file's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from app.i18n import _
from app.rules.dates import paper_date, paper_time, sentence_date, sentence_time
from app.rules.roster_changes import ChangeKind
from app.rules.vocabulary import BookingSource
from models import RosterEdition, RosterSupplement
from reports.roster import RosterRow, RosterSheet, columns
from reports.spreadsheet import Format
from views.backoffice.case_facts import locale

#: 預約方式 on offer: a walk-in is not booked; who came without a booking stands in 全部 of his day.
SOURCES = (BookingSource.ONLINE, BookingSource.PHONE)
#: What somebody is, behind the name.
_CAPACITY = re.compile(r"（([^（）]+)）$")
_COLUMNS = tuple(field.name for field in fields(RosterRow) if field.type == "str")


def source_label(source: str) -> str:
    """全部, or the one kind of booking that the edition shows."""
    return str(BookingSource(source).label) if source else _("全部")


def sheet_of(edition: RosterEdition) -> RosterSheet:
    """The sheet of an edition, built from what was frozen when it was printed."""
    content = edition.content
    return RosterSheet(
        **_heading(edition, edition),
        rows=tuple(map(_row, content["rows"])),
        pending_rows=tuple(_row(row, is_pending=True) for row in content["pending"]),
        totals=totals_text(content["totals"]),
    )


def supplement_sheet(supplement: RosterSupplement) -> RosterSheet:
    """The sheet of a supplement: what is new, other or gone since the edition and its earlier supplements."""
    content = supplement.content
    lines = {kind: tuple(_row(row) for row in content["changes"] if row["kind"] == kind) for kind in ChangeKind}
    added, changed, cancelled = (len(lines[kind]) for kind in ChangeKind)
    return RosterSheet(
        **_heading(supplement.edition, supplement),
        title_kind="supplement",
        supplement_number=supplement.number,
        rows=(),
        sections=tuple((str(kind.label), rows) for kind, rows in lines.items() if rows),
        totals=_(
            "本次異動%(n)s件（新增%(a)s件、變更%(b)s件、取消%(c)s件）。異動後：%(totals)s",
            n=added + changed + cancelled,
            a=added,
            b=changed,
            c=cancelled,
            totals=totals_text(content["totals"]),
        ),
    )


def totals_text(totals: Mapping[str, Any]) -> str:
    """The line below the last row (WORDING ``roster_totals``); walk-ins are named where there are any."""
    bands = _("、").join(_("%(band)s %(n)s人", band=_(band), n=n) for band, n in totals["bands"])
    values = {
        "n": totals["visits"],
        "a": totals["online"],
        "b": totals["phone"],
        "p": totals["persons"],
        "i": totals["inmates"],
        "bands": bands or _("無"),
    }
    if walk_in := totals.get("walk_in", 0):
        return _(
            "合計%(n)s件（線上%(a)s件、電話%(b)s件、現場%(c)s件），"
            "接見人%(p)s人、提帶收容人%(i)s人；各時段人數：%(bands)s",
            c=walk_in,
            **values,
        )
    return _(
        "合計%(n)s件（線上%(a)s件、電話%(b)s件），接見人%(p)s人、提帶收容人%(i)s人；各時段人數：%(bands)s", **values
    )


def table_of(sheet: RosterSheet, form: Format) -> bytes:
    """The sheet as a file for a spreadsheet: the official columns, and what each line is (審核情形 or 異動)."""
    kinds = [(_("審核通過"), row) for row in sheet.rows] + [(_("待核"), row) for row in sheet.pending_rows]
    kinds += [(head, row) for head, rows in sheet.sections for row in rows]
    mark = _("異動") if sheet.sections else _("審核情形")
    head = [*(column.head for column in columns()), mark]
    return form.write(head, [[*(getattr(row, name) for name in _COLUMNS), kind] for kind, row in kinds])


def file_name(printed: RosterEdition | RosterSupplement, ending: str) -> str:
    """What a kept file is called: 預約現場律師接見清冊_桃園女子監獄_20260310_全部_第1版.pdf."""
    edition = printed if isinstance(printed, RosterEdition) else printed.edition
    values = {
        "agency": edition.agency.name,
        "day": f"{edition.visit_on:%Y%m%d}",
        "source": source_label(edition.source_filter),
        "edition": edition.edition,
        "ending": ending,
    }
    if isinstance(printed, RosterEdition):
        return _("預約現場律師接見清冊_%(agency)s_%(day)s_%(source)s_第%(edition)s版.%(ending)s", **values)
    return _(
        "預約現場律師接見補充清冊_%(agency)s_%(day)s_%(source)s_第%(edition)s版第%(number)s號.%(ending)s",
        number=printed.number,
        **values,
    )


def _heading(edition: RosterEdition, printed: RosterEdition | RosterSupplement) -> dict[str, Any]:
    return {
        "agency_full_name": edition.agency.full_name,
        "visit_on": paper_date(edition.visit_on) if _is_chinese() else sentence_date(edition.visit_on, locale()),
        "source": source_label(edition.source_filter),
        "edition": edition.edition,
        "printed_at": paper_time(printed.printed_at) if _is_chinese() else sentence_time(printed.printed_at, locale()),
        "printed_by": printed.printed_by.full_name,
    }


def _row(frozen: Mapping[str, Any], is_pending: bool = False) -> RosterRow:
    texts = {name: frozen[name] for name in _COLUMNS}
    if not _is_chinese():
        texts |= _in_other_words(texts)
    return RosterRow(**texts, is_pending=is_pending)


def _is_chinese() -> bool:
    return locale().startswith("zh")


def _capacity(found: re.Match[str]) -> str:
    return f" ({_(found[1])})"


def _in_other_words(texts: Mapping[str, str]) -> dict[str, str]:
    """What is frozen as Chinese words, in the reader's language; names stay as they are."""
    said = {name: _(texts[name]) for name in ("capacity", "source") if texts[name]}
    listed = {name: texts[name].split("、") for name in ("companions", "remarks") if texts[name]}
    for name, parts in listed.items():
        words = [_CAPACITY.sub(_capacity, part) if name == "companions" else _(part) for part in parts]
        said[name] = _("、").join(words)
    return said
