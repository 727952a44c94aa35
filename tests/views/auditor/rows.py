"""One record of each kind that this door shows, and the addresses of its pages."""

from __future__ import annotations

from dataclasses import dataclass

from app.security import Actor
from app.services import audit
from app.transaction import transaction
from models import AgencyBookEntry, FamilyBookEntry, Notification, Reservation, ServiceApplication
from tests import factories
from tests.factories.rows import counter

LISTS = (
    "/auditor/applications/",
    "/auditor/bookings/",
    "/auditor/entries/",
    "/auditor/agency-book/",
    "/auditor/messages/",
    "/auditor/trail/",
)


@dataclass(frozen=True)
class Rows:
    """The planted records."""

    application: ServiceApplication
    reservation: Reservation
    message: Notification
    entry_seq: int
    entry: FamilyBookEntry
    agency_message: AgencyBookEntry

    @property
    def pages(self) -> tuple[str, ...]:
        """The address of each record's own page."""
        return (
            f"/auditor/applications/{self.application.id}/",
            f"/auditor/bookings/{self.reservation.id}/",
            f"/auditor/messages/{self.message.id}/",
            f"/auditor/trail/{self.entry_seq}/",
            f"/auditor/entries/{self.entry.id}/",
            f"/auditor/agency-book/{self.agency_message.id}/",
        )


def planted(**facts: object) -> Rows:
    """An application, a booking with a companion, a message and a trail row with these facts."""
    lawyer = factories.applicant(
        name="諸葛植入名",
        mail=f"planted.person{next(counter)}@example.com",
        mobile="0987654321",
        address="臺東縣植入鄉秘密路99號",
        occupation="植入職業",
    )
    inmate = factories.inmate(number="0609", name="司馬植入囚")
    application = factories.application(
        lawyer, inmate, certificate_number="植入證字第777號", supervising_lawyer="歐陽植入師"
    )
    grant = factories.granted(lawyer, inmate, item="family_book")
    reservation = factories.reservation(grant, visitor_name=lawyer.name, rejection_note="植入備註說明")
    factories.companion(reservation, name="皇甫植入伴")
    message = factories.notification(
        lawyer, agency_id=inmate.agency_id, body="植入內文", last_error="550 <planted.person@example.com> unknown"
    )
    words = {"title": "植入標題", "text": "植入的家書"}
    written = factories.entry(grant, **words)
    told = factories.agency_entry(inmate, **words)
    for one in (written, told):
        factories.book_attachment(one, file_name="植入.jpg")
    officer = factories.officer(first_name="植入員", last_name="王")
    actor = Actor("staff", str(officer.id), officer.full_name, "203.0.113.7")
    with transaction() as session:
        row = session.get_one(ServiceApplication, application.id)
        entry = audit.record(session, "service_application.approve", actor, row, agency_id=row.agency_id, facts=facts)
    return Rows(application, reservation, message, entry.seq, written, told)
