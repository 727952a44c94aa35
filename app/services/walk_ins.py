"""現場登記（未預約）: somebody who comes without a booking is entered with the record of 監獄行刑法 §69.

Coming without a booking is lawful: what speaks against a visit is told to the officer, nothing of it refuses the entry.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.exc import IntegrityError

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.characters import are_typed
from app.rules.vocabulary import BookingSource, Relationship, ReservationState, VisitKind
from app.security import Actor
from app.services import audit, desk_visitors, queue_numbers, reservations, visiting
from app.services.companions import CompanionData, clean_companions
from app.services.companions import keep as keep_companions
from app.services.desk_bookings import describe_visitor, entered
from app.services.desk_visitors import Findings, VisitorData
from app.transaction import transaction
from models import Inmate, Reservation

LONGEST_OCCUPATION, LONGEST_ADDRESS, OLDEST = 50, 200, 130


class OccupationMissing(RuleError):
    """§69 asks for it."""

    sentence = _l("請填寫職業（至多50個字）。")


class AgeInvalid(RuleError):
    """§69 asks for it."""

    sentence = _l("請填寫年齡，以1至130之整數表示。")


class AddressMissing(RuleError):
    """§69 asks for it."""

    sentence = _l("請填寫住居所（至多200個字）。")


@dataclass(frozen=True)
class VisitRecord:
    """The record of §69 as typed, beside name, inmate and relation."""

    occupation: str
    age: str
    address: str

    def kept(self) -> dict[str, Any]:
        """The record as it is kept; raises ``RuleErrors``."""
        found, occupation, address = Findings(), self.occupation.strip(), self.address.strip()
        with found.gathered():
            if not 0 < len(occupation) <= LONGEST_OCCUPATION or not are_typed(occupation):
                raise OccupationMissing("occupation")
        with found.gathered():
            age = unicodedata.normalize("NFKC", self.age).strip()
            if not (age.isascii() and age.isdecimal() and len(age) <= 3 and 1 <= int(age) <= OLDEST):
                raise AgeInvalid("age")
        with found.gathered():
            if not 0 < len(address) <= LONGEST_ADDRESS or not are_typed(address):
                raise AddressMissing("address")
        found.tell()
        return {"occupation": occupation, "age": int(age), "address": address}


@dataclass(frozen=True)
class WalkIn:
    """Somebody who stands at the desk; ``key`` is made with the form, so that one form is one entry."""

    agency_id: str
    inmate_number: str
    visitor: VisitorData
    record: VisitRecord
    key: str
    companions: list[CompanionData] = field(default_factory=list)


def check(asked: WalkIn, scope: frozenset[str] | None) -> tuple[WalkIn, dict[str, Any], Inmate]:
    """The entry with everything as it is stored, and the inmate; raises ``RuleErrors``, ``NotFound``."""
    found, visitor, companions, record, inmate = Findings(), asked.visitor, asked.companions, None, None
    with found.gathered():
        inmate = desk_visitors.inmate_at(asked.agency_id, asked.inmate_number, scope)
    with found.gathered():
        visitor = desk_visitors.clean_visitor(asked.visitor, needs_phone=False)
    with found.gathered():
        record = asked.record.kept()
    with found.gathered():
        companions = clean_companions(asked.companions)
    found.tell()
    assert inmate is not None and record is not None
    return replace(asked, visitor=visitor, companions=companions), record, inmate


def enter(asked: WalkIn, scope: frozenset[str] | None, officer_id: int, actor: Actor) -> str:
    """Enter somebody as checked in and return the reservation's id; the same form sent twice is one entry."""
    asked, record, inmate = check(asked, scope)
    inmate_id = inmate.id
    try:
        with transaction() as session:
            made = session.scalar(entered(officer_id, asked.key))
            if made is not None:
                return made
            here, now, today = session.get_one(Inmate, inmate_id), clock.now(), clock.today()
            reservation = Reservation(
                number=reservations._number(today),
                kind=VisitKind.LAWYER_ON_SITE,
                source=BookingSource.WALK_IN,
                agency_id=here.agency_id,
                inmate_id=here.id,
                visitor_relation=Relationship(asked.visitor.relation),
                visit_on=today,
                arrives_at=now.replace(second=0, microsecond=0),
                requested_on=today,
                state=ReservationState.CHECKED_IN,
                decided_at=now,
                decided_by_id=officer_id,
                checked_in_at=now,
                entered_by_id=officer_id,
                remind_me=False,
                idempotency_key=asked.key[:36],
                visit_record=record,
            )
            grant = desk_visitors.grant_of(session, asked.visitor.id_number, here.id, today)
            describe_visitor(reservation, asked.visitor, grant)
            reservation.queue_number = queue_numbers.next_number(session, reservation)
            session.add(reservation)
            session.flush()
            keep_companions(session, reservation, asked.companions)
            audit.record(session, "reservation.walk_in", actor, reservation, agency_id=reservation.agency_id)
            return reservation.id
    except IntegrityError:
        made = db.session.scalar(entered(officer_id, asked.key))
        if made is None:
            raise
        return made


def is_open_now(agency_id: str) -> bool:
    """Whether the agency takes visits today and this is one of its hours; for the officer to know, never to refuse."""
    windows = visiting.rules_for(agency_id).windows
    now = clock.local(clock.now())
    return visiting.calendar_at(agency_id, now).takes_visits(now.date()) and windows.contains(
        now.time().replace(second=0, microsecond=0)
    )


def holds_grant(asked: WalkIn, inmate_id: str) -> bool:
    """Whether the visitor holds a grant for this inmate today."""
    return desk_visitors.grant_of(db.session(), asked.visitor.id_number, inmate_id, clock.today()) is not None
