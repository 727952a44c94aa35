"""候見順序看板: who waits in which order and for how long."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.extensions import db
from app.rules import masking, waiting
from app.rules.vocabulary import ReservationState as State
from app.rules.vocabulary import VisitKind
from app.services.queue_numbers import CALLED_OUT
from models import Reservation


@dataclass(frozen=True)
class Line:
    """Somebody in the waiting room or in a visit; the name is masked, ``wait`` is None for whoever waits no more."""

    number: int | None
    name: str
    kind: Any
    state: Any
    checked_in: datetime
    wait: int | None


@dataclass(frozen=True)
class Board:
    """Who is in a visit and who waits, in the order of the numbers."""

    running: list[Line]
    waiting: list[Line]
    at: datetime


def board(agency_id: str, day: date) -> Board:
    """The board of an agency now; lawyers and relatives wait for different rooms and are reckoned apart."""
    now = clock.now()
    rows = db.session.scalars(
        select(Reservation)
        .where(
            Reservation.agency_id == agency_id,
            Reservation.visit_on == day,
            Reservation.kind.in_(CALLED_OUT),
            Reservation.state.in_((State.CHECKED_IN, State.IN_PROGRESS, State.COMPLETED)),
        )
        .options(selectinload(Reservation.session))
    )
    by_kind: dict[VisitKind, list[Reservation]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    lines = [(row, wait) for of_kind in by_kind.values() for row, wait in _waits(of_kind, now)]
    lines.sort(key=lambda pair: _turn(pair[0]))
    return Board(
        [_line(row, None) for row, _wait in lines if row.state == State.IN_PROGRESS],
        [_line(row, wait) for row, wait in lines if row.state == State.CHECKED_IN],
        clock.local(now),
    )


def _turn(row: Reservation) -> tuple[datetime, int]:
    return row.checked_in_at or row.arrives_at, row.queue_number or 0


def _waits(rows: list[Reservation], now: datetime) -> list[tuple[Reservation, int | None]]:
    """The rows of one kind, each with its minutes."""
    here = sorted((r for r in rows if r.state == State.CHECKED_IN), key=_turn)
    finished = [(r.started_at, r.ended_at) for r in rows if r.started_at and r.ended_at]
    running = [r.started_at for r in rows if r.state == State.IN_PROGRESS and r.started_at]
    # Nobody of a session is called before it begins; a lawyer is called when a room is free.
    earliest = [r.session.starts_at if r.session else None for r in here]
    places = max((r.session.capacity for r in rows if r.session), default=None)
    waits: dict[str, int] = dict(
        zip((r.id for r in here), waiting.expected_waits(earliest, running, finished, now, places), strict=True)
    )
    return [(row, waits.get(row.id)) for row in rows]


def _line(row: Reservation, wait: int | None) -> Line:
    checked_in = clock.local(row.checked_in_at or row.arrives_at)
    name = masking.name_circle(row.visitor_name)
    return Line(row.queue_number, name, row.kind.label, row.state_label, checked_in, wait)
