"""當日接見報到: check in, start, end, note that a visit failed, and take the last of these back on the same day."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import IllegalMove, NotFound, RuleError, Stale
from app.i18n import _l
from app.rules.dates import Shown, sentence_date
from app.rules.vocabulary import MessageState, ReservationState
from app.security import Actor
from app.services import audit, queue_numbers, state_moves
from app.services.desk_moves import ON_THE_DAY, note_failure
from app.services.state_moves import Moved
from app.transaction import locked, transaction
from models import Notification, Reservation
from models.reservation import RESERVATION_MOVES

Scope = frozenset[str] | None
#: Moves that the desk can take back.
_TAKEN_BACK = ("check_in", "start", "finish", *ON_THE_DAY)
_WAITING = (MessageState.QUEUED, MessageState.RETRYING)


class MovedMeanwhile(Stale):
    """A colleague was quicker."""

    sentence = _l("本件已由%(who)s於%(time)s登記，目前狀態為「%(state)s」，您的操作未執行。請確認最新資料後再操作。")


class NotItsDay(RuleError):
    """A visit is checked in on its day."""

    sentence = _l("本件接見日期為%(day)s，僅得於接見當日報到。")
    status = 409


class NotReviewed(IllegalMove):
    """Somebody has come whose booking nobody has decided."""

    sentence = _l("本件尚未審核，不能報到。請先於「律師行動接見登記資料審核」審核；審核通過後再辦理報到。")


class NotCheckedIn(IllegalMove):
    """Nobody starts who is not here."""

    sentence = _l("本件尚未報到，不能開始接見。請先辦理報到。")


class NothingToUndo(RuleError):
    """Only what the desk has done today can be taken back."""

    sentence = _l("本件沒有今日登記的步驟可以復原。現場登記自「已報到」開始，登記錯誤者請於當日「取消現場登記」。")
    status = 409


class PlaceTaken(RuleError):
    """The visitor was booked for the very same arrival meanwhile."""

    sentence = _l("此接見人於同一時間另有預約，本件無法復原。請以另一件預約辦理報到。")
    status = 409


def check_in(reservation_id: str, version: int, scope: Scope, actor: Actor) -> int | None:
    """Note that a visitor has come, and return the number that the board will call out (None: by a device).

    Raises :class:`NotItsDay`, :class:`NotReviewed`, ``IllegalMove``, :class:`MovedMeanwhile`, ``Stale``, ``NotFound``.
    """
    with transaction() as session:
        queue_numbers.begin(session, reservation_id)
        row = taken(session, reservation_id, version, scope)
        if row.state == ReservationState.PENDING:
            raise NotReviewed()
        RESERVATION_MOVES.target("check_in", row.state)  # the state's own sentence comes before the day's
        if row.visit_on != clock.today():
            raise NotItsDay(day=Shown(row.visit_on, sentence_date))
        number = queue_numbers.next_number(session, row)
        before = row.move("check_in")
        row.checked_in_at, row.queue_number = clock.now(), number
        audit.moved(session, row, "check_in", before, actor)
        return number


def start(reservation_id: str, version: int, scope: Scope, actor: Actor) -> None:
    """Note that the visit begins; raises :class:`NotCheckedIn` and as :func:`check_in`."""

    def begin(row: Reservation) -> None:
        if row.state in (ReservationState.PENDING, ReservationState.APPROVED):
            raise NotCheckedIn()
        row.started_at = clock.now()

    _moved(reservation_id, "start", begin, version, scope, actor)


def finish(reservation_id: str, version: int, scope: Scope, actor: Actor) -> None:
    """Note that the visit is over; raises as :func:`check_in`."""

    def end(row: Reservation) -> None:
        row.ended_at = clock.now()

    _moved(reservation_id, "finish", end, version, scope, actor)


def fail(reservation_id: str, move: str, note: str, version: int, scope: Scope, actor: Actor) -> None:
    """Note that a visit of any kind did not take place, and tell its booker; raises as ``desk_moves.mark``."""
    with transaction() as session:
        note_failure(session, taken(session, reservation_id, version, scope), move, note, actor)


def undo(reservation_id: str, version: int, scope: Scope, actor: Actor) -> bool:
    """Take the desk's last move of today back; True where its message has gone out already and has to be put right.

    Raises :class:`NothingToUndo`, :class:`PlaceTaken`, :class:`MovedMeanwhile`, ``Stale``, ``NotFound``.
    """
    try:
        with transaction() as session:
            row = taken(session, reservation_id, version, scope)
            done = _last_of_today(session, row)
            if done is None:
                raise NothingToUndo()
            move = "undo" if row.checked_in_at is not None else "undo_unarrived"
            before = row.move(move)
            _forget(row)
            audit.moved(session, row, move, before, actor)
            return _recall(session, row, done) if done.move in ON_THE_DAY else False
    except IntegrityError as error:
        raise PlaceTaken() from error


def can_undo(session: Session, row: Reservation) -> bool:
    """Whether the desk may take something back now."""
    return _last_of_today(session, row) is not None


def _last_of_today(session: Session, row: Reservation) -> Moved | None:
    """The move that led to the present state, if the desk made it today."""
    is_undoable = any(RESERVATION_MOVES.allows(move, row.state) for move in ("undo", "undo_unarrived"))
    if not is_undoable:
        return None
    made = [move for move in state_moves.moves_of(session, row) if move.to_state == row.state]
    led = next((move for move in reversed(made) if move.move in _TAKEN_BACK), None)
    return led if led is not None and clock.local(led.at).date() == clock.today() else None


def _forget(row: Reservation) -> None:
    """Clear what the move that was taken back had noted; a number goes back, too, so that none is skipped."""
    if row.state == ReservationState.APPROVED:
        row.checked_in_at = row.queue_number = None
    if row.state in (ReservationState.APPROVED, ReservationState.CHECKED_IN):
        row.started_at = None
    row.ended_at = None


def _recall(session: Session, row: Reservation, done: Moved) -> bool:
    """Withdraw the message of the move where it still waits; True where one has left."""
    mine = (
        Notification.subject_kind == row.__tablename__,
        Notification.subject_id == row.id,
        Notification.event == ON_THE_DAY[done.move],
        Notification.queued_at >= done.at,
    )
    session.execute(
        update(Notification)
        .where(*mine, Notification.state.in_(_WAITING))
        .values(state=MessageState.REPLACED, secret_sealed=None)
        .execution_options(synchronize_session=False)
    )
    left = select(Notification.id).where(*mine, Notification.state != MessageState.REPLACED)
    return session.scalar(left.limit(1)) is not None


def _moved(
    reservation_id: str, move: str, note: Callable[[Reservation], None], version: int, scope: Scope, actor: Actor
) -> None:
    with transaction() as session:
        row = taken(session, reservation_id, version, scope)
        note(row)
        before = row.move(move)
        audit.moved(session, row, move, before, actor)


def taken(session: Session, reservation_id: str, version: int, scope: Scope) -> Reservation:
    """A visit of any kind as it is now, locked."""
    row = locked(session, Reservation, reservation_id)
    if scope is not None and row.agency_id not in scope:
        raise NotFound()
    if row.version != version:
        last = state_moves.last_move(session, row)
        if last is None:
            raise Stale()
        raise MovedMeanwhile(who=last.who, time=f"{clock.local(last.at):%H:%M}", state=row.state_label)
    return row
