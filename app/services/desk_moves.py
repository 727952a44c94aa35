"""What the desk notes on the day of a visit (未到, 收容人拒絕接見, 收容人不在), and flags that have been looked at."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.errors import IllegalMove, RuleError
from app.i18n import _l
from app.rules.dates import Shown, sentence_date
from app.security import Actor
from app.services import audit
from app.services.desk_bookings import taken_up
from app.services.desk_changes import tell
from app.transaction import transaction
from models import Reservation
from models.reservation import RESERVATION_MOVES

#: Move, and the message that tells it.
ON_THE_DAY = {"no_show": "visit_no_show", "refuse": "visit_refused", "away": "visit_inmate_away"}
LONGEST_NOTE = 500


class NotYet(RuleError):
    """A visit is noted as failed on its day, not before."""

    sentence = _l("本項僅得於接見當日（%(day)s）起登記；提前得知無法接見者，請以「取消預約」辦理。")
    status = 409


class NotLateYet(RuleError):
    """Nobody is missing before the announced arrival."""

    sentence = _l("預計到達時間（%(time)s）未到，尚不能登記為未到。")
    status = 409


class AttentionNoteMissing(RuleError):
    """Who clears a flag says what was found."""

    sentence = _l("請填寫處理情形，例如「已電話確認，律師仍受委任」。")


class NothingToClear(IllegalMove):
    """The flag is gone already."""

    sentence = _l("本件已無注意事項。請重新整理後確認最新資料。")


def mark(
    reservation_id: str,
    move: str,
    note: str,
    version: int,
    scope: frozenset[str] | None,
    actor: Actor,
    *,
    by_session: bool = False,
) -> None:
    """Note on the day of a visit that it did not take place, and tell the applicant how to book again.

    ``move`` is one of ``ON_THE_DAY``. Raises :class:`NotYet`, :class:`NotLateYet`, ``IllegalMove``, ``Stale``,
    ``NotFound``.
    """
    with transaction() as session:
        row = taken_up(session, reservation_id, version, scope, by_session)
        note_failure(session, row, move, note, actor)


def note_failure(session: Session, row: Reservation, move: str, note: str, actor: Actor) -> None:
    """As :func:`mark`, for a visit that the caller has locked."""
    RESERVATION_MOVES.target(move, row.state)  # the state's own sentence comes first
    if row.visit_on > clock.today():
        raise NotYet(day=Shown(row.visit_on, sentence_date))
    if move == "no_show" and clock.now() < row.arrives_at:
        raise NotLateYet(time=f"{row.arrives_local:%H:%M}")
    before = row.move(move)
    row.attention = None
    session.flush()
    audit.moved(session, row, move, before, actor, reason=note.strip()[:LONGEST_NOTE] or None)
    tell(session, row, ON_THE_DAY[move])


def clear_attention(
    reservation_id: str,
    note: str,
    version: int,
    scope: frozenset[str] | None,
    actor: Actor,
    *,
    by_session: bool = False,
) -> None:
    """Take a flag off a booking; what was found is kept in the trail.

    Raises :class:`AttentionNoteMissing`, :class:`NothingToClear`, ``Stale``, ``NotFound``.
    """
    note = note.strip()[:LONGEST_NOTE]
    if not note:
        raise AttentionNoteMissing("note")
    with transaction() as session:
        row = taken_up(session, reservation_id, version, scope, by_session)
        if row.attention is None:
            raise NothingToClear()
        facts = {"attention": [row.attention.value, None], "note": note}
        row.attention = None
        session.flush()
        audit.record(session, "reservation.clear_attention", actor, row, agency_id=row.agency_id, facts=facts)
