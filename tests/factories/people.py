"""Agencies, staff, applicants and inmates."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app import clock
from app.extensions import db
from app.rules.office_vocabulary import ApiScope, WorkKind
from app.rules.parameters import DEFINITIONS
from app.rules.vocabulary import AccountState, IdentityKind, RestrictionKind, StaffRole
from models import (
    AccessKey,
    Agency,
    AgencyParameter,
    Applicant,
    CalendarDay,
    Inmate,
    InmateRestriction,
    Officer,
    PrivacyNotice,
    SecondFactor,
    SessionKind,
    WorkItem,
    new_id,
)
from tests.factories.rows import counter, id_number, joined, made, saved

#: Every account made here has this password.
PASSWORD = "correct horse battery staple"


@functools.cache
def _password_hash(password: str) -> str:
    # Hashing takes a tenth of a second on purpose, and so does each signing in; tests do both hundreds of times. The
    # parameters stand in the hash, so checking one of these is quick, and everything that the program hashes is dear.
    return generate_password_hash(password, method="scrypt:1024:8:1")


def agency(parameters: dict[str, str] | None = None, **columns: Any) -> Agency:
    """矯正機關; ``parameters`` are set beside it, all others keep their defaults."""
    number = next(counter)
    row = made(
        Agency,
        columns,
        code=str(90000 + number),  # those of the reference data have four digits
        name=f"測試監獄{number}",
        full_name=f"法務部矯正署測試監獄{number}",
        kind="監獄",
        region="北部",
        county="桃園市",
        phone="03-319-1119",
        address="桃園市龜山區長壽路2號",
    )
    for position, (code, value) in enumerate((parameters or {}).items()):
        parameter(row, code, value=value, position=position)
    return row


def parameter(of: Agency, code: str, **columns: Any) -> AgencyParameter:
    """One setting of an agency, with its default value."""
    return made(AgencyParameter, columns, agency_id=of.id, code=code, value=DEFINITIONS[code].default)


def calendar_day(day: date, is_working: bool = False, name: str = "放假日") -> CalendarDay:
    """A day of the office calendar that differs from the plain week."""
    return saved(CalendarDay(day=day, is_working=is_working, name=name))


def role(kind: StaffRole) -> Role:
    """The row of a builtin role."""
    found = db.session.scalar(select(Role).where(Role.name == kind.value))
    return found or saved(Role(name=kind.value))


def officer(
    *agencies: Agency,
    kind: StaffRole = StaffRole.OFFICER,
    password: str = PASSWORD,
    has_second_factor: bool = True,
    **columns: Any,
) -> Officer:
    """機關專責人員 of these agencies (a new one where none is named), or another kind of staff."""
    roles = [role(kind)]
    if not agencies and kind in (StaffRole.OFFICER, StaffRole.VISIT_DESK):
        agencies = (agency(),)
    number = next(counter)
    defaults = {
        "username": f"staff{number}",
        "last_name": "王",
        "first_name": "小明",
        "email": f"staff{number}@agency.example",
        "password": _password_hash(password),
        "active": True,
        "must_change_password": False,
        "password_set_at": clock.now(),
        "roles": roles,
        "agencies": list(agencies),
    }
    with joined() as session:
        row = Officer()
        for name, value in {**defaults, **columns}.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        if has_second_factor:
            _second_factor(row)
    return row


def _second_factor(of: Officer) -> SecondFactor:
    now = clock.now()
    return made(
        SecondFactor,
        {},
        kind=SessionKind.STAFF,
        subject_id=str(of.id),
        secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        created_at=now,
        confirmed_at=now,
        last_step=0,
    )


def headquarters(**columns: Any) -> Officer:
    """矯正署: sees all agencies."""
    return officer(kind=StaffRole.HEADQUARTERS, **columns)


def desk(*agencies: Agency, **columns: Any) -> Officer:
    """接見室人員 of these agencies."""
    return officer(*agencies, kind=StaffRole.VISIT_DESK, **columns)


def auditor(**columns: Any) -> Officer:
    """稽核."""
    return officer(kind=StaffRole.AUDITOR, **columns)


def applicant(password: str = PASSWORD, **columns: Any) -> Applicant:
    """申請人 with a verified address and an active account."""
    number = next(counter)
    return made(
        Applicant,
        columns,
        name="陳律師",
        id_kind=IdentityKind.NATIONAL_ID,
        id_number=id_number(),
        birth_date=date(1980, 5, 17),
        mail=f"applicant{number}@example.com",
        mail_verified_at=clock.now(),
        mobile=f"0912{number:06}",
        address="臺北市中正區重慶南路一段130號",
        occupation="律師",
        password_hash=_password_hash(password),
        state=AccountState.ACTIVE,
    )


def unverified_applicant(**columns: Any) -> Applicant:
    """申請人 who has not opened the link in the mail."""
    return applicant(**{"state": AccountState.UNVERIFIED, "mail_verified_at": None, **columns})


def privacy_notice(**columns: Any) -> PrivacyNotice:
    """個資蒐集告知聲明, one version."""
    return made(
        PrivacyNotice,
        columns,
        number=next(counter),
        title="個資蒐集告知聲明",
        body="依個人資料保護法第8條告知。",
        published_at=clock.now(),
    )


def inmate(of: Agency | None = None, **columns: Any) -> Inmate:
    """收容人 present at an agency (a new one where none is named)."""
    if of is None and "agency_id" not in columns:
        of = agency()
    return made(
        Inmate,
        columns,
        agency_id=of.id if of else None,
        number=f"{next(counter):04}",
        name="黃大明",
        sex="M",
        birth_date=date(1975, 1, 2),
        id_number=id_number(),
        treatment_grade="三級",
        unit="忠一舍",
        admitted_on=date(2024, 6, 1),
        transferred_in_on=date(2024, 6, 1),
    )


def restriction(
    of: Inmate, kind: RestrictionKind = RestrictionKind.NO_CONTACT_ORDER, **columns: Any
) -> InmateRestriction:
    """A restriction on an inmate, from yesterday until further notice."""
    return made(InmateRestriction, columns, inmate_id=of.id, kind=kind, from_on=clock.today() - timedelta(days=1))


def work_item(about: Inmate, **columns: Any) -> WorkItem:
    """Something that a move of an inmate has left to be done: the page of nothing in particular."""
    return made(
        WorkItem,
        columns,
        agency_id=about.agency_id,
        kind=WorkKind.MOVED,
        inmate_id=about.id,
        subject_kind="reservation",
        subject_id=new_id(),
        cause=new_id(),
    )


def access_key(**columns: Any) -> AccessKey:
    """A key of another system, of which nobody knows the words."""
    number = next(counter)
    return made(
        AccessKey,
        columns,
        name="獄政系統",
        scope=ApiScope.INMATES,
        digest=f"{number:064}",
        hint="bmfw_test",
        expires_at=clock.now() + timedelta(days=30),
    )
