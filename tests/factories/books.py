"""Both contact books, and the items of a family's application."""

from __future__ import annotations

from typing import Any

from app import clock
from app.rules.vocabulary import ApplicationState, Audience, EntryState, Relationship, ServiceItem
from app.services import attachments, book_files
from models import (
    Agency,
    AgencyBookEntry,
    Applicant,
    ApplicationItem,
    BookAttachment,
    FamilyBookEntry,
    Inmate,
    Officer,
    ServiceApplication,
    ServiceGrant,
    new_id,
)
from tests.factories.cases import application, grant
from tests.factories.files import Upload
from tests.factories.people import inmate, officer
from tests.factories.rows import joined, made


def family_grant(by: Applicant | None = None, about: Inmate | None = None, **columns: Any) -> ServiceGrant:
    """A relative who may write to an inmate: approved application and grant of 家庭聯絡簿 in one."""
    of = application(
        by,
        about,
        state=ApplicationState.APPROVED,
        item=ServiceItem.FAMILY,
        relation=Relationship.SPOUSE,
        certificate_number=None,
    )
    return grant(of, **{"item": ServiceItem.FAMILY_BOOK, **columns})


def entry(of: ServiceGrant | None = None, **columns: Any) -> FamilyBookEntry:
    """家庭聯絡簿, published now and waiting; with ``state`` another one, decided as that state needs it."""
    of = of or family_grant()
    state = columns.get("state", EntryState.PENDING)
    decided = state in (EntryState.APPROVED, EntryState.REJECTED)
    return made(
        FamilyBookEntry,
        columns,
        agency_id=of.agency_id,
        applicant_id=of.applicant_id,
        inmate_id=of.inmate_id,
        grant_id=of.id,
        title="生日快樂",
        text="爸爸生日快樂，我們都很想您。",
        state=state,
        published_at=None if state is EntryState.DRAFT else clock.now(),
        decided_at=clock.now() if decided else None,
    )


def agency_message(of: Agency | None, by: Officer | None = None, **columns: Any) -> AgencyBookEntry:
    """機關聯絡簿: a notice to all families of an agency (of all agencies where none is named)."""
    by = by or officer()
    return made(
        AgencyBookEntry,
        columns,
        agency_id=of.id if of else None,
        audience=Audience.NOTICE,
        title="中秋節懇親活動",
        text="報名自即日起至9月10日止。",
        published_at=clock.now(),
        published_by_id=by.id,
    )


def book_file(of: FamilyBookEntry | AgencyBookEntry, paper: Upload) -> BookAttachment:
    """附件 of an entry or a message, with its file in the store."""
    owner = "entry_id" if isinstance(of, FamilyBookEntry) else "agency_entry_id"
    with joined() as session:
        return book_files.keep(session, {owner: of.id}, attachments.clean(*paper))


def application_item(of: ServiceApplication, **columns: Any) -> ApplicationItem:
    """One service item of a family's application."""
    return made(ApplicationItem, columns, application_id=of.id, item=ServiceItem.FAMILY_BOOK)


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
