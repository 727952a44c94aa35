"""家庭聯絡簿 for its writers: for whom one may write, what one has written, and what stands in the way now."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.dates import list_date
from app.rules.family_book import BookRules, EntryInterval, EntrySuspended
from app.rules.vocabulary import LAWYERS, EntryState, GrantState, InmateStatus, RestrictionKind, ServiceItem
from app.services import visiting
from app.services.agencies import phone_of
from models import Agency, BookAttachment, FamilyBookEntry, Inmate, ServiceGrant

#: Entries that count for the interval: all that were published and not refused.
COUNTED = (EntryState.PENDING, EntryState.APPROVED, EntryState.EXPIRED)
#: Restrictions under which nothing is handed on; the writer is never told which.
CLOSING = (
    RestrictionKind.NO_CONTACT_ORDER,
    RestrictionKind.DISCIPLINARY,
    RestrictionKind.PROTECTIVE_ISOLATION,
    RestrictionKind.MEDICAL_ISOLATION,
)
MOST_LISTED = 100


class EntryNotPossible(RuleError):
    """One sentence for every restriction and every move of the inmate."""

    sentence = _l("目前無法線上發佈，請洽該機關（電話：%(phone)s）。內容已存為草稿。")
    status = 409


class BookGrantMissing(RuleError):
    """The book is open to whoever holds the service item now."""

    sentence = _l(
        "您對該收容人目前沒有有效之「家庭聯絡簿」服務項目，無法發佈。請至「服務項目狀態查詢」查看，或重新申請。"
    )
    status = 409


def grants(applicant_id: str) -> list[ServiceGrant]:
    """The grants under which this applicant may write today."""
    today = clock.today()
    return list(
        db.session.scalars(
            select(ServiceGrant)
            .where(
                ServiceGrant.applicant_id == applicant_id,
                ServiceGrant.item == ServiceItem.FAMILY_BOOK,
                ServiceGrant.relation.not_in(LAWYERS),
                ServiceGrant.state == GrantState.ACTIVE,
                ServiceGrant.from_on <= today,
                ServiceGrant.until_on >= today,
            )
            .order_by(ServiceGrant.until_on.desc(), ServiceGrant.id)
            .options(selectinload(ServiceGrant.agency), selectinload(ServiceGrant.inmate))
        )
    )


def entries(applicant_id: str, state: EntryState | None) -> list[FamilyBookEntry]:
    """What this applicant has written, the newest first; drafts on top."""
    mine = select(FamilyBookEntry).where(FamilyBookEntry.applicant_id == applicant_id)
    if state is not None:
        mine = mine.where(FamilyBookEntry.state == state)
    newest = (FamilyBookEntry.published_at.desc().nulls_first(), FamilyBookEntry.id)
    loads = (
        selectinload(FamilyBookEntry.agency),
        selectinload(FamilyBookEntry.inmate),
        selectinload(FamilyBookEntry.attachments),
    )
    return list(db.session.scalars(mine.order_by(*newest).limit(MOST_LISTED).options(*loads)))


def get(applicant_id: str, entry_id: str) -> FamilyBookEntry:
    """One's own entry; raises ``NotFound``."""
    found = db.session.scalar(
        select(FamilyBookEntry)
        .where(FamilyBookEntry.id == entry_id, FamilyBookEntry.applicant_id == applicant_id)
        .options(selectinload(FamilyBookEntry.attachments))
    )
    if found is None:
        raise NotFound()
    return found


def get_file(applicant_id: str, attachment_id: str) -> BookAttachment:
    """A file of one's own entry; raises ``NotFound``."""
    found = db.session.scalar(
        select(BookAttachment)
        .join(FamilyBookEntry, BookAttachment.entry_id == FamilyBookEntry.id)
        .where(BookAttachment.id == attachment_id, FamilyBookEntry.applicant_id == applicant_id)
    )
    if found is None:
        raise NotFound()
    return found


def rules_of(entry: FamilyBookEntry | ServiceGrant) -> BookRules:
    """The agency's rules for entries to this inmate."""
    return BookRules.from_parameters(visiting.values_of(entry.agency_id), is_juvenile=entry.inmate.is_juvenile)


def next_day(session: Session, entry: FamilyBookEntry) -> date:
    """The day from which the writer may publish again to this inmate, refusals and all."""
    rules, today = rules_of(entry), clock.today()
    stopped = rules.stopped_until(_refused_on(session, entry))
    after_stop = stopped + timedelta(days=1) if stopped else None
    days = (rules.next_day(_last_on(session, entry)), after_stop)
    return max([today, *(day for day in days if day)])


def obstacle(session: Session, entry: FamilyBookEntry) -> RuleError | None:
    """What stands in the way of publishing this draft now; None where nothing does."""
    today, grant = clock.today(), session.get_one(ServiceGrant, entry.grant_id)
    if not grant.holds_on(today) or grant.relation in LAWYERS or grant.item != ServiceItem.FAMILY_BOOK:
        return BookGrantMissing()
    inmate = session.get_one(Inmate, entry.inmate_id)
    is_there = inmate.status == InmateStatus.PRESENT and inmate.agency_id == grant.agency_id
    if not is_there or any(inmate.restricted_on(today, kind) for kind in CLOSING):
        return EntryNotPossible(phone=phone_of(session.get_one(Agency, entry.agency_id)))
    rules = rules_of(entry)
    stopped = rules.stopped_until(_refused_on(session, entry))
    if stopped and today <= stopped:
        return EntrySuspended(n=rules.strikes, until=list_date(stopped))
    free = rules.next_day(_last_on(session, entry))
    if free and today < free:
        return EntryInterval(days=rules.interval_days, next=list_date(free))
    return None


def _last_on(session: Session, entry: FamilyBookEntry) -> date | None:
    newest = session.scalar(
        select(FamilyBookEntry.published_at)
        .where(
            FamilyBookEntry.applicant_id == entry.applicant_id,
            FamilyBookEntry.inmate_id == entry.inmate_id,
            FamilyBookEntry.state.in_(COUNTED),
        )
        .order_by(FamilyBookEntry.published_at.desc())
        .limit(1)
    )
    return clock.local(newest).date() if newest else None


def _refused_on(session: Session, entry: FamilyBookEntry) -> list[date]:
    """The days on which this agency refused entries of this writer within the last two years."""
    since = clock.now() - timedelta(days=2 * 366)
    decided = session.scalars(
        select(FamilyBookEntry.decided_at).where(
            FamilyBookEntry.applicant_id == entry.applicant_id,
            FamilyBookEntry.agency_id == entry.agency_id,
            FamilyBookEntry.state == EntryState.REJECTED,
            FamilyBookEntry.decided_at >= since,
        )
    )
    return [clock.local(at).date() for at in decided if at is not None]
