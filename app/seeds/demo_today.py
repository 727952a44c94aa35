"""The demonstration's visit desk today: who comes later, who waits, who is in a visit, around the hour of the start."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.vocabulary import Relationship, Verdict
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents
from app.services import booking_review, day_moves, desk_bookings
from app.services.desk_visitors import VisitorData
from models import Reservation

log = logging.getLogger(__name__)

#: Minutes from now, name, 呼號, the moves so far.
_VISITS = (
    (-75, "范宗原", "0609", ("check_in", "start", "finish")),
    (-45, "江怡樺", "0888", ("check_in", "start")),
    (-20, "溫思敏", "0350", ("check_in",)),
    (-10, "彭懷安", "2001", ("check_in",)),
    (40, "簡志隆", "0609", ()),
)
_MOVES = {"check_in": day_moves.check_in, "start": day_moves.start, "finish": day_moves.finish}


def fill(agency_id: str) -> None:
    """Book by telephone for today and let come who has come; once a day."""
    for place, (minutes, name, number, moves) in enumerate(_VISITS):
        at = clock.local(clock.now() + timedelta(minutes=minutes))
        at = at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
        if at.date() == clock.today():
            try:
                _visit(agency_id, place, at, name, number, moves)
            except RuleError as error:  # the rules hold for the demonstration too
                log.info("demonstration visit left out: %s", error)


def _visit(agency_id: str, place: int, at: datetime, name: str, number: str, moves: tuple[str, ...]) -> None:
    desk, officer_id = demo_residents.desk(), demo_residents.officer().id
    desk_id, by = desk.id, Actor("staff", str(desk.id), desk.full_name)
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo/today/{at.date()}/{place}"))
    if db.session.scalar(select(Reservation.id).where(Reservation.idempotency_key == key)) is not None:
        return
    lawyer = VisitorData(
        name, Relationship.LAWYER.value, people.identity_number(f"1000009{place}"), "03-3334444", "(99)臺檢證字第5566號"
    )
    arrival = desk_bookings.Arrival(at.date(), at.time(), "示範資料：當日緊急委任")
    with clock.frozen(at - timedelta(hours=1)):
        asked = desk_bookings.PhoneBooking(agency_id, number, lawyer, arrival, key)
        row_id = desk_bookings.book_by_phone(asked, None, desk_id, by)
        verdict = booking_review.RowVerdict(row_id, Verdict.APPROVE.value, _version(row_id))
        booking_review.decide(verdict, None, officer_id, by)
    for step, move in enumerate(moves):
        with clock.frozen(at + timedelta(minutes=2 + 14 * step)):
            _MOVES[move](row_id, _version(row_id), None, by)


def _version(row_id: str) -> int:
    return db.session.get_one(Reservation, row_id).version
