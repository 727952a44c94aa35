"""Two agencies and everything in them, twice: what is one's own, and what is somebody else's."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app import clock, security
from app.extensions import db
from app.rules.vocabulary import Audience, EntryState, MessageState, VisitKind
from app.services import audit, entry_prints, roster_supplements, rosters
from app.transaction import transaction
from models import Agency, Applicant, Inmate, MessageTemplate, Officer
from tests import factories
from tests.doors import Office, Portal, Visitor
from tests.factories import deliveries, files

ROLES = ("anonymous", "applicant", "officer", "desk", "headquarters", "auditor")


#: Which row stands for an argument of a route: the first line whose endpoint and argument match counts.
#: A new route with an argument needs a line here; ``plain:`` gives a value that is no row.
ARGUMENTS = (
    (r".*static|appbuilder\..*", "filename", "plain:portal/portal.css"),
    (r"portal\.notice", "notice_id", "plain:00000000-0000-4000-8000-000000000000"),
    (r"portal\.", "application_id", "application"),
    (r"portal\.entry_(draft|discard)", "entry_id", "entry_draft"),
    (r"portal\.entry_", "entry_id", "entry"),
    (r"portal\.entry_file", "file_id", "entry_file"),
    (r"portal\.agency_message", "message_id", "agency_message"),
    (r"portal\.agency_file", "file_id", "agency_file"),
    (r"EntryReviewView\.review", "pk", "entry"),
    (r"EntryReviewView\.paper", "pk", "entry_approved"),
    (r"EntryReviewView\.picture", "pk", "entry_file"),
    (r"EntryPrintView\.", "pk", "book_print"),
    (r"AgencyBookFormView\.picture", "pk", "agency_file"),
    (r"AgencyBook(Form)?View\.", "pk", "agency_message"),
    (r"(EntryReview|AgencyBookForm)View\.picture", "page", "plain:1"),
    (r"portal\.", "draft_id", "draft"),
    (r"portal\.application_use_again", "attachment_id", "attachment"),
    (r"portal\.", "attachment_id", "draft_attachment"),
    (r"portal\.", "grant_id", "grant"),
    (r"portal\.", "reservation_id", "reservation"),
    (r"portal\.", "token", "plain:no-such-token"),
    (r"portal\.booking_(change_companion|companion|people)_remove", "position", "plain:0"),
    (r"auditor_applications\.", "record_id", "application"),
    (r"auditor_bookings\.", "record_id", "reservation"),
    (r"auditor_messages\.", "record_id", "notification"),
    (r"auditor_trail\.", "record_id", "trail"),
    (r"auditor_entries\.", "record_id", "entry"),
    (r"auditor_agency_book\.", "record_id", "agency_message"),
    (r"\w+View\.export", "form", "plain:csv"),
    (r"UndeliveredView\.act", "name", "plain:resend"),
    (r"auditor\.export_list", "of", "plain:service_application"),
    (r"auditor_agencies\.", "record_id", "agency"),
    (r"auditor_\w+\.", "record_id", "plain:00000000-0000-4000-8000-000000000000"),
    (r"auditor\.(timeline|unmask)", "kind", "plain:service_application"),
    (r"auditor\.(timeline|unmask)", "record_id", "application"),
    (r"AgencyView\.", "pk", "agency"),
    (r"StaffView\.", "pk", "staff"),
    (r"OwnAccountView\.end_session", "pk", "plain:00000000-0000-4000-8000-000000000000"),
    (r"ParameterView\.", "pk", "parameter"),
    (r"InmateView\.", "pk", "inmate"),
    (r"InmateImportView\.", "pk", "inmate_import"),
    (r"WorkItemView\.", "pk", "work_item"),
    (r"AccessKeyView\.", "pk", "access_key"),
    (r"PersonView\.|PersonMergeView\.", "pk", "person"),
    (r"PersonView\.act", "act", "plain:correct"),
    (r"RecognitionView\.|RecognitionFileView\.", "pk", "recognition"),
    (r"RecognitionFileView\.", "which", "plain:capture"),
    (r"api\.", "import_id", "inmate_import"),
    (r"VisitHoursView\.", "agency_id", "agency"),
    (r"VisitHoursView\.", "kind", "plain:family_on_site"),
    (r"ClosureView\.", "pk", "closure"),
    (r"PrivacyNoticeView\.", "pk", "privacy_notice"),
    (r"NoticeView\.", "pk", "notice"),
    (r"OfficeCalendarView\.", "pk", "plain:2026-10-12"),
    (r"ReasonView\.", "pk", "reason"),
    (r"LawyerApplicationView\.", "pk", "application"),
    (r"ApplicationReviewView\.(review|undo)", "pk", "application"),
    (r"ApplicationReviewView\.paper", "pk", "attachment"),
    (r"ApplicationReviewView\.paper", "page", "plain:1"),
    (r"Family(Application|Review)View\.(list|review|undo)", "pk", "family_application"),
    (r"FamilyReviewView\.paper", "pk", "family_attachment"),
    (r"FamilyReviewView\.paper", "page", "plain:1"),
    (r"GrantCaseView\.paper", "pk", "attachment"),
    (r"GrantCaseView\.paper", "page", "plain:1"),
    (r"Grant(Case)?View\.", "pk", "grant"),
    (r"GrantView\.", "act", "plain:suspend"),
    (r"Onsite(Booking|Act)View\.", "pk", "reservation"),
    (r"OnsiteActView\.mark", "move", "plain:no_show"),
    (r"(DeviceVisit(Act)?|FamilyBooking)View\.", "pk", "device_visit"),
    (r"FamilyVisit(Act)?View\.", "pk", "family_visit"),
    (r"(Device|Family)VisitActView\.mark", "move", "plain:no_show"),
    (r"DayDeskView\.", "pk", "reservation"),
    (r"DayDeskView\.", "move", "plain:check_in"),
    (r"RosterView\.supplement_paper|RosterExportView\.supplement", "pk", "supplement"),
    (r"RosterExportView\.", "form", "plain:csv"),
    (r"Roster(Export)?View\.", "pk", "roster"),
    (r"StatisticsView\.", "form", "plain:csv"),
    (r"MessageLogView\.", "pk", "notification"),
    (r"UndeliveredView\.", "pk", "undelivered"),
    (r"MessageTemplateView\.", "pk", "template"),
    (r"MessageTemplateView\.", "number", "plain:1"),
)


def stand_in(endpoint: str, argument: str) -> str:
    """What stands for an argument of a route; raises with what to do where nothing is known."""
    for endpoints, arguments, kind in ARGUMENTS:
        if re.match(endpoints, endpoint) and re.fullmatch(arguments, argument):
            return kind
    raise AssertionError(f"{endpoint} takes <{argument}>: add a line for it to ARGUMENTS in tests/guards/world.py")


class World:
    """The program on a database with both belongings, and a browser for every role, signed in."""

    def __init__(self, app: Flask, snapshot: Path) -> None:
        self.app, self.snapshot = app, snapshot
        with app.app_context():
            lawyer, agency = factories.applicant(), factories.agency()
            officer = factories.officer(agency)
            self.own = _belongings(lawyer, agency, officer)
            self.foreign = _belongings(factories.applicant(), factories.agency(), officer)
            staff = {
                "officer": officer,
                "desk": factories.desk(agency),
                "headquarters": factories.headquarters(),
                "auditor": factories.auditor(),
            }
            self.visitors: dict[str, Visitor] = {
                "anonymous": Portal(app.test_client()),
                "applicant": Portal(app.test_client()).is_signed_in_as(lawyer),
                **{role: Office(app.test_client()).is_signed_in_as(person) for role, person in staff.items()},
            }
            self._let_go()
        self._numbers = {role: visitor.client.get_cookie(visitor.cookie) for role, visitor in self.visitors.items()}
        shutil.copyfile(self._file, snapshot)

    @property
    def _file(self) -> Path:
        return Path(str(make_url(self.app.config["SQLALCHEMY_DATABASE_URI"]).database))

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()

    def restore(self) -> None:
        """Undo everything that a visit has changed, in the database and in the browsers."""
        with self.app.app_context():
            self._let_go()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.snapshot, self._file)
        for role, visitor in self.visitors.items():
            number = self._numbers[role]
            visitor.client.delete_cookie(visitor.cookie)
            if number is not None:
                visitor.client.set_cookie(visitor.cookie, number.value)


def _belongings(lawyer: Applicant, agency: Agency, officer: Officer) -> dict[str, str]:
    """The ids of one of everything that has an address, for this applicant at this agency."""
    inmate = factories.inmate(agency)
    draft = factories.draft(lawyer, inmate, fields={"relation": "lawyer", "certificate_number": "1"})
    application = factories.application(lawyer, inmate)
    relatives = factories.family_application(factories.applicant(), inmate)
    grant = factories.granted(lawyer, inmate)
    reservation = factories.reservation(grant)
    factories.companion(reservation)
    by = security.Actor("staff", str(officer.id), "王小明")
    day, officer_id, agency_id = reservation.visit_on, officer.id, agency.id
    edition_id = rosters.print_edition(agency_id, day, "", officer_id, by)
    factories.reservation(factories.granted(lawyer, inmate), reservation.arrives_at + timedelta(minutes=30))
    supplement_id = roster_supplements.print_supplement(edition_id, officer_id, by)
    books = _books(lawyer, inmate, officer)
    with transaction() as session:
        entry = audit.record(session, "test", by, application, agency_id=agency_id, facts={"phone": ["1", "2"]})
    return {
        "agency": agency.id,
        "staff": str(officer_id),
        "parameter": factories.parameter(agency, "A").id,
        "inmate": inmate.id,
        "draft": draft.id,
        "draft_attachment": factories.attachment(draft).id,
        "application": application.id,
        "attachment": factories.attachment(application, files.jpeg()).id,
        "family_application": relatives.id,
        "family_attachment": factories.attachment(relatives, files.jpeg()).id,
        "reservation": reservation.id,
        "device_visit": factories.session_visit(inmate, VisitKind.FAMILY_MOBILE).id,
        "family_visit": factories.session_visit(inmate).id,
        "grant": grant.id,
        "closure": factories.closure(grant.agency).id,
        "notice": factories.notice(agency_id=agency_id).id,
        "privacy_notice": factories.privacy_notice(published_at=clock.now() + timedelta(days=30)).id,
        "reason": factories.rejection_reason().id,
        "notification": factories.notification(lawyer, agency_id=agency_id).id,
        "roster": edition_id,
        "supplement": supplement_id,
        "undelivered": factories.notification(lawyer, agency_id=agency_id, state=MessageState.FAILED).id,
        "template": str(db.session.scalars(select(MessageTemplate.id).order_by(MessageTemplate.id)).first()),
        "trail": str(entry.seq),
        **_inmates(inmate, officer),
        **books,
    }


def _inmates(inmate: Inmate, officer: Officer) -> dict[str, str]:
    """One of everything that has an address around the copy of the prison system's inmates."""
    officer_id, agency_id = officer.id, inmate.agency_id
    lines = (deliveries.delivered(), deliveries.line_of(inmate, 場舍="孝二舍"))
    item = factories.work_item(inmate)
    return {
        "inmate_import": deliveries.delivery(agency_id, *lines),
        "work_item": item.id,
        "access_key": factories.access_key(made_by_id=officer_id).id,
        "person": factories.granted(about=inmate).applicant_id,
        "recognition": factories.recognition(inmate).id,
    }


def _books(family: Applicant, inmate: Inmate, officer: Officer) -> dict[str, str]:
    """One of everything that has an address in the two contact books."""
    grant = factories.family_grant(family, inmate)
    waiting = factories.entry(grant)
    approved = factories.entry(grant, state=EntryState.APPROVED)
    draft = factories.entry(grant, state=EntryState.DRAFT)
    file_id = factories.book_file(waiting, files.jpeg()).id
    message = factories.agency_message(grant.agency, officer, audience=Audience.ONE_FAMILY, inmate_id=inmate.id)
    agency_id, unit, officer_id = grant.agency_id, inmate.unit or "", officer.id
    agency_file = factories.book_file(message, files.jpeg()).id
    by = security.Actor("staff", str(officer_id), "王小明")
    return {
        "entry": waiting.id,
        "entry_draft": draft.id,
        "entry_approved": approved.id,
        "entry_file": file_id,
        "agency_message": message.id,
        "agency_file": agency_file,
        "book_print": entry_prints.print_unit(agency_id, unit, officer_id, by),
    }
