"""其他接見人: typed by the booker, checked one by one, and matched with grants behind his back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules import dates, identity_numbers, names
from app.rules.companion_papers import clean_paper
from app.rules.vocabulary import FAMILY, LAWYERS, IdentityKind, Relationship, ServiceItem
from models import Applicant, Companion, Reservation, ServiceGrant
from models.base import search_digest

#: More than one form carries; there is no such cap for lawyers in law (監獄行刑法 §72).
MOST_COMPANIONS = 10


class TooManyCompanions(RuleError):
    """More companions than a form can carry."""

    sentence = _l("其他接見人以%(n)s人為限，請減少同行人。")


class CompanionRelationMissing(RuleError):
    """A companion comes in a capacity."""

    sentence = _l("請選擇其他接見人的身分。")


class CompanionTwice(RuleError):
    """One person is named once."""

    sentence = _l("此證件號碼已填寫於其他接見人中，同一人請勿重複填寫。")


class CompanionIsBooker(RuleError):
    """The booker comes anyway."""

    sentence = _l("此為您本人的證件號碼。其他接見人請填寫與您同行的人，您本人無須填寫。")


@dataclass(frozen=True)
class CompanionData:
    """A companion as typed: name, number of an identity paper, capacity, and the paper to be shown.

    A relative's companion shows no paper; his birth date (as ``2015-03-10``) says whether he counts. ``id_kind`` (an
    ``IdentityKind``) and a passport's ``id_country`` go into the number when it is kept: VN-C1234567.
    """

    name: str
    id_number: str
    relation: str
    paper: str = ""
    birth_date: str = ""
    id_kind: str = ""
    id_country: str = ""

    @classmethod
    def of(cls, companion: Companion) -> CompanionData:
        """A stored companion, as it was typed."""
        born = companion.birth_date.isoformat() if companion.birth_date_sealed else ""
        return cls(companion.name, companion.id_number, companion.relation.value, companion.paper or "", born)


def counted_persons(people: Iterable[CompanionData], day: date, free_under: int) -> int:
    """How many persons count on a day, the booker among them: children under an age do not (監獄行刑法 §69)."""
    return 1 + sum(_age_on(person.birth_date, day) >= free_under for person in people)


def _age_on(birth_date: str, day: date) -> int:
    if not birth_date:
        return dates.OLDEST_AGE_YEARS
    born = date.fromisoformat(birth_date)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def clean_companions(
    companions: Iterable[CompanionData], booker_id_number: str = "", *, is_family: bool = False
) -> list[CompanionData]:
    """Companions as they are stored; raises ``RuleErrors`` with fields ``companions-N-name`` and so on."""
    clean: list[CompanionData] = []
    errors: list[RuleError] = []
    taken: set[str] = set()
    for position, typed in enumerate(companions):
        place = f"companions-{position}"
        name, number, paper, born = typed.name, typed.id_number, typed.paper, ""
        try:
            name = names.clean_name(typed.name, field=f"{place}-name")
        except RuleError as error:
            errors.append(error)
        try:
            number = _number(typed, taken, booker_id_number)
        except RuleError as error:
            error.field = f"{place}-id_country" if error.field == "country" else f"{place}-id_number"
            errors.append(error)
        if typed.relation not in (FAMILY if is_family else LAWYERS):
            errors.append(CompanionRelationMissing(f"{place}-relation"))
        try:
            if is_family:
                paper = ""
                born = dates.parse_either_birth_date(typed.birth_date, clock.today()).isoformat()
            else:
                paper = clean_paper(typed.paper, typed.relation, f"{place}-paper")
        except RuleError as error:
            error.field = f"{place}-birth_date" if is_family else error.field
            errors.append(error)
        clean.append(CompanionData(name, number, typed.relation, paper, born))
    if len(clean) > MOST_COMPANIONS:
        errors.append(TooManyCompanions("companions", n=MOST_COMPANIONS))
    if errors:
        raise RuleErrors(errors)
    return clean


def _number(typed: CompanionData, taken: set[str], booker_id_number: str) -> str:
    if typed.id_kind == IdentityKind.PASSPORT:
        number = identity_numbers.kept(IdentityKind.PASSPORT, typed.id_number, clock.today(), typed.id_country)
    else:  # which of the other two it is, the number itself says
        number = identity_numbers.read(typed.id_number, clock.today())
    if number == booker_id_number:
        raise CompanionIsBooker()
    if number in taken:
        raise CompanionTwice()
    taken.add(number)
    return number


def keep(session: Session, reservation: Reservation, people: Sequence[CompanionData]) -> None:
    """Make these people the companions of a reservation, and match each with a grant for its inmate and day."""
    stored = {row.id_number_index: row for row in reservation.companions}
    if not people and not stored:
        return
    is_lawyers = reservation.visitor_relation.is_lawyers
    grants = _grants(session, reservation.inmate_id, reservation.visit_on, people) if is_lawyers else {}
    for position, person in enumerate(people, 1):
        digest = search_digest("id_number", person.id_number)
        row = stored.pop(digest, None)
        if row is None:
            row = Companion(reservation_id=reservation.id, id_number=person.id_number)
            session.add(row)
        row.position, row.name, row.relation = position, person.name, Relationship(person.relation)
        if row.paper != person.paper:
            row.paper = person.paper
        if person.birth_date:
            row.birth_date = date.fromisoformat(person.birth_date)
        row.grant_id = grants.get(digest)
    for gone in stored.values():
        session.delete(gone)
    session.flush()
    session.expire(reservation, ["companions"])


def _grants(session: Session, inmate_id: str, day: date, people: Sequence[CompanionData]) -> dict[str, str]:
    """Grants by digest of the ID number that an officer has seen a paper for; asked for in every case alike."""
    found = session.execute(
        select(Applicant.id_number_index, ServiceGrant)
        .join(ServiceGrant, ServiceGrant.applicant_id == Applicant.id)
        .where(
            Applicant.id_number_index.in_([search_digest("id_number", person.id_number) for person in people]),
            Applicant.id_bound_at.is_not(None),
            ServiceGrant.inmate_id == inmate_id,
            ServiceGrant.item == ServiceItem.LAWYER_VISIT,
        )
        .order_by(ServiceGrant.until_on, ServiceGrant.id)
    )
    return {digest: grant.id for digest, grant in found if grant.holds_on(day)}


def matched(session: Session, reservation: Reservation) -> dict[str, Companion]:
    """The companions who hold a grant, by the account that holds it."""
    found = session.execute(
        select(ServiceGrant.applicant_id, Companion)
        .join(ServiceGrant, Companion.grant_id == ServiceGrant.id)
        .where(Companion.reservation_id == reservation.id)
    )
    return {applicant_id: companion for applicant_id, companion in found}
