"""What a move, a release or a restriction touches: bookings are marked, grants are checked, all of it is work to do.

Nothing is cancelled and nobody is written to: an officer looks at each (SPEC §3, §9). A grant follows its inmate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.rules.office_vocabulary import WorkKind
from app.rules.vocabulary import (
    LAWYERS,
    ApplicationState,
    Attention,
    GrantState,
    InmateStatus,
    Relationship,
    ReservationState,
    RestrictionKind,
)
from app.security import Actor
from models import (
    Inmate,
    InmateImport,
    InmateRestriction,
    Reservation,
    ServiceApplication,
    ServiceGrant,
    StagedInmate,
    StagedRestriction,
    StateMove,
    WorkItem,
    new_id,
)
from models.reservation import LIVE_STATES

_BOOKED = (*LIVE_STATES, ReservationState.AWAITING_NEW_DATE)
_RUNNING = (GrantState.ACTIVE, GrantState.TO_CHECK, GrantState.SUSPENDED)
#: What a person looks at before a lawyer's visit; 違規 and 隔離 never stop a lawyer (監獄行刑法 §72).
_FOR_LAWYERS = (RestrictionKind.NO_CONTACT_ORDER, RestrictionKind.JUDGES_RESTRICTION)
#: No IN list is longer.
_SLICE = 500

_HERE = Inmate.status == InmateStatus.PRESENT
_STAYS = StagedInmate.status == InmateStatus.PRESENT


@dataclass
class Touched:
    """What an import touches, found before it changes anything."""

    items: list[dict[str, Any]] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    restricted: list[str] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)
    questioned: list[str] = field(default_factory=list)
    #: Grants that go to the agency to which their inmate has come.
    following: list[str] = field(default_factory=list)


def before_moving(session: Session, row: InmateImport) -> Touched:
    """Find what the staged rows touch, while the inmates still stand where they stood."""
    touched = Touched()
    comes = and_(Inmate.agency_id != row.agency_id, _STAYS)
    leaves = and_(_HERE, or_(~_STAYS, comes))
    _find_bookings(session, row, leaves, touched)
    _find_grants(session, row, leaves, comes, touched)
    _find_applications(session, row, leaves, touched)
    _find_restricted(session, row, touched)
    returns = and_(~_HERE, _STAYS, Reservation.agency_id == row.agency_id)
    marked = _about(row, Reservation, Reservation.id).where(returns, Reservation.attention == Attention.INMATE_MOVED)
    touched.back = list(session.scalars(marked))
    return touched


def _about(row: InmateImport, model: Any, *what: Any) -> Select[Any]:
    """Rows about the inmates that are staged."""
    return (
        select(*what)
        .join(StagedInmate, StagedInmate.inmate_id == model.inmate_id)
        .join(Inmate, Inmate.id == model.inmate_id)
        .where(StagedInmate.import_id == row.id)
    )


def _find_bookings(session: Session, row: InmateImport, leaves: ColumnElement[bool], touched: Touched) -> None:
    found = _about(row, Reservation, Reservation, StagedInmate.status).where(leaves, *_to_come())
    for booking, status in session.execute(found):
        touched.moved.append(booking.id)
        touched.items.append(_item(row, _kind(status), booking, booking.agency_id, booking.visit_on))


def _to_come() -> tuple[ColumnElement[bool], ...]:
    return Reservation.state.in_(_BOOKED), Reservation.visit_on >= clock.today()


def _find_grants(
    session: Session,
    row: InmateImport,
    leaves: ColumnElement[bool],
    comes: ColumnElement[bool],
    touched: Touched,
) -> None:
    found = _about(row, ServiceGrant, ServiceGrant, StagedInmate.status, Inmate.agency_id)
    found = found.where(or_(leaves, comes), ServiceGrant.state.in_(_RUNNING), ServiceGrant.until_on >= clock.today())
    for grant, status, stood in session.execute(found):
        follows = status == InmateStatus.PRESENT and stood != row.agency_id
        touched.items.append(_item(row, _kind(status), grant, row.agency_id if follows else grant.agency_id))
        if follows:
            touched.following.append(grant.id)
        if grant.state is GrantState.ACTIVE and status != InmateStatus.RELEASED:
            touched.questioned.append(grant.id)


def _find_applications(session: Session, row: InmateImport, leaves: ColumnElement[bool], touched: Touched) -> None:
    found = _about(row, ServiceApplication, ServiceApplication, StagedInmate.status)
    for case, status in session.execute(found.where(leaves, ServiceApplication.state == ApplicationState.PENDING)):
        touched.items.append(_item(row, _kind(status), case, case.agency_id))


def _find_restricted(session: Session, row: InmateImport, touched: Touched) -> None:
    """Visits on days that a restriction covers from now on, or covers no more."""
    found = _about(row, Reservation, Reservation).where(StagedInmate.differs.contains("restrictions"), *_to_come())
    bookings = list(session.scalars(found))
    ids = sorted({booking.inmate_id for booking in bookings})
    before = _spans(session, InmateRestriction, ids)
    after = _spans(session, StagedRestriction, ids, StagedRestriction.import_id == row.id)
    for booking in bookings:
        was, will = (_covers(spans.get(booking.inmate_id, ()), booking) for spans in (before, after))
        if will and not was:
            touched.restricted.append(booking.id)
            touched.items.append(_item(row, WorkKind.RESTRICTED, booking, booking.agency_id, booking.visit_on))
        elif was and not will:
            touched.freed.append(booking.id)
            touched.items.append(_item(row, WorkKind.FREED, booking, booking.agency_id, booking.visit_on))


_Span = tuple[RestrictionKind, date, date | None]


def _spans(session: Session, model: Any, ids: list[str], *conditions: Any) -> dict[str, list[_Span]]:
    found: dict[str, list[_Span]] = {}
    for piece in _slices(ids):
        columns = select(model.inmate_id, model.kind, model.from_on, model.until_on)
        for inmate_id, *span in session.execute(columns.where(model.inmate_id.in_(piece), *conditions)):
            found.setdefault(inmate_id, []).append((span[0], span[1], span[2]))
    return found


def _covers(spans: Iterable[_Span], booking: Reservation) -> bool:
    day = booking.visit_on
    return any(
        stops(kind, booking.visitor_relation) and from_on <= day and (until_on is None or day <= until_on)
        for kind, from_on, until_on in spans
    )


def stops(kind: RestrictionKind, relation: Relationship) -> bool:
    """Whether somebody has to look at a visit in this capacity under a restriction of this kind."""
    return relation not in LAWYERS or kind in _FOR_LAWYERS


def _kind(status: InmateStatus) -> WorkKind:
    return WorkKind.RELEASED if status == InmateStatus.RELEASED else WorkKind.MOVED


def _item(row: InmateImport, kind: WorkKind, thing: Any, agency_id: str, due_on: date | None = None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "agency_id": agency_id,
        "kind": kind,
        "inmate_id": thing.inmate_id,
        "subject_kind": thing.__tablename__,
        "subject_id": thing.id,
        "cause": row.id,
        "due_on": due_on,
    }


def write_down(session: Session, row: InmateImport, touched: Touched, actor: Actor) -> int:
    """Mark the bookings, let the grants follow, fill the work list; returns how many things are on it."""
    # Grants before bookings, as everywhere.
    _write(session, ServiceGrant, touched.following, {"agency_id": row.agency_id})
    _write(session, ServiceGrant, touched.questioned, {"state": GrantState.TO_CHECK})
    _mark(session, touched.moved, Attention.INMATE_MOVED)
    _mark(session, touched.restricted, Attention.INMATE_RESTRICTED)
    _unmark(session, touched.back, Attention.INMATE_MOVED)
    _unmark(session, touched.freed, Attention.INMATE_RESTRICTED)
    moves = [_question(grant_id, actor) for grant_id in touched.questioned]
    for model, rows in ((StateMove, moves), (WorkItem, touched.items)):
        if rows:
            session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
    return len(touched.items)


def _mark(session: Session, ids: list[str], attention: Attention) -> None:
    # A mark that stands says more: a stopped grant stops the visit wherever the inmate is.
    _write(session, Reservation, ids, {"attention": attention}, Reservation.attention.is_(None))


def _unmark(session: Session, ids: list[str], attention: Attention) -> None:
    _write(session, Reservation, ids, {"attention": None}, Reservation.attention == attention)


def _write(session: Session, model: Any, ids: list[str], values: dict[str, Any], *conditions: Any) -> None:
    """Change some rows; their version goes up, so that a page from before is looked at again."""
    for piece in _slices(ids):
        change = update(model).where(model.id.in_(piece), *conditions)
        change = change.values(**values, version=model.version + 1)
        session.execute(change.execution_options(synchronize_session=False))


def _slices(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))


def _question(grant_id: str, actor: Actor) -> dict[str, Any]:
    return {
        "subject_kind": ServiceGrant.__tablename__,
        "subject_id": grant_id,
        "move": "question",
        "from_state": GrantState.ACTIVE.value,
        "to_state": GrantState.TO_CHECK.value,
        "at": clock.now(),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "id": new_id(),
    }
