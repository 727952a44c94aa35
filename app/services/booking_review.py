"""CJALF219F: the desk's verdicts on bookings, each row a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.i18n import _, _l
from app.rules.dates import log_time
from app.rules.vocabulary import ReservationState, Verdict
from app.security import Actor
from app.services import audit, visit_sessions
from app.services.booking_notes import Notes, Review
from app.services.plain_inserts import connection_of, insert_now
from app.services.reasons import ReasonRequired
from app.services.state_moves import last_move
from app.transaction import transaction
from models import Reservation
from models.reservation import RESERVATION_MOVES

_table = Reservation.__table__
#: The verdict is taken by one statement: whoever comes second changes no row.
_TAKE = (
    update(_table)  # type: ignore[arg-type]
    .where(
        _table.c.id == bindparam("row_id"),
        _table.c.version == bindparam("seen"),
        _table.c.state == ReservationState.PENDING,
    )
    .values(
        state=bindparam("result"),
        version=bindparam("following"),
        decided_at=bindparam("at"),
        decided_by_id=bindparam("officer"),
        rejection_reason=bindparam("reason"),
        rejection_note_sealed=bindparam("note"),
    )
)


class RowAlreadyDecided(RuleError):
    """A colleague decided this row meanwhile; ``n`` is filled in when the whole save is done."""

    sentence = _l("本件已由%(officer)s於%(time)s審核為「%(state)s」，您的結果未儲存；其餘%(n)s件已儲存。")
    status = 409


class RowWithdrawn(RowAlreadyDecided):
    """The booking was cancelled or lapsed meanwhile."""

    sentence = _l("本件已由%(officer)s於%(time)s處理為「%(state)s」，您的結果未儲存；其餘%(n)s件已儲存。")


class RowChanged(Stale):
    """The booker, or the desk, changed time or persons meanwhile: it has to be judged anew."""

    sentence = _l(
        "本件於您開啟後已由%(officer)s於%(time)s變更，資料已有異動，您的結果未儲存，請依最新資料重新審核；其餘%(n)s件已儲存。"
    )


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
    rows = list(verdicts)
    reviews = Notes.read([(row.reservation_id, row.verdict, row.reason, row.note) for row in rows])
    outcomes = []
    for row in rows:
        try:
            _save(row, reviews.get(row.reservation_id), scope, officer_id, actor)
            outcomes.append(RowOutcome(row.reservation_id, None))
        except RuleError as error:
            outcomes.append(RowOutcome(row.reservation_id, error))
    saved = sum(outcome.error is None for outcome in outcomes)
    for outcome in outcomes:
        if outcome.error is not None and "n" in outcome.error.values:
            outcome.error.values["n"] = saved
    return outcomes


def decide(row: RowVerdict, scope: frozenset[str] | None, officer_id: int, actor: Actor) -> None:
    """Decide one booking and queue its message: one commit.

    Raises ``NotFound`` (also for another agency's row), :class:`RowAlreadyDecided`, :class:`RowChanged`,
    ``ReasonRequired``.
    """
    outcome = decide_all([row], scope, officer_id, actor)[0]
    if outcome.error is not None:
        raise outcome.error


def _save(row: RowVerdict, review: Review | None, scope: frozenset[str] | None, officer_id: int, actor: Actor) -> None:
    """One row: its verdict, the move, the trail and the message, or nothing of them."""
    if review is None or (scope is not None and review.agency_id not in scope):
        raise NotFound()
    move = Verdict(row.verdict).value
    before = ReservationState.PENDING
    review.state = RESERVATION_MOVES.target(move, before)
    with transaction() as session:
        if review.lacks_reason or not _take(session, row, review, officer_id):
            explain(session, row)
            raise ReasonRequired("reason")
        if review.session_id is not None:
            visit_sessions.give_back(session, review.session_id)
        audit.moved(session, review, move, before, actor, reason=review.reason)
        # Composed from the version that was just decided, by now nobody can have changed it.
        for message in review.messages:
            insert_now(session, message)


def _take(session: Session, row: RowVerdict, review: Review, officer_id: int) -> bool:
    if review.version != row.version:
        return False
    taken = connection_of(session).execute(
        _TAKE,
        {
            "row_id": row.reservation_id,
            "seen": row.version,
            "following": row.version + 1,
            "result": review.state,
            "at": clock.now(),
            "officer": officer_id,
            "reason": review.reason,
            "note": review.note_sealed,
        },
    )
    return bool(taken.rowcount)


def explain(session: Session, row: RowVerdict) -> None:
    """Raise what stands in the way of deciding this row as it is now; returns where nothing does."""
    found = session.get(Reservation, row.reservation_id, populate_existing=True)
    if found is None:
        raise NotFound()
    last = last_move(session, found)
    told = {
        "officer": last.who if last else _("申請人"),
        "time": log_time(clock.local(last.at if last else found.updated_at)),
        "state": found.state_label,
        "n": 0,
    }
    if found.state in (ReservationState.APPROVED, ReservationState.REJECTED):
        raise RowAlreadyDecided(**told)
    if found.state != ReservationState.PENDING:
        raise RowWithdrawn(**told)
    if found.version != row.version:
        raise RowChanged(**told)
