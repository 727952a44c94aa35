"""行動接見申請: review of visits by session with a device room and a length; both can be arranged anew later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, RuleErrors, Stale
from app.extensions import db
from app.i18n import _l
from app.rules.device_visits import RoomTaken, RoomUse, clean_minutes, clean_room, end_of, first_clash
from app.rules.vocabulary import ReservationState, Verdict
from app.security import Actor
from app.services import audit, booking_review, booking_texts, place_holds
from app.services.application_review import AlreadyDecided
from app.services.booking_review import RowAlreadyDecided, RowChanged, RowVerdict, RowWithdrawn
from app.services.desk_bookings import taken_up
from app.services.item_verdicts import VerdictMissing
from app.transaction import transaction
from models import Reservation, VisitSession
from models.reservation import LIVE_STATES, RESERVATION_MOVES


class NothingArranged(RuleError):
    """Room and length are as they were."""

    sentence = _l("設備室及接見時間均未變更，資料未儲存。")


class GoneElsewhere(RuleError):
    """The booking was cancelled, changed or has lapsed meanwhile."""

    sentence = _l("本件已由%(officer)s於%(time)s處理為「%(state)s」，您的結果未儲存。")
    status = 409


@dataclass(frozen=True)
class Arrangement:
    """Room and length as typed."""

    room: str = ""
    minutes: str = ""

    def clean(self) -> tuple[str, int]:
        """The same as kept; raises ``RuleErrors``."""
        room, minutes, errors = "", 0, []
        try:
            room = clean_room(self.room)
        except RuleError as error:
            errors.append(error)
        try:
            minutes = clean_minutes(self.minutes)
        except RuleError as error:
            errors.append(error)
        if errors:
            raise RuleErrors(errors)
        return room, minutes


@dataclass(frozen=True)
class DeviceVerdict:
    """An officer's verdict on one visit by session; ``version`` is the one that the page showed."""

    verdict: str
    version: int
    reason: str = ""
    note: str = ""
    arrangement: Arrangement | None = None


def review(
    reservation_id: str, asked: DeviceVerdict, scope: frozenset[str] | None, officer_id: int, actor: Actor
) -> None:
    """Decide one visit by session, keep its room and length, and tell the booker: one commit.

    Raises ``VerdictMissing``, ``ReasonRequired``, ``AlreadyDecided``, :class:`GoneElsewhere`, ``Stale``, ``NotFound``,
    :class:`RoomTaken` and what the fields refuse.
    """
    if asked.verdict not in Verdict.values():
        raise VerdictMissing("verdict")
    if asked.verdict == Verdict.REJECT:
        _reject(reservation_id, asked, scope, officer_id, actor)
        return
    room, minutes = asked.arrangement.clean() if asked.arrangement else (None, None)
    with transaction() as session:
        row = taken_up(session, reservation_id, None, scope, by_session=True)
        try:
            booking_review.explain(session, RowVerdict(row.id, asked.verdict, asked.version))
        except (RowAlreadyDecided, RowChanged) as error:
            raise _alone(error) from error
        if room is not None:
            _give(session, row, room, minutes)
        before = row.move("approve")
        row.decided_at, row.decided_by_id = clock.now(), officer_id
        session.flush()
        audit.moved(session, row, "approve", before, actor)
        booking_texts.tell(session, "booking_approved", row, reason=booking_texts.NO_REASON)


def _reject(
    reservation_id: str, asked: DeviceVerdict, scope: frozenset[str] | None, officer_id: int, actor: Actor
) -> None:
    row = RowVerdict(reservation_id, asked.verdict, asked.version, asked.reason, asked.note)
    try:
        booking_review.decide(row, scope, officer_id, actor)
    except (RowAlreadyDecided, RowChanged) as error:
        raise _alone(error) from error


def _alone(error: RowAlreadyDecided | RowChanged) -> RuleError:
    """The sentence for one booking in the place of that for a whole page of them."""
    if isinstance(error, RowChanged):
        return Stale()
    kind = GoneElsewhere if isinstance(error, RowWithdrawn) else AlreadyDecided
    return kind(**{name: error.values[name] for name in ("officer", "time", "state")})


def arrange(reservation_id: str, asked: Arrangement, version: int, scope: frozenset[str] | None, actor: Actor) -> bool:
    """Give an approved visit another room or length; whether its booker was told (of another length only).

    Raises :class:`NothingArranged`, :class:`RoomTaken`, ``Stale``, ``NotFound`` and what the fields refuse.
    """
    room, minutes = asked.clean()
    with transaction() as session:
        row = taken_up(session, reservation_id, version, scope, by_session=True)
        if row.state != ReservationState.APPROVED:
            RESERVATION_MOVES.target("check_in", row.state)  # raises: only what is approved is prepared
        was = {"room": row.room or "", "minutes": row.minutes}
        if was == {"room": room, "minutes": minutes}:
            raise NothingArranged()
        _give(session, row, room, minutes)
        session.flush()
        facts = {"room": [was["room"], room], "minutes": [was["minutes"], minutes]}
        audit.record(session, "reservation.arrange", actor, row, agency_id=row.agency_id, facts=facts)
        is_told = was["minutes"] != minutes
        if is_told:
            booking_texts.tell(session, "mobile_arranged", row)
        return is_told


def _give(session: Session, row: Reservation, room: str, minutes: int | None) -> None:
    """Write room and length down where nobody else has the room then.

    The sessions of the day are locked first, in the order of all locks, so that two officers cannot give one room
    twice; raises :class:`RoomTaken`.
    """
    same_day = select(VisitSession.id).where(
        VisitSession.agency_id == row.agency_id, VisitSession.visit_on == row.visit_on
    )
    place_holds.lock_sessions(session, *session.scalars(same_day))
    wanted = RoomUse(row.number, room, row.arrives_at, end_of(row.arrives_at, minutes))
    clash = first_clash(wanted, _uses(session.execute(_rooms(row.agency_id, row.visit_on, row.id)).all()))
    if clash is not None:
        start, end = (f"{clock.local(at):%H:%M}" for at in (clash.starts_at, clash.ends_at))
        raise RoomTaken("room", room=room, start=start, end=end, number=clash.number)
    row.room, row.minutes = room or None, minutes


def rooms_beside(row: Reservation) -> list[RoomUse]:
    """Which rooms other visits of that day have while this one lasts, for the officer who chooses one."""
    uses = _uses(db.session.execute(_rooms(row.agency_id, row.visit_on, row.id)).all())
    end = end_of(row.arrives_at, row.minutes)
    return sorted(
        (use for use in uses if use.starts_at < end and row.arrives_at < use.ends_at), key=lambda use: use.room
    )


def _rooms(agency_id: str, day: date, besides: str):  # type: ignore[no-untyped-def]
    return select(Reservation.number, Reservation.room, Reservation.arrives_at, Reservation.minutes).where(
        Reservation.agency_id == agency_id,
        Reservation.visit_on == day,
        Reservation.state.in_(LIVE_STATES),
        Reservation.room.is_not(None),
        Reservation.id != besides,
    )


def _uses(rows: Iterable) -> list[RoomUse]:
    return [RoomUse(number, room, at, end_of(at, minutes)) for number, room, at, minutes in rows]
