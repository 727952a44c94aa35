"""From an approved entry to its paper: names in full as on all paper, pictures inside."""

from __future__ import annotations

from app import clock
from app.adapters.file_store import FileMissing
from app.adapters.page_images import PageUnreadable
from app.rules.dates import paper_date
from models import BookAttachment, FamilyBookEntry
from reports.contact_book import EntrySheet
from views.backoffice import book_pictures, entry_cases

#: Pages of one document on paper; whoever reads on asks for the rest on the screen.
MOST_PAGES = 5


def sheet_of(entry: FamilyBookEntry) -> EntrySheet:
    """The sheet of one entry; a file that is damaged is left out and counted."""
    published, decided, officer = entry.published_at, entry.decided_at, entry.decided_by
    sheet = {
        "agency": entry.agency.full_name,
        "inmate": f"{entry.inmate.number}　{entry.inmate.name}",
        "unit": entry.inmate.unit or "",
        "writer": entry.applicant.name,
        "relation": str(entry.grant.relation.label),
        "published_on": paper_date(clock.local(published).date()) if published else "",
        "reviewed_on": paper_date(clock.local(decided).date()) if decided else "",
        "reviewed_by": officer.full_name if officer else "",
        "title": entry.title or "",
        "text": entry.text or "",
    }
    files = [(file, file.pages) for file in entry.attachments]  # drawing ends the read: everything is loaded first
    pictures, missing = [], 0
    for file, pages in files:
        drawn = _drawn(file, min(max(pages, 1), MOST_PAGES))
        missing += max(pages, 1) - len(drawn)
        pictures += drawn
    return EntrySheet(**sheet, pictures=tuple(pictures), missing=missing)


def number_of(entry: FamilyBookEntry) -> str:
    """By what a kept file is told apart, without anybody's name."""
    return f"{clock.local(entry.published_at):%Y%m%d}_{entry.id[:8]}" if entry.published_at else entry.id[:8]


def _drawn(file: BookAttachment, pages: int) -> list[bytes]:
    drawn = []
    for page in range(1, pages + 1):
        try:
            drawn.append(book_pictures.picture(file, page, book_pictures.PAPER))
        except (FileMissing, PageUnreadable):
            continue
    return drawn


def sheets_of(entry_ids: list[str]) -> list[EntrySheet]:
    """The sheets of some entries in scope, each read anew: drawing a picture ends what was read before."""
    return [sheet_of(entry_cases.find(entry_id)) for entry_id in entry_ids]
