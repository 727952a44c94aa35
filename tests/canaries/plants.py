"""Canaries: a value that stands nowhere else, in every sealed attribute of every model."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time
from typing import Any

from app import clock
from app.extensions import db
from app.rules.office_vocabulary import ImportSource, RecognitionSource, RecognitionVerdict, StagedAct, WorkKind
from app.rules.vocabulary import (
    ApplicationState,
    AttachmentKind,
    EntryState,
    ReservationState,
    RestrictionKind,
    ServiceItem,
)
from app.security import Actor
from app.services import audit, roster_supplements, rosters
from app.transaction import transaction
from models import (
    Agency,
    AgencyBookEntry,
    Applicant,
    ApplicationDraft,
    ApplicationItem,
    Attachment,
    AuditValues,
    BookAttachment,
    BrowserSession,
    Companion,
    Consent,
    FamilyBookEntry,
    ImportFault,
    Inmate,
    InmateImport,
    InmateRestriction,
    Notification,
    Officer,
    OneTimeToken,
    RecognitionResult,
    Reservation,
    RosterEdition,
    RosterSupplement,
    SecondFactor,
    ServiceApplication,
    ServiceGrant,
    SessionKind,
    StagedInmate,
    StagedRestriction,
    StateMove,
    WorkItem,
)
from models.base import Sealed
from tests import factories

BY = Actor("staff", "1", "王小明")


def attributes(model: type) -> dict[str, Sealed]:
    """The sealed attributes of a model, inherited ones too, by name."""
    return {name: value for cls in model.__mro__ for name, value in vars(cls).items() if isinstance(value, Sealed)}


def canary(model: Any, name: str) -> str:
    """The text by which the value of an attribute is known again; a day for a date."""
    if attributes(model)[name].kind == "date":
        # Nobody was born then: one day for each table.
        return date(1801, 1, 1 + sum(model.__tablename__.encode()) % 28).isoformat()
    return f"cnry-{model.__tablename__}-{name}".replace("_", "-")


#: Values that have to be of a shape for the pages that show them.
SHAPES: dict[tuple[type, str], Callable[[str], Any]] = {
    (Applicant, "mail"): lambda text: f"{text}@example.com",
    (Notification, "recipient"): lambda text: f"{text}@example.com",
    (Notification, "body"): lambda text: f"內文{text}",
    (Notification, "secret"): lambda text: {"link": f"http://127.0.0.1/{text}"},
    (Attachment, "file_name"): lambda text: f"{text}.pdf",
    (BookAttachment, "file_name"): lambda text: f"{text}.jpg",
    (ApplicationDraft, "fields"): lambda text: {"relation": "lawyer", "certificate_number": text},
    (BrowserSession, "content"): lambda text: json.dumps({"booking": text}),
    (AuditValues, "facts"): lambda text: {"phone": ["", text]},
}


def planted(model: type) -> dict[str, Any]:
    """A canary for every sealed attribute of a model, as its factory takes them."""
    values: dict[str, Any] = {}
    for name, attribute in attributes(model).items():
        text = canary(model, name)
        if (model, name) in SHAPES:
            values[name] = SHAPES[(model, name)](text)
        elif attribute.kind == "date":
            values[name] = date.fromisoformat(text)
        else:
            values[name] = {"text": text} if attribute.kind == "json" else text
    return values


class Plants:
    """One agency's affairs with a canary in every sealed place; ``rows`` has a row of each model."""

    def __init__(self) -> None:
        self.agency: Agency = factories.agency()
        self.officer: Officer = factories.officer(self.agency)
        self.lawyer = factories.applicant(**planted(Applicant))
        inmate = factories.inmate(self.agency, **planted(Inmate))
        self.draft = factories.draft(self.lawyer, inmate, **planted(ApplicationDraft))
        rejected = factories.application(
            self.lawyer, inmate, state=ApplicationState.REJECTED, **planted(ServiceApplication)
        )
        self.waiting = factories.application(self.lawyer, inmate)
        grant = factories.granted(self.lawyer, inmate, **planted(ServiceGrant))
        visit = factories.reservation(grant, state=ReservationState.REJECTED, **planted(Reservation))
        coming = factories.reservation(grant, clock.at(visit.visit_on, clock.local(clock.now()).time()))
        self.visit_on = visit.visit_on
        self.rows: list[Any] = [
            self.lawyer,
            inmate,
            self.draft,
            rejected,
            grant,
            visit,
            factories.companion(coming, **planted(Companion)),
            factories.restriction(inmate, **planted(InmateRestriction)),
            factories.attachment(self.waiting, kind=AttachmentKind.OTHER, **planted(Attachment)),
            factories.notification(self.lawyer, agency_id=self.agency.id, **planted(Notification)),
        ]
        self.rows += self._families_rows(rejected, inmate)
        self.rows += self._plain_rows(rejected)
        self.rows += self._office_rows(inmate, visit)

    def _families_rows(self, of: ServiceApplication, about: Inmate) -> list[Any]:
        book = factories.granted(factories.applicant(), about, item=ServiceItem.FAMILY_BOOK)
        entry = factories.entry(book, state=EntryState.REJECTED, **planted(FamilyBookEntry))
        return [
            factories.application_item(of, **planted(ApplicationItem)),
            entry,
            factories.agency_entry(about, **planted(AgencyBookEntry)),
            factories.book_attachment(entry, **planted(BookAttachment)),
        ]

    def _office_rows(self, about: Inmate, visit: Reservation) -> list[Any]:
        now = clock.now()
        delivery = factories.saved(
            InmateImport(agency_id=self.agency.id, source=ImportSource.FILE, digest="d" * 64, **planted(InmateImport))
        )
        rows = [
            StagedInmate(
                import_id=delivery.id,
                inmate_id=about.id,
                line=2,
                act=StagedAct.NOTHING,
                number=about.number,
                name=about.name,
                custody_type=about.custody_type,
                status=about.status,
                **planted(StagedInmate),
            ),
            StagedRestriction(
                import_id=delivery.id,
                inmate_id=about.id,
                kind=RestrictionKind.NO_CONTACT_ORDER,
                from_on=clock.today(),
                **planted(StagedRestriction),
            ),
            ImportFault(import_id=delivery.id, line=2, column="呼號", expected="數字", **planted(ImportFault)),
            RecognitionResult(
                agency_id=self.agency.id,
                reservation_id=visit.id,
                captured_at=now,
                verdict=RecognitionVerdict.NOT_COMPARED,
                source=RecognitionSource.UPLOAD,
                override=RecognitionVerdict.MATCH,
                overridden_at=now,
                **planted(RecognitionResult),
            ),
            WorkItem(
                agency_id=self.agency.id,
                kind=WorkKind.MOVED,
                inmate_id=about.id,
                subject_kind="reservation",
                subject_id=visit.id,
                cause=delivery.id,
                **planted(WorkItem),
            ),
        ]
        return [delivery, *(factories.saved(row) for row in rows)]

    def _plain_rows(self, about: ServiceApplication) -> list[Any]:
        """Rows that no factory makes: those that services write on the way."""
        now, notice = clock.now(), factories.privacy_notice()
        until = now.replace(year=now.year + 1)
        rows = [
            Consent(applicant_id=self.lawyer.id, notice_id=notice.id, at=now, **planted(Consent)),
            OneTimeToken(
                applicant_id=self.lawyer.id,
                purpose="change_mail",
                digest="t" * 64,
                created_at=now,
                expires_at=until,
                **planted(OneTimeToken),
            ),
            BrowserSession(
                digest="c" * 64,
                kind=SessionKind.APPLICANT,
                subject_id=self.lawyer.id,
                created_at=now,
                seen_at=now,
                expires_at=until,
                **planted(BrowserSession),
            ),
            SecondFactor(kind=SessionKind.STAFF, subject_id="0", created_at=now, **planted(SecondFactor)),
            StateMove(
                subject_kind="service_application",
                subject_id=about.id,
                move="reject",
                from_state="pending",
                to_state="rejected",
                at=now,
                actor_kind="staff",
                **planted(StateMove),
            ),
        ]
        for row in rows:
            factories.saved(row)
        edition = rosters.print_edition(self.agency.id, self.visit_on, "", self.officer.id, BY)
        with transaction() as session:
            frozen = session.get_one(RosterEdition, edition)
            content = frozen.content
            content["pending"][0]["visitor"] = canary(RosterEdition, "content")
            frozen.content = content
            entry = audit.record(session, "test", BY, about, agency_id=self.agency.id, **planted(AuditValues))
        values = db.session.query(AuditValues).filter_by(entry_seq=entry.seq).one()
        return [*rows, frozen, values, self._supplement(edition)]

    def _supplement(self, edition_id: str) -> RosterSupplement:
        held = factories.inmate(self.agency)
        arrives = clock.at(self.visit_on, time(15))
        factories.reservation(factories.granted(about=held), arrives, state=ReservationState.APPROVED)
        made = roster_supplements.print_supplement(edition_id, self.officer.id, BY)
        with transaction() as session:
            supplement = session.get_one(RosterSupplement, made)
            content = supplement.content
            content["changes"][0]["visitor"] = canary(RosterSupplement, "content")
            supplement.content = content
        return supplement

    def places(self) -> dict[tuple[str, str], str]:
        """Table and column of everything planted, with the canary that can be read there by who has the key."""
        found = {}
        for row in self.rows:
            for name, attribute in attributes(type(row)).items():
                text = canary(type(row), name)
                value = getattr(row, name)
                assert text in (value.isoformat() if isinstance(value, date) else json.dumps(value)), (row, name)
                found[(row.__tablename__, attribute.column)] = text
        return found
