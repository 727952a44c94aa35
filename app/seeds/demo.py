"""A lively demonstration agency: people, papers, cases in several states, visits on the next working day.

Everything goes through the services, under a clock that is set back where a case has a past. Safe to run at every
start: what is there stays, and the visits of the coming working day are added.
"""

from __future__ import annotations

import logging
import os
import uuid
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO

from flask import current_app
from PIL import Image, ImageDraw
from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.vocabulary import (
    AccountState,
    AttachmentKind,
    IdentityKind,
    ReasonScope,
    ReservationState,
    RestrictionKind,
    ServiceItem,
    StaffRole,
    Verdict,
)
from app.security import SYSTEM, Actor
from app.seeds import demo_desk, demo_families
from app.seeds import demo_people as people
from app.services import (
    accounts,
    application_review,
    applications,
    booking_review,
    drafts,
    paper_refusals,
    passwords,
    reasons,
    records,
    reservations,
    second_factor,
    staff,
    visit_rules_changes,
    visiting,
)
from app.transaction import transaction
from models import (
    Agency,
    Applicant,
    Inmate,
    InmateRestriction,
    Officer,
    Reservation,
    SecondFactor,
    ServiceApplication,
    ServiceGrant,
    SessionKind,
)
from models.base import search_digest

log = logging.getLogger(__name__)


def fill() -> None:
    """Make the demonstration agency, or bring its visits up to today; raises ``RuntimeError`` in production."""
    if not current_app.config["SHOW_OUTBOX"] or os.environ.get("APP_CONFIG") == "production":
        raise RuntimeError("the demonstration is refused in production")
    agency = db.session.scalars(select(Agency).where(Agency.code == "2477")).one()
    if not agency.phone:
        records.save(agency, {"phone": people.AGENCY_PHONE, "address": people.AGENCY_ADDRESS}, None, SYSTEM)
        agency = db.session.scalars(select(Agency).where(Agency.code == "2477")).one()
    agency_id = agency.id
    _staff(agency_id)
    _timetable(agency_id)
    _inmates(agency_id)
    _lawyers()
    _cases(agency_id)
    demo_families.fill(agency_id, _paper())
    _visits(agency_id)
    demo_desk.fill(agency_id)


def _timetable(agency_id: str) -> None:
    """Families' visits on site and by telephone, plausible for this agency; what somebody has edited stays."""
    with transaction() as session:
        agency = session.get_one(Agency, agency_id)
        visit_rules_changes.import_all(agency, people.VISIT_RULES.read_text(encoding="utf-8"))


def _staff(agency_id: str) -> None:
    known = set(db.session.scalars(select(Officer.username)))
    for username, family, given, role in people.STAFF:
        if username not in known:
            ids = [agency_id] if role in (StaffRole.OFFICER, StaffRole.VISIT_DESK) else []
            staff.create(username, family, given, people.STAFF_PASSWORD, [role], ids, SYSTEM)
        _ready_to_sign_in(username)


def _ready_to_sign_in(username: str) -> None:
    """Give a demonstration account that nobody has taken over a password that may stay, and a second factor."""
    with transaction() as session:
        officer = session.scalars(select(Officer).where(Officer.username == username)).one()
        subject, now = str(officer.id), clock.now()
        kept = session.scalar(select(SecondFactor).where(SecondFactor.subject_id == subject))
        if kept is not None or not officer.must_change_password:
            return
        passwords.set_staff(session, officer, people.STAFF_PASSWORD, must_change=False)
        secret = second_factor.propose(username)[0]
        factor = SecondFactor(kind=SessionKind.STAFF, subject_id=subject, secret=secret, created_at=now)
        factor.confirmed_at = now
        session.add(factor)


def _inmates(agency_id: str) -> None:
    today = clock.today()
    with transaction() as session:
        known = set(session.scalars(select(Inmate.number).where(Inmate.agency_id == agency_id)))
        for number, name, unit, grade, custody in people.INMATES:
            if number in known:
                continue
            inmate = Inmate(
                agency_id=agency_id,
                number=number,
                name=name,
                sex="F",
                unit=unit,
                treatment_grade=grade,
                custody_type=custody,
                birth_date=date(1980, 3, 10),
                id_number=people.identity_number("2" + number.zfill(7)),
                admitted_on=today - timedelta(days=400),
                transferred_in_on=today - timedelta(days=300),
            )
            session.add(inmate)
            if number in people.NO_CONTACT:
                session.add(
                    InmateRestriction(
                        inmate_id=inmate.id,
                        kind=RestrictionKind.NO_CONTACT_ORDER,
                        from_on=today - timedelta(days=30),
                        details="示範資料：法院裁定禁止接見通信",
                    )
                )


def _lawyers() -> None:
    with transaction() as session:
        for position, (name, mail, relation) in enumerate(people.LAWYERS):
            if _lawyer(mail) is not None:
                continue
            session.add(
                Applicant(
                    name=name,
                    id_kind=IdentityKind.NATIONAL_ID,
                    id_number=people.identity_number(f"1{position:07d}"),
                    birth_date=date(1975, 1, 1) + timedelta(days=400 * position),
                    mail=mail,
                    mail_verified_at=clock.now(),
                    mobile=f"09120000{position:02d}",
                    address="桃園市桃園區縣府路1號",
                    occupation=str(relation.label),
                    password_hash=accounts.hash_password(people.PASSWORD),
                    state=AccountState.ACTIVE,
                )
            )


def _lawyer(mail: str) -> Applicant | None:
    return db.session.scalar(select(Applicant).where(Applicant.mail_index == search_digest("mail", mail)))


def _officer() -> Officer:
    return db.session.scalars(select(Officer).where(Officer.username == people.STAFF[0][0])).one()


def _cases(agency_id: str) -> None:
    """Applications of several ages: approved, refused, and some that wait."""
    of_agency = (ServiceApplication.agency_id == agency_id, ServiceApplication.item == ServiceItem.LAWYER_VISIT)
    if db.session.scalar(select(ServiceApplication.id).where(*of_agency).limit(1)):
        return
    refusal = reasons.offered(ReasonScope.APPLICATION)[3].text
    for days_ago, lawyer, number, verdict in people.CASES:
        applicant = _lawyer(people.LAWYERS[lawyer][1])
        assert applicant is not None
        applicant_id, relation = applicant.id, people.LAWYERS[lawyer][2]
        actor = Actor("applicant", applicant_id, applicant.name)
        applied = clock.now() - timedelta(days=days_ago)
        with clock.frozen(applied):
            draft_id = drafts.start(applicant_id, agency_id, number, actor)
            drafts.save(
                applicant_id,
                draft_id,
                relation=relation.value,
                certificate_number="(106)臺檢證字第12345號",
                supervising_lawyer="王指導",
            )
            for kind in (AttachmentKind.IDENTITY, AttachmentKind.MANDATE):
                drafts.add_paper(applicant_id, draft_id, kind, f"{kind.label}.jpg", _paper())
            application_id = applications.submit(applicant_id, draft_id, actor)
        if verdict is not None:
            officer = _officer()
            who = Actor("staff", str(officer.id), officer.full_name)
            with clock.frozen(applied + timedelta(hours=5)):
                decision = application_review.Decision(verdict.value)
                if verdict is Verdict.REJECT:  # one paper has to be mended; the others are kept
                    case = db.session.get_one(ServiceApplication, application_id)
                    mandate = next(paper for paper in case.attachments if paper.kind is AttachmentKind.MANDATE)
                    mended = paper_refusals.PaperRefusal(mandate.id, refusal, "第1頁未簽名")
                    decision = replace(decision, reason=refusal, refusals=(mended,))
                application_review.review(application_id, decision, officer.id, who)


def _paper() -> bytes:
    """A drawn sheet in the place of a scan; it says on its face that it is a demonstration."""
    sheet = Image.new("RGB", (1000, 1400), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((60, 60, 940, 1340), outline="black", width=4)
    for line in range(12):
        pen.line((120, 320 + line * 80, 880 - (line % 3) * 120, 320 + line * 80), fill=(90, 90, 90), width=6)
    pen.text((120, 120), "DEMO", fill=(160, 0, 0), font_size=90)
    kept = BytesIO()
    sheet.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def _visits(agency_id: str) -> None:
    """Bookings for the next two working days, made before their cut-off; most of the first day's are decided."""
    calendar, cutoff = visiting.calendar(), visiting.rules_for(agency_id).cutoff
    first = calendar.next_working_day(clock.today())
    for day, plan in ((first, people.VISITS), (calendar.next_working_day(first), people.LATER_VISITS)):
        booked_at = min(clock.now(), calendar.deadline_before(day, cutoff) - timedelta(hours=3))
        for lawyer, number, arrives, verdict, companions in plan:
            _visit(agency_id, day, booked_at, lawyer, number, arrives, verdict, companions)


def _visit(
    agency_id: str,
    day: date,
    booked_at: datetime,
    lawyer: int,
    number: str,
    arrives: str,
    verdict: Verdict | None,
    companions: list[reservations.CompanionData],
) -> None:
    applicant = _lawyer(people.LAWYERS[lawyer][1])
    inmate = db.session.scalars(select(Inmate).where(Inmate.agency_id == agency_id, Inmate.number == number)).first()
    if applicant is None or inmate is None:
        return
    grant = db.session.scalars(
        select(ServiceGrant).where(ServiceGrant.applicant_id == applicant.id, ServiceGrant.inmate_id == inmate.id)
    ).first()
    if grant is None:
        return
    applicant_id, actor = applicant.id, Actor("applicant", applicant.id, applicant.name)
    request = reservations.BookingRequest(
        grant.id,
        day,
        time.fromisoformat(arrives),
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo/{day}/{lawyer}/{number}/{arrives}")),
        companions,
        second_visit_confirmed=True,
    )
    try:
        with clock.frozen(booked_at):
            reservation_id = reservations.book(applicant_id, request, actor)
        reservation = db.session.get_one(Reservation, reservation_id)
        if verdict is None or reservation.state is not ReservationState.PENDING:
            return
        officer = _officer()
        row = booking_review.RowVerdict(reservation_id, verdict.value, reservation.version)
        who = Actor("staff", str(officer.id), officer.full_name)
        booking_review.decide(row, None, officer.id, who)
    except RuleError as error:  # somebody has changed the demonstration: its rules hold for us too
        log.info("demonstration visit left out: %s", error)
