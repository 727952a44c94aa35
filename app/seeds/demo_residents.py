"""The demonstration's staff, inmates and lawyers."""

from __future__ import annotations

import functools
from datetime import date, timedelta

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import AccountState, IdentityKind, RestrictionKind, StaffRole
from app.security import SYSTEM
from app.seeds import demo_people as people
from app.services import accounts, passwords, second_factor, staff
from app.transaction import transaction
from models import Applicant, Inmate, InmateRestriction, Officer, SecondFactor, SessionKind
from models.base import search_digest


def fill(agency_id: str) -> None:
    """Make those who are not there yet."""
    _staff(agency_id)
    _inmates(agency_id)
    _lawyers()


def lawyer(mail: str) -> Applicant | None:
    """The account with this address."""
    return db.session.scalar(select(Applicant).where(Applicant.mail_index == search_digest("mail", mail)))


def officer() -> Officer:
    """The agency's 機關專責人員, who decides."""
    return _staff_of(StaffRole.OFFICER)


def headquarters() -> Officer:
    """The account of headquarters."""
    return _staff_of(StaffRole.HEADQUARTERS)


def desk() -> Officer:
    """The agency's visit desk."""
    return _staff_of(StaffRole.VISIT_DESK)


def _staff_of(role: StaffRole) -> Officer:
    username = next(name for name, _family, _given, has in people.STAFF if has is role)
    return db.session.scalars(select(Officer).where(Officer.username == username)).one()


def inmate_id(agency_id: str, number: str) -> str | None:
    """The inmate with this 呼號."""
    return db.session.scalar(select(Inmate.id).where(Inmate.agency_id == agency_id, Inmate.number == number))


@functools.cache
def password_hash() -> str:
    """The hash of everybody's password, made once: it is slow on purpose."""
    return accounts.hash_password(people.PASSWORD)


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
            if lawyer(mail) is not None:
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
                    password_hash=password_hash(),
                    state=AccountState.ACTIVE,
                )
            )
