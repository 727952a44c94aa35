"""取消現場登記: an entry at the desk that should not have been made is taken back on its day, with a reason."""

from __future__ import annotations

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules.dates import Shown, sentence_date
from app.rules.vocabulary import BookingSource, CancelledBy, ReservationState
from app.security import Actor
from app.services import audit, day_moves
from app.transaction import transaction
from models import Reservation, new_id

LONGEST_REASON = 200


class ReasonMissing(RuleError):
    """What was entered and is taken back is explained."""

    sentence = _l("請填寫取消現場登記之原因，例如「呼號登錄錯誤，已另行登記」（至多%(longest)s個字）。")


class NotEntered(RuleError):
    """Somebody who was booked is checked out again by other means."""

    sentence = _l("本件不是現場登記（未預約），不能取消登記。報到錯誤者請按「復原上一步」。")
    status = 409


class HasBegun(RuleError):
    """What has gone on is taken back first."""

    sentence = _l("本件目前狀態為「%(state)s」。僅「已報到」之現場登記可以取消；請先以「復原上一步」回到「已報到」。")
    status = 409


class EnteredBefore(RuleError):
    """Yesterday's entry is on paper by now."""

    sentence = _l("現場登記僅得於登記當日取消；本件登記日期為%(day)s。")
    status = 409


def take_back(reservation_id: str, reason: str, version: int, scope: frozenset[str] | None, actor: Actor) -> None:
    """取消現場登記: an entry that should not have been made, on its day and before its visit begins; nobody is told.

    Its number on the board is free again, and its form may be sent anew. Raises :class:`ReasonMissing`,
    :class:`NotEntered`, :class:`HasBegun`, :class:`EnteredBefore`, ``MovedMeanwhile``, ``NotFound``.
    """
    clean = " ".join(reason.split())
    if not 0 < len(clean) <= LONGEST_REASON:
        raise ReasonMissing("reason", longest=LONGEST_REASON)
    with transaction() as session:
        row = day_moves.taken(session, reservation_id, version, scope)
        refused = why_not_taken_back(row)
        if refused is not None:
            raise refused
        before = row.move("undo_entry")
        row.cancelled_by, row.attention, row.queue_number = CancelledBy.AGENCY, None, None
        row.idempotency_key = new_id()
        session.flush()
        audit.moved(session, row, "undo_entry", before, actor, reason=clean)


def why_not_taken_back(row: Reservation) -> RuleError | None:
    """Why an entry cannot be taken back now; None where it can."""
    if row.source is not BookingSource.WALK_IN:
        return NotEntered()
    if row.state is not ReservationState.CHECKED_IN:
        return HasBegun(state=row.state_label)
    if row.visit_on != clock.today():
        return EnteredBefore(day=Shown(row.visit_on, sentence_date))
    return None
