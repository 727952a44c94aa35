"""States that move by a table: any move that is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped

from app.errors import IllegalMove
from app.rules.vocabulary import Word
from models.base import Base, Instant, Sealed, internal, key, sensitive

S = TypeVar("S", bound=Word)


class Moves(Generic[S]):
    """The legal moves of one kind of record: move name -> {from state: to state}."""

    def __init__(self, table: Mapping[str, Mapping[S, S]]) -> None:
        self.table = table

    def target(self, move: str, state: S) -> S:
        """The state that ``move`` leads to; raises :class:`IllegalMove`."""
        try:
            return self.table[move][state]
        except KeyError:
            raise IllegalMove(state=state.label) from None

    def allows(self, move: str, state: S) -> bool:
        """Whether ``move`` may be made from ``state``."""
        return state in self.table.get(move, {})


class StateMove(Base):
    """One move of one record: who, when, why."""

    __tablename__ = "state_move"

    id: Mapped[str] = key()
    subject_kind: Mapped[str] = internal(String(32), nullable=False)
    subject_id: Mapped[str] = internal(String(36), nullable=False)
    move: Mapped[str] = internal(String(32), nullable=False)
    from_state: Mapped[str] = internal(String(32), nullable=False)
    to_state: Mapped[str] = internal(String(32), nullable=False)
    at: Mapped[datetime] = internal(Instant, nullable=False)
    actor_kind: Mapped[str] = internal(String(16), nullable=False)
    actor_id: Mapped[str | None] = internal(String(36))
    reason_sealed: Mapped[bytes | None] = sensitive()
    reason: Any = Sealed("reason_sealed")

    __table_args__ = (
        Index("ix_state_move_subject", "subject_kind", "subject_id", "at"),
        Index("ix_state_move_all", "at", "id"),
    )
