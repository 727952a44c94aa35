"""CJALF219F: the desk's verdicts on bookings, each row a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.i18n import _l
from app.rules.dates import log_time
from app.rules.vocabulary import ReasonScope, ReservationState, Verdict
from app.security import Actor
from app.services import audit, notifications, reasons
from app.services.reservations import described
from app.transaction import locked, transaction
from models import Applicant, Officer, Reservation


class RowAlreadyDecided(RuleError):
    """A colleague decided this row, or the booker took it back, in the meantime."""

    sentence = _l("%(number)s已由%(officer)s於%(time)s處理為「%(state)s」，您的結果未儲存。")
    status = 409


@dataclass(frozen=True)
class RowVerdict:
    """The desk's verdict on one booking; ``version`` is the one that the list showed."""

    reservation_id: str
    verdict: str
    version: int
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row: ``error`` is None where it was saved."""

    reservation_id: str
    error: RuleError | None


def decide_all(
    verdicts: Iterable[RowVerdict], scope: frozenset[str] | None, officer_id: int, actor: Actor
) -> list[RowOutcome]:
    """Decide the given rows one by one; a row that cannot be saved is reported and stops no other."""
    outcomes = []
    for verdict in verdicts:
        try:
            decide(verdict, scope, officer_id, actor)
            outcomes.append(RowOutcome(verdict.reservation_id, None))
        except RuleError as error:
            outcomes.append(RowOutcome(verdict.reservation_id, error))
    return outcomes


def decide(row: RowVerdict, scope: frozenset[str] | None, officer_id: int, actor: Actor) -> None:
    """Decide one booking and queue its message: one commit.

    Raises ``NotFound`` (also for another agency's row), :class:`RowAlreadyDecided`, ``Stale``, ``ReasonRequired``.
    """
    with transaction() as session:
        reservation = locked(session, Reservation, row.reservation_id)
        if scope is not None and reservation.agency_id not in scope:
            raise NotFound()
        if reservation.state != ReservationState.PENDING:
            raise _already(session, reservation)
        if reservation.version != row.version:
            raise Stale()
        verdict = Verdict(row.verdict)
        reason = reasons.required(verdict, ReasonScope.BOOKING, row.reason)
        before = reservation.move(verdict.value)
        reservation.decided_at, reservation.decided_by_id = clock.now(), officer_id
        reservation.rejection_reason = reason
        reservation.rejection_note = row.note.strip()[:500] or None if reason else None
        session.flush()
        audit.moved(session, reservation, verdict.value, before, actor, reason=reason)
        _tell(session, reservation)


def _already(session: Session, reservation: Reservation) -> RowAlreadyDecided:
    officer = session.get(Officer, reservation.decided_by_id) if reservation.decided_by_id else None
    return RowAlreadyDecided(
        number=reservation.number,
        officer=officer.full_name if officer else _l("申請人"),
        time=log_time(clock.local(reservation.updated_at)),
        state=reservation.state.label,
    )


def _tell(session: Session, reservation: Reservation) -> None:
    if reservation.applicant_id is None:
        return
    applicant = session.get_one(Applicant, reservation.applicant_id)
    approved = reservation.state == ReservationState.APPROVED
    values = described(reservation, applicant.locale)
    values["reason"] = reasons.shown(reservation.rejection_reason, reservation.rejection_note, applicant.locale)
    notifications.enqueue(
        session,
        "booking_approved" if approved else "booking_rejected",
        applicant,
        reservation,
        version=reservation.version,
        agency=reservation.agency,
        values=values,
    )
