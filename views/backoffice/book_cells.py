"""How an entry of either contact book reads in a list (WORDING ``entry_cell``)."""

from __future__ import annotations

from flask import url_for
from markupsafe import Markup

from app.i18n import _
from app.rules.masking import name_circle
from app.services.book_files import is_picture
from models import AgencyBookEntry, BookAttachment, FamilyBookEntry

_TITLE, _TEXT = 12, 30


def thumbnail(files: list[BookAttachment], endpoint: str) -> Markup | str:
    """照片: the first picture, small; empty where there is none."""
    first = next((file for file in files if is_picture(file)), None)
    if first is None:
        return ""
    address = url_for(endpoint, pk=first.id, page=1, small=1)
    image = '<img class="bk-thumb" src="{}" alt="{}" width="64" height="64" loading="lazy">'
    return Markup(image).format(address, _("附件照片"))


def cell(row: FamilyBookEntry | AgencyBookEntry) -> Markup:
    """內容: TO, 標題, PDF檔 and 內文, line by line, long ones cut."""
    inmate = row.inmate
    to = f"{inmate.number}-{name_circle(inmate.name)}" if inmate else "-"
    lines = [f"TO：{to}", _("標題：%(title)s", title=_cut(row.title, _TITLE))]
    lines += [_("PDF檔：%(file)s", file=file.file_name) for file in row.attachments if not is_picture(file)]
    lines.append(_("內文：%(text)s", text=_cut(row.text, _TEXT)))
    return Markup("<br>").join(lines)


def _cut(text: str | None, longest: int) -> str:
    line = " ".join((text or "").split())
    return line if len(line) <= longest else f"{line[:longest]}..."
