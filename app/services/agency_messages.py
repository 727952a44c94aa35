"""查看機關聯絡簿: what agencies tell this family, by month, publisher and audience; what has been opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import LAWYERS, Audience, GrantState
from app.transaction import noting
from models import AgencyBookEntry, AgencyBookReading, BookAttachment, ServiceGrant

#: 發佈單位 of what headquarters itself publishes, as it stands in an address.
HEADQUARTERS = "hq"
MOST_LISTED = 200


@dataclass(frozen=True)
class Shelf:
    """What one family may read: the months with messages, the newest first, and the messages that were asked for."""

    months: Sequence[date]
    month: date | None
    publishers: Sequence[tuple[str, str]]
    entries: Sequence[AgencyBookEntry]
    read: frozenset[str]


def may_read(applicant_id: str) -> bool:
    """Whether this applicant holds any family's grant today."""
    return bool(_held(applicant_id))


def shelf(applicant_id: str, month: str, publisher: str, audience: str) -> Shelf:
    """The messages of a month (the newest one where none is named); what is asked for wrongly does not count."""
    loads = (selectinload(AgencyBookEntry.agency), selectinload(AgencyBookEntry.attachments))
    found = db.session.scalars(
        select(AgencyBookEntry)
        .where(_visible(applicant_id))
        .order_by(AgencyBookEntry.published_at.desc(), AgencyBookEntry.id)
        .limit(MOST_LISTED)
        .options(*loads)
    ).all()
    months = list(dict.fromkeys(month_of(entry) for entry in found))
    chosen = next((one for one in months if f"{one:%Y-%m}" == month), months[0] if months else None)
    publishers = dict.fromkeys((publisher_key(entry), entry.agency.name if entry.agency else "") for entry in found)
    shown = [
        entry
        for entry in found
        if month_of(entry) == chosen
        and publisher in ("", publisher_key(entry))
        and (audience not in Audience.values() or entry.audience == audience)
    ]
    return Shelf(months, chosen, list(publishers), shown, read_by(applicant_id, [entry.id for entry in found]))


def publisher_key(entry: AgencyBookEntry) -> str:
    """發佈單位 as it stands in an address."""
    return entry.agency_id or HEADQUARTERS


def month_of(entry: AgencyBookEntry) -> date:
    """The first day of the month in which a message was published."""
    return clock.local(entry.published_at).date().replace(day=1)


def read_by(applicant_id: str, entry_ids: list[str]) -> frozenset[str]:
    """Which of these messages the applicant has opened."""
    mine = (AgencyBookReading.applicant_id == applicant_id, AgencyBookReading.entry_id.in_(entry_ids))
    return frozenset(db.session.scalars(select(AgencyBookReading.entry_id).where(*mine)))


def get(applicant_id: str, entry_id: str) -> AgencyBookEntry:
    """A message that this applicant may read; raises ``NotFound``."""
    found = db.session.scalar(
        select(AgencyBookEntry)
        .where(AgencyBookEntry.id == entry_id, _visible(applicant_id))
        .options(selectinload(AgencyBookEntry.attachments), selectinload(AgencyBookEntry.agency))
    )
    if found is None:
        raise NotFound()
    return found


def get_file(applicant_id: str, attachment_id: str) -> BookAttachment:
    """A file of a message that this applicant may read; raises ``NotFound``."""
    found = db.session.scalar(
        select(BookAttachment)
        .join(AgencyBookEntry, BookAttachment.agency_entry_id == AgencyBookEntry.id)
        .where(BookAttachment.id == attachment_id, _visible(applicant_id))
    )
    if found is None:
        raise NotFound()
    return found


def mark_read(applicant_id: str, entry_id: str) -> None:
    """Note that a message was opened; opened twice, it is noted once."""
    if entry_id in read_by(applicant_id, [entry_id]):
        return
    try:
        with noting() as session:
            session.add(AgencyBookReading(entry_id=entry_id, applicant_id=applicant_id, read_at=clock.now()))
    except IntegrityError:
        return  # two windows opened it at once


def _held(applicant_id: str) -> list[tuple[str, str]]:
    """Agency and inmate of each family's grant that holds today."""
    today = clock.today()
    rows = db.session.execute(
        select(ServiceGrant.agency_id, ServiceGrant.inmate_id).where(
            ServiceGrant.applicant_id == applicant_id,
            ServiceGrant.relation.not_in(LAWYERS),
            ServiceGrant.state == GrantState.ACTIVE,
            ServiceGrant.from_on <= today,
            ServiceGrant.until_on >= today,
        )
    )
    return [(agency_id, inmate_id) for agency_id, inmate_id in rows]


def _visible(applicant_id: str) -> ColumnElement[bool]:
    held = _held(applicant_id)
    if not held:
        return false()
    agency_ids, inmate_ids = {agency for agency, _inmate in held}, {inmate for _agency, inmate in held}
    is_notice = AgencyBookEntry.audience == Audience.NOTICE
    notices = and_(is_notice, or_(AgencyBookEntry.agency_id.is_(None), AgencyBookEntry.agency_id.in_(agency_ids)))
    mine = and_(AgencyBookEntry.audience == Audience.ONE_FAMILY, AgencyBookEntry.inmate_id.in_(inmate_ids))
    year_ago = clock.at(clock.today().replace(year=clock.today().year - 1, day=1), time.min)
    return and_(AgencyBookEntry.deleted_at.is_(None), AgencyBookEntry.published_at >= year_ago, or_(notices, mine))
