"""Who comes, as the desk types it: visitors without an account, companions with their papers, and their grants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, RuleErrors
from app.extensions import db
from app.i18n import _l
from app.rules import identity_numbers, names
from app.rules.documents import CertificateNumberMissing
from app.rules.vocabulary import LAWYERS, IdentityKind, InmateStatus, Relationship, ServiceItem
from app.services.inmates import NumberMissing
from models import Agency, Applicant, Inmate, ServiceGrant
from models.base import search_digest

LONGEST_CERTIFICATE, LONGEST_PAPER = 40, 100
_PASSPORT = re.compile(r"[A-Z]{2}-[A-Z0-9]{5,20}")
_PHONE = re.compile(r"\+?[0-9][0-9() -]{6,18}(#[0-9]{1,6})?")


class InmateNotHere(RuleError):
    """No inmate of this number is present at the agency."""

    sentence = _l("該機關查無此呼號之收容人。請核對呼號；已移監或出監者，請洽名籍單位。")


class AgencyNotHere(RuleError):
    """The desk enters for an agency of its own."""

    sentence = _l("請選擇機關。")


class CapacityMissing(RuleError):
    """A visitor comes in a capacity."""

    sentence = _l("請選擇接見人的身分。")


class PhoneInvalid(RuleError):
    """A telephone number at which the visitor is told the result."""

    sentence = _l("聯絡電話格式不符。請輸入區碼及號碼或行動電話，分機以「#」表示，例如02-23456789#12。")


@dataclass(frozen=True)
class VisitorData:
    """A visitor as typed at the desk."""

    name: str
    relation: str
    id_number: str
    phone: str
    certificate: str = ""
    #: An ``IdentityKind``, empty where the number tells it; the country is a passport's.
    id_kind: str = ""
    id_country: str = ""


class Findings:
    """Collects what is wrong with a form, so that all of it is told at once."""

    def __init__(self) -> None:
        self.errors: list[RuleError] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep a rule's refusal and go on."""
        try:
            yield
        except RuleErrors as several:
            self.errors += several.errors
        except RuleError as error:
            self.errors.append(error)

    def tell(self) -> None:
        """Raise ``RuleErrors`` if anything was found."""
        if self.errors:
            raise RuleErrors(self.errors)


def clean_visitor(typed: VisitorData, *, needs_phone: bool = True) -> VisitorData:
    """A visitor as stored; raises ``RuleErrors`` with the form's fields."""
    found, name, number, phone = Findings(), "", "", ""
    with found.gathered():
        name = names.clean_name(typed.name, field="name")
    with found.gathered():
        if typed.relation not in LAWYERS:
            raise CapacityMissing("relation")
    certificate = typed.certificate.strip()[:LONGEST_CERTIFICATE]
    with found.gathered():
        if typed.relation == Relationship.LAWYER and not certificate:
            raise CertificateNumberMissing("certificate")
    with found.gathered():
        number = visitor_number(typed)
    with found.gathered():
        phone = clean_phone(typed.phone) if needs_phone or typed.phone.strip() else ""
    found.tell()
    return VisitorData(name, typed.relation, number, phone, certificate)


def visitor_number(typed: VisitorData) -> str:
    """A visitor's ID number as stored; before a passport's stands its country, as accounts have it: VN-C1234567."""
    if typed.id_kind != IdentityKind.PASSPORT:
        return clean_id_number(typed.id_number)
    country = typed.id_country.strip().upper()
    # Taken up from a form that shows it as it is kept.
    plain = typed.id_number.strip().upper().removeprefix(f"{country}-") if country else typed.id_number
    try:
        number = identity_numbers.normalise(IdentityKind.PASSPORT, plain, clock.today(), country)
    except RuleError as error:
        error.field = "id_country" if error.field == "country" else error.field
        raise
    return f"{country}-{number}"


def searched_number(typed: str, field: str = "id_number") -> str:
    """A number that somebody is looked up by: national, resident, or a passport's with its country (VN-C1234567)."""
    raw = unicodedata.normalize("NFKC", typed).strip().upper()
    return raw if _PASSPORT.fullmatch(raw) else clean_id_number(raw, field)


def clean_id_number(typed: str, field: str = "id_number") -> str:
    """A national or resident ID number as stored; raises ``IdNumberInvalid``."""
    raw = unicodedata.normalize("NFKC", typed).strip().upper()
    is_resident = len(raw) > 1 and raw[1] not in "12"
    kind = IdentityKind.RESIDENT_ID if is_resident else IdentityKind.NATIONAL_ID
    try:
        return identity_numbers.normalise(kind, raw, clock.today())
    except RuleError as error:
        error.field = field
        raise


def clean_phone(typed: str, field: str = "phone") -> str:
    """A telephone number, landlines with extensions too; raises :class:`PhoneInvalid`."""
    phone = unicodedata.normalize("NFKC", typed).strip().replace("轉", "#").replace("分機", "#")
    if not _PHONE.fullmatch(phone):
        raise PhoneInvalid(field)
    return phone


def inmate_at(agency_id: str, number: str, scope: frozenset[str] | None) -> Inmate:
    """The inmate present at an agency of the scope; raises :class:`AgencyNotHere`, :class:`InmateNotHere`,
    ``NumberMissing``."""
    agency = db.session.get(Agency, agency_id) if agency_id else None
    if agency is None:
        raise AgencyNotHere("agency")
    if scope is not None and agency.id not in scope:
        raise NotFound()
    number = unicodedata.normalize("NFKC", number).strip()
    if not number:
        raise NumberMissing("inmate_number")
    inmate = db.session.scalar(
        select(Inmate).where(
            Inmate.agency_id == agency_id, Inmate.number == number, Inmate.status == InmateStatus.PRESENT
        )
    )
    if inmate is None:
        raise InmateNotHere("inmate_number")
    return inmate


def grants_for(session: Session, numbers: list[str], inmate_id: str, day: date) -> dict[str, ServiceGrant]:
    """Valid grants for an inmate by the digest of the holder's ID number; an officer has seen a paper of each."""
    digests = [search_digest("id_number", number) for number in numbers]
    rows = session.execute(
        select(Applicant.id_number_index, ServiceGrant)
        .join(ServiceGrant, ServiceGrant.applicant_id == Applicant.id)
        .where(
            Applicant.id_number_index.in_(digests),
            Applicant.id_bound_at.is_not(None),
            ServiceGrant.inmate_id == inmate_id,
            ServiceGrant.item == ServiceItem.LAWYER_VISIT,
        )
        .order_by(ServiceGrant.until_on)
    )
    return {digest: grant for digest, grant in rows if grant.holds_on(day)}


def grant_of(session: Session, number: str, inmate_id: str, day: date) -> ServiceGrant | None:
    """The valid grant that the holder of an ID number has for an inmate."""
    return next(iter(grants_for(session, [number], inmate_id, day).values()), None)
