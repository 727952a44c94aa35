"""An entry on the officer's table: found through the agency scope, with what stands around it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from app.errors import NotFound
from app.extensions import db
from app.i18n import _
from app.rules.dates import birth_date_shown
from app.rules.vocabulary import EntryState
from models import BookAttachment, FamilyBookEntry, Inmate
from views.backoffice import case_facts, scope
from views.backoffice.case_facts import Facts
from views.backoffice.cases import MOST_COUNTED, Among


def find(entry_id: str) -> FamilyBookEntry:
    """A published entry to an agency in scope, with all that its page shows; raises ``NotFound``."""
    entry = db.session.scalar(
        select(FamilyBookEntry)
        .where(FamilyBookEntry.id == entry_id, *_ours())
        .options(
            selectinload(FamilyBookEntry.agency),
            selectinload(FamilyBookEntry.applicant),
            selectinload(FamilyBookEntry.grant),
            selectinload(FamilyBookEntry.attachments),
            selectinload(FamilyBookEntry.inmate).selectinload(Inmate.restrictions),
        )
    )
    if entry is None:
        raise NotFound()
    return entry


def find_picture(attachment_id: str) -> BookAttachment:
    """A file of a published entry (never of a draft) to an agency in scope; raises ``NotFound``."""
    found = db.session.scalar(
        select(BookAttachment)
        .join(FamilyBookEntry, BookAttachment.entry_id == FamilyBookEntry.id)
        .where(BookAttachment.id == attachment_id, *_ours())
    )
    if found is None:
        raise NotFound()
    return found


def next_waiting(after: FamilyBookEntry, among: Among = ()) -> str | None:
    """The pending entry that follows (oldest first), then from the start again; None when none is left.

    ``among`` are the list's own conditions.
    """
    row = FamilyBookEntry
    waiting = (
        select(row.id)
        .where(row.state == EntryState.PENDING, row.id != after.id, *_ours(), *among)
        .order_by(row.published_at, row.id)
        .limit(1)
    )
    later = or_(row.published_at > after.published_at, and_(row.published_at == after.published_at, row.id > after.id))
    return db.session.scalar(waiting.where(later)) or db.session.scalar(waiting)


def count_waiting(among: Among = ()) -> int:
    """How many entries wait, at most ``MOST_COUNTED``."""
    waiting = select(FamilyBookEntry.id).where(FamilyBookEntry.state == EntryState.PENDING, *_ours(), *among)
    first = waiting.limit(MOST_COUNTED)
    return int(db.session.scalar(select(func.count()).select_from(first.subquery())) or 0)


def inmate_facts(entry: FamilyBookEntry) -> Facts:
    """收容人資訊 (WORDING ``inmate_block``)."""
    return case_facts.inmate_facts(entry.inmate)


def family_facts(entry: FamilyBookEntry) -> Facts:
    """家屬資訊 (WORDING ``family_block``)."""
    family = entry.applicant
    return [
        (_("申請人"), family.name),
        (_("出生日期"), birth_date_shown(family.birth_date, case_facts.locale())),
        (_("身分證號"), family.id_number),
        (_("關係"), str(entry.grant.relation.label)),
        (_("電話"), family.landline or case_facts.NONE),
        (_("手機"), family.mobile),
        ("Email", family.mail),  # the manual's word; the framework's catalogue has 電子郵件 for it
    ]


def result_facts(entry: FamilyBookEntry) -> Facts:
    """What became of a decided entry."""
    officer = entry.decided_by
    facts = [
        (_("審核結果"), str(entry.state.label)),
        (_("審核時間"), case_facts.moment(entry.decided_at)),
        (_("審核人員"), officer.full_name if officer else case_facts.NONE),
    ]
    if entry.rejection_reason:
        facts.append((_("不通過原因"), case_facts.reason(entry.rejection_reason, entry.rejection_note)))
    if entry.print_batch:
        facts.append((_("列印時間"), case_facts.moment(entry.print_batch.printed_at)))
    if entry.handed_over_at and entry.handed_over_by:
        facts.append((_("交付時間"), case_facts.moment(entry.handed_over_at)))
        facts.append((_("交付人員"), entry.handed_over_by.full_name))
    return facts


def _ours() -> tuple[ColumnElement[bool], ...]:
    return FamilyBookEntry.state != EntryState.DRAFT, scope.within(FamilyBookEntry.agency_id)
