"""CJALF223F: the agency changes or cancels a booking, with a reason of the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules.dates import booking_date
from app.rules.vocabulary import Attention, CancelledBy, ReasonScope, ReservationState
from app.security import Actor
from app.services import audit, closure_guard, desk_bookings, notifications, reasons, reservations, visit_sessions
from app.services.companions import CompanionData, clean_companions
from app.services.companions import keep as keep_companions
from app.services.desk_bookings import Arrival, SameVisit, taken_up
from app.services.desk_visitors import Findings
from app.transaction import transaction
from models import Applicant, Reservation
from models.reservation import LIVE_STATES

#: The last of the list says nothing by itself.
OTHER = "其他"
LONGEST_NOTE = 500
#: What a new day and time mend.
_OF_TIME = (Attention.OUTSIDE_HOURS, Attention.DAY_OFF)


class AgencyReasonMissing(RuleError):
    """What the agency does to a booking has a reason of the list."""

    sentence = _l("請由清單選擇原因；選擇「其他」者，請另填補充說明。原因將通知申請人。")


class NothingChanged(RuleError):
    """Day, time and companions are as they were."""

    sentence = _l("接見日期、預計到達時間及其他接見人均未變更，資料未儲存。")


@dataclass(frozen=True)
class Reason:
    """Why, from the list, and in free words; both are told to the applicant."""

    chosen: str
    note: str = ""

    def kept(self) -> Reason:
        """The reason as it is kept; raises :class:`AgencyReasonMissing`."""
        note = self.note.strip()[:LONGEST_NOTE]
        offered = {reason.text for reason in reasons.offered(ReasonScope.BOOKING)}
        if self.chosen not in offered or (self.chosen == OTHER and not note):
            raise AgencyReasonMissing("reason")
        return Reason(self.chosen, note)

    def told(self, locale: str) -> str:
        """The reason in the applicant's language."""
        return reasons.shown(self.chosen, self.note or None, locale)


@dataclass(frozen=True)
class Change:
    """Day, time and companions as they shall be."""

    arrival: Arrival
    reason: Reason
    companions: list[CompanionData] = field(default_factory=list)


def change(reservation_id: str, asked: Change, version: int, scope: frozenset[str] | None, actor: Actor) -> None:
    """Change day, time or companions of a booking, which then waits for review (again), and tell the applicant.

    Raises ``RuleErrors``, :class:`NothingChanged`, ``SecondVisit``, ``SameVisit``, ``IllegalMove``, ``Stale``,
    ``NotFound``.
    """
    found, companions, reason = Findings(), asked.companions, asked.reason
    with found.gathered():
        reason = asked.reason.kept()
    with found.gathered():
        companions = clean_companions(asked.companions)
    with found.gathered():
        desk_bookings.moment_of(asked.arrival)
    found.tell()
    try:
        with transaction() as session:
            closure_guard.share(session, select(Reservation.agency_id).where(Reservation.id == reservation_id))
            row = taken_up(session, reservation_id, version, scope)
            was, move = row.arrives_at, _move_of(row)
            before = row.move(move)
            guests_differ = _guests(row) != [(c.name, c.relation, c.id_number, c.paper) for c in companions]
            _new_time(session, row, asked.arrival, scope)
            if row.arrives_at == was and not guests_differ:
                raise NothingChanged()
            row.decided_at = row.decided_by_id = row.rejection_reason = row.rejection_note = None
            flag_modified(row, "visit_on")  # companions alone raise the version too
            if guests_differ:
                keep_companions(session, row, companions)
            session.flush()
            audit.moved(session, row, move, before, actor, reason=reason.told("zh_Hant_TW"))
            _tell_changed(session, row, was, reason)
    except IntegrityError as error:
        raise SameVisit("at") from error


def _move_of(row: Reservation) -> str:
    """What a new day and time are for a booking: one that a closure has stopped is given another date."""
    return "choose" if row.state is ReservationState.AWAITING_NEW_DATE else "change"


def _guests(row: Reservation) -> list[tuple[str, str, str, str | None]]:
    return [(c.name, c.relation.value, c.id_number, c.paper) for c in row.companions]


def _new_time(session: Session, row: Reservation, asked: Arrival, scope: frozenset[str] | None) -> None:
    """Move the visit; what was accepted once and stays is not judged again."""
    day, at = desk_bookings.moment_of(asked)
    arrives = clock.at(day, at)
    if arrives == row.arrives_at:
        return
    row.exception_reason = desk_bookings.kept_exception(row.agency_id, asked, scope)
    row.visit_on, row.arrives_at = day, arrives
    if row.attention in _OF_TIME:
        row.attention = None
    if not asked.second_visit_confirmed:
        desk_bookings.warn_of_second(session, row)


def cancel(
    reservation_id: str,
    reason: Reason,
    version: int,
    scope: frozenset[str] | None,
    actor: Actor,
    *,
    by_session: bool = False,
) -> None:
    """Cancel a booking for the agency, give its place back and tell the applicant why.

    Raises :class:`AgencyReasonMissing`, ``IllegalMove``, ``Stale``, ``NotFound``.
    """
    kept = reason.kept()
    with transaction() as session:
        row = taken_up(session, reservation_id, version, scope, by_session)
        left = row.session_id if row.state in LIVE_STATES else None
        before = row.move("cancel")
        row.cancelled_by, row.attention = CancelledBy.AGENCY, None
        row.rejection_reason, row.rejection_note = kept.chosen, kept.note or None
        session.flush()
        if left is not None:
            visit_sessions.give_back(session, left)
        audit.moved(session, row, "cancel", before, actor, reason=kept.told("zh_Hant_TW"))
        tell(session, row, "booking_cancelled_by_agency", lambda locale: {"reason": kept.told(locale)})


def _tell_changed(session: Session, row: Reservation, was: datetime, reason: Reason) -> None:
    def values(locale: str) -> dict[str, Any]:
        then = clock.local(was)
        now = row.arrives_local
        return {
            "old": f"{booking_date(then.date(), locale)} {then:%H:%M}",
            "new": f"{booking_date(now.date(), locale)} {now:%H:%M}",
            "state": row.state_label,
            "reason": reason.told(locale),
        }

    tell(session, row, "booking_changed_by_agency", values)


def tell(session: Session, row: Reservation, event: str, values: Any = lambda locale: {}) -> None:
    """Queue a message about a booking to its account; nobody else has an address (told by telephone)."""
    if row.applicant_id is None:
        return
    applicant = session.get_one(Applicant, row.applicant_id)
    shown = {**reservations.described(row, applicant.locale), **values(applicant.locale)}
    notifications.enqueue(
        session, event, applicant, row, version=row.version, agency=row.agency, values={**shown, "by": row.agency.name}
    )
