"""接見提醒: a mail some hours before an approved visit, once for each arrival, and only while it is of use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.rules import parameters
from app.rules.messages import REMINDERS
from app.rules.parameters import ParameterCode
from app.rules.vocabulary import ReservationState
from app.security import SYSTEM
from app.services import audit, notifications, visiting
from app.services.booking_texts import described, wording
from app.transaction import end_reading, locked, transaction
from models import Agency, Applicant, Notification, Reservation

#: No agency may remind earlier than this (``REMINDER_HOURS`` ends at 168).
EARLIEST = timedelta(hours=168)
BATCH = 200


def send_due() -> int:
    """Queue the reminders whose hour has come, also those missed while nothing ran; returns how many.

    A visit that has begun is not reminded of any more.
    """
    now = clock.now()
    due = db.session.execute(
        select(Reservation.id, Reservation.agency_id, Reservation.arrives_at)
        .where(*_wanted(), Reservation.arrives_at > now, Reservation.arrives_at <= now + EARLIEST)
        .order_by(Reservation.arrives_at, Reservation.id)
    ).all()
    hours = {agency_id: _hours(agency_id) for agency_id in {row.agency_id for row in due}}
    told = _told([row.id for row in due])
    end_reading()
    late = [
        row.id
        for row in due
        if row.arrives_at - timedelta(hours=hours[row.agency_id]) <= now and (row.id, row.arrives_at) not in told
    ]
    return sum(_remind(reservation_id) for reservation_id in late)


def _wanted():  # type: ignore[no-untyped-def]
    return (
        Reservation.state == ReservationState.APPROVED,
        Reservation.remind_me,
        Reservation.applicant_id.is_not(None),
    )


def _hours(agency_id: str) -> int:
    return parameters.number(visiting.values_of(agency_id), ParameterCode.REMINDER_HOURS)


def _told(ids: list[str]) -> set[tuple[str, object]]:
    """Which arrivals have been reminded of already: a change that leaves the arrival alone asks for no second mail."""
    found: set[tuple[str, object]] = set()
    for start in range(0, len(ids), BATCH):
        rows = db.session.execute(
            select(Notification.subject_id, Notification.give_up_at).where(
                Notification.subject_id.in_(ids[start : start + BATCH]), Notification.event.in_(REMINDERS)
            )
        )
        found |= {(subject_id, give_up_at) for subject_id, give_up_at in rows}
    return found


def _remind(reservation_id: str) -> bool:
    """Queue one reminder, if the visit still is as it was when it was chosen."""
    try:
        with transaction() as session:
            reservation = locked(session, Reservation, reservation_id)
            if not _is_still_due(session, reservation):
                return False
            applicant = session.get_one(Applicant, reservation.applicant_id)
            message = notifications.enqueue(
                session,
                wording("reminder", reservation),
                applicant,
                reservation,
                version=reservation.version,
                agency=session.get_one(Agency, reservation.agency_id),
                values=described(reservation, applicant.locale),
            )
            message.give_up_at = reservation.arrives_at
            agency_id = reservation.agency_id
            audit.record(session, "reservation.remind", SYSTEM, reservation, agency_id=agency_id)
            return True
    except IntegrityError:  # this version has been reminded of meanwhile
        return False


def _is_still_due(session: Session, reservation: Reservation) -> bool:
    """Checked once more under the lock: cancelled, changed or begun meanwhile, or reminded of by somebody else."""
    if reservation.state != ReservationState.APPROVED or not reservation.remind_me:
        return False
    if reservation.applicant_id is None or not clock.now() < reservation.arrives_at:
        return False
    again = exists().where(
        Notification.subject_id == reservation.id,
        Notification.event.in_(REMINDERS),
        Notification.give_up_at == reservation.arrives_at,
    )
    return not session.scalar(select(again))
