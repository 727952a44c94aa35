"""Both contact books, and the items of a family's application."""

from __future__ import annotations

from typing import Any

from app import clock
from app.rules.vocabulary import Audience, EntryState, ServiceItem
from models import (
    AgencyBookEntry,
    ApplicationItem,
    BookAttachment,
    FamilyBookEntry,
    Inmate,
    ServiceApplication,
    ServiceGrant,
    new_id,
)
from tests.factories.cases import granted
from tests.factories.people import inmate, officer
from tests.factories.rows import made


def application_item(of: ServiceApplication, **columns: Any) -> ApplicationItem:
    """One service item of a family's application."""
    return made(ApplicationItem, columns, application_id=of.id, item=ServiceItem.FAMILY_BOOK)


def family_entry(of: ServiceGrant | None = None, **columns: Any) -> FamilyBookEntry:
    """家庭聯絡簿, published and waiting to be read by an officer."""
    of = of or granted(item=ServiceItem.FAMILY_BOOK)
    state = columns.get("state", EntryState.PENDING)
    is_decided = state in (EntryState.APPROVED, EntryState.REJECTED)
    return made(
        FamilyBookEntry,
        columns,
        agency_id=of.agency_id,
        applicant_id=of.applicant_id,
        inmate_id=of.inmate_id,
        grant_id=of.id,
        title="近況",
        text="家中一切平安。",
        state=state,
        published_at=None if state is EntryState.DRAFT else clock.now(),
        decided_at=clock.now() if is_decided else None,
    )


def agency_entry(about: Inmate | None = None, **columns: Any) -> AgencyBookEntry:
    """機關聯絡簿 to one inmate's family."""
    about = about or inmate()
    return made(
        AgencyBookEntry,
        columns,
        agency_id=about.agency_id,
        audience=Audience.ONE_FAMILY,
        inmate_id=about.id,
        title="通知",
        text="請於接見時攜帶證件。",
        published_at=clock.now(),
        published_by_id=officer().id,
    )


def book_attachment(of: FamilyBookEntry | AgencyBookEntry, **columns: Any) -> BookAttachment:
    """附件 of an entry in either book, without a file in the store."""
    owner = "entry_id" if isinstance(of, FamilyBookEntry) else "agency_entry_id"
    return made(
        BookAttachment,
        columns,
        **{owner: of.id},
        position=1,
        file_name="相片.jpg",
        media_type="image/jpeg",
        size_bytes=1024,
        storage_key=new_id().replace("-", ""),
        created_at=clock.now(),
    )
