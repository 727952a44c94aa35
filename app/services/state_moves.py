"""Who moved a record last, and all its moves: for the sentences that tell a colleague, and for the page of a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.i18n import _
from models import Officer, StateMove


@dataclass(frozen=True)
class Moved:
    """One move: which, by whom (a name for staff, a word for others), when, why, from what to what."""

    move: str
    who: str
    at: datetime
    reason: str | None
    from_state: str
    to_state: str


def last_move(session: Session, row: Any) -> Moved | None:
    """The newest move of a record; None where it never moved."""
    newest = session.scalar(_of(row).order_by(StateMove.at.desc(), StateMove.id).limit(1))
    return _told(session, newest) if newest else None


def moves_of(session: Session, row: Any) -> list[Moved]:
    """All moves of a record, the oldest first."""
    return [_told(session, move) for move in session.scalars(_of(row).order_by(StateMove.at, StateMove.id))]


def _of(row: Any) -> Select[Any]:
    return select(StateMove).where(StateMove.subject_kind == row.__tablename__, StateMove.subject_id == row.id)


def _told(session: Session, move: StateMove) -> Moved:
    officer = None
    if move.actor_kind == "staff" and (move.actor_id or "").isdecimal():
        officer = session.get(Officer, int(move.actor_id or 0))
    words = {"staff": _("機關人員"), "applicant": _("申請人"), "system": _("系統")}
    who = officer.full_name if officer else words.get(move.actor_kind, move.actor_kind)
    return Moved(move.move, who, move.at, move.reason, move.from_state, move.to_state)
