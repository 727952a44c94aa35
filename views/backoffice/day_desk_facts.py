"""What the day desk shows of a visit: its line in the list, its page, what has to be checked, the moves on offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app import clock
from app.i18n import _, _l
from app.rules.vocabulary import BookingSource, Relationship, ReservationState
from app.services import day_moves, walk_in_undo
from models import Reservation
from models.reservation import RESERVATION_MOVES
from views.backoffice import booking_facts
from views.backoffice.case_facts import NONE, Facts
from views.backoffice.desk_acts import MARKS

#: Moves of the desk and the words on their buttons; the address names the move.
MOVES: dict[str, Any] = {
    "check_in": _l("報到"),
    "start": _l("開始接見"),
    "finish": _l("結束接見"),
    **MARKS,
    "undo": _l("復原上一步"),
    "undo_entry": _l("取消現場登記"),
}
_MAIN = ("check_in", "start", "finish")


@dataclass(frozen=True)
class Move:
    """A button: the move, its words, whether it is what usually comes next, whether it takes a note."""

    name: str
    label: Any
    is_main: bool
    has_note: bool


@dataclass(frozen=True)
class Line:
    """A visit in the list of the day."""

    id: str
    version: int
    queue_number: int | None
    arrival: str
    times: str
    number: str
    inmate: str
    visitor: str
    capacity: Any
    persons: int
    kind: Any
    room: str
    state: Any
    attention: Any
    is_late: bool
    #: What is done with one press in the list; checking in goes over the visit's page, where papers are compared.
    move: Move | None
    is_expected: bool


def line(row: Reservation) -> Line:
    """A line of the list."""
    move = next((m for m in ("start", "finish") if RESERVATION_MOVES.allows(m, row.state)), None)
    return Line(
        id=row.id,
        version=row.version,
        queue_number=row.queue_number,
        arrival=f"{row.arrives_local:%H:%M}",
        times=_times(row),
        number=row.number,
        inmate=f"{row.inmate.number}　{row.inmate.name}",
        visitor=row.visitor_name,
        capacity=row.visitor_relation.label,
        persons=1 + len(row.companions),
        kind=BookingSource.WALK_IN.label if row.source == BookingSource.WALK_IN else row.kind.label,
        room=row.room or "",
        state=booking_facts.state_badge(row),
        attention=row.attention,
        is_late=row.state == ReservationState.APPROVED and row.arrives_at < clock.now(),
        move=Move(move, MOVES[move], True, False) if move else None,
        is_expected=row.state == ReservationState.APPROVED,
    )


def _times(row: Reservation) -> str:
    """報到, 接見起 and 迄 as far as they have come."""
    seen = (row.checked_in_at, row.started_at, row.ended_at)
    return "／".join(f"{clock.local(at):%H:%M}" for at in seen if at)


def blocks(row: Reservation) -> list[tuple[str, Facts]]:
    """The page of a visit: as a booking's, with what the day has brought."""
    [(_heading, booking), visitor] = booking_facts.blocks(row)
    today: Facts = [
        (_("接見類型"), str(row.kind.label)),
        (_("報到／開始／結束"), _times(row) or NONE),
    ]
    if row.room:
        today.append((_("接見室或設備"), row.room))
    return [(_("本次接見"), [*today, *booking]), visitor]


def reminders(row: Reservation) -> list[str]:
    """What has to be looked at before somebody is checked in (監獄行刑法 §69, §72)."""
    if row.state != ReservationState.APPROVED:
        return []
    relations = {row.visitor_relation, *(companion.relation for companion in row.companions)}
    found = [_("請查驗接見人及同行人之身分證明文件正本，核對姓名、身分證號及相片是否相符。")]
    if Relationship.LAWYER in relations:
        found.append(_("律師：請查驗律師證及委任文件。"))
    if relations & {Relationship.DEFENDER, Relationship.TRAINEE_LAWYER, Relationship.INTERPRETER}:
        found.append(_("辯護人、學習律師、通譯：請查驗預約所載之證明文件。"))
    if not row.visitor_relation.is_lawyers:
        found.append(_("家屬：請核對與收容人之關係，並登記職業、年齡、住居所。"))
    return found


def offered(row: Reservation) -> list[Move]:
    """The moves that this visit allows now, the usual one first."""
    is_today, has_come = row.visit_on == clock.today(), row.arrives_at <= clock.now()
    moves = [name for name in (*_MAIN, *MARKS) if RESERVATION_MOVES.allows(name, row.state)]
    if not is_today:
        moves = [name for name in moves if name in MARKS and row.visit_on < clock.today()]
    found = [Move(n, MOVES[n], n in _MAIN, n in MARKS) for n in moves if n != "no_show" or has_come]
    if day_moves.can_undo(booking_facts.session(), row):
        found.append(Move("undo", MOVES["undo"], False, False))
    if walk_in_undo.why_not_taken_back(row) is None:
        found.append(Move("undo_entry", MOVES["undo_entry"], False, False))
    return found
