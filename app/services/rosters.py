"""CJALF247R: the roster of a day, frozen into an edition when it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.i18n import DEFAULT_LOCALE, _
from app.rules import arrival
from app.rules.vocabulary import (
    BookingSource,
    Relationship,
    ReservationState,
    RestrictionKind,
    VisitKind,
)
from app.security import Actor
from app.services import audit, notifications, visiting
from app.transaction import locked, transaction
from models import Agency, Inmate, Officer, Reservation, RosterEdition

#: What stands on a roster besides the section 待核.
ON_ROSTER = (
    ReservationState.APPROVED,
    ReservationState.CHECKED_IN,
    ReservationState.IN_PROGRESS,
    ReservationState.COMPLETED,
)


def default_day() -> date:
    """The day that is printed for: the next working day."""
    return visiting.calendar().next_working_day(clock.today())


def counts(agency_id: str, day: date, source: str = "") -> tuple[int, int]:
    """How many decided and how many pending visits a roster of this day would have."""
    states = db.session.scalars(_of_day(agency_id, day, source).with_only_columns(Reservation.state)).all()
    return sum(s in ON_ROSTER for s in states), sum(s == ReservationState.PENDING for s in states)


def editions(scope: frozenset[str] | None, agency_id: str | None, day: date) -> list[RosterEdition]:
    """The editions printed for a day, newest first."""
    query = select(RosterEdition).where(RosterEdition.visit_on == day)
    if agency_id:
        query = query.where(RosterEdition.agency_id == agency_id)
    if scope is not None:
        query = query.where(RosterEdition.agency_id.in_(scope))
    query = query.order_by(RosterEdition.printed_at.desc(), RosterEdition.id)
    return list(db.session.scalars(query.options(selectinload(RosterEdition.agency))))


def get_edition(edition_id: str, scope: frozenset[str] | None) -> RosterEdition:
    """An edition of an agency in scope; raises ``NotFound``."""
    edition = db.session.get(RosterEdition, edition_id)
    if edition is None or (scope is not None and edition.agency_id not in scope):
        raise NotFound()
    return edition


def print_edition(agency_id: str, day: date, source: str, officer_id: int, actor: Actor) -> str:
    """Freeze the roster of a day as the next edition and return its id.

    ``source`` is a ``BookingSource`` value or empty for all. Two printings at once become two editions in a row.
    """
    with transaction() as session:
        locked(session, Agency, agency_id)  # numbers editions one after another
        rows = session.scalars(_of_day(agency_id, day, source)).all()
        last = session.scalar(
            select(func.max(RosterEdition.edition)).where(
                RosterEdition.agency_id == agency_id,
                RosterEdition.visit_on == day,
                RosterEdition.source_filter == source,
            )
        )
        edition = RosterEdition(
            agency_id=agency_id,
            visit_on=day,
            source_filter=source,
            edition=int(last or 0) + 1,
            printed_at=clock.now(),
            printed_by_id=officer_id,
        )
        with force_locale(DEFAULT_LOCALE):  # the paper is Chinese, whichever language the screen had
            edition.content = _frozen(session, rows)
        session.add(edition)
        session.flush()
        facts = {"visit_on": day.isoformat(), "edition": edition.edition, "rows": len(rows)}
        audit.record(session, "roster.print", actor, edition, agency_id=agency_id, facts=facts)
        return edition.id


def printer_of(edition: RosterEdition) -> str:
    """Who printed an edition."""
    officer = db.session.get(Officer, edition.printed_by_id)
    return officer.full_name if officer else ""


def _of_day(agency_id: str, day: date, source: str) -> Any:
    query = (
        select(Reservation)
        .where(
            Reservation.agency_id == agency_id,
            Reservation.visit_on == day,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.state.in_((*ON_ROSTER, ReservationState.PENDING)),
        )
        .order_by(Reservation.arrives_at, Reservation.id)
        .options(
            selectinload(Reservation.inmate).selectinload(Inmate.restrictions), selectinload(Reservation.companions)
        )
    )
    return query.where(Reservation.source == BookingSource(source)) if source else query


def _frozen(session: Session, reservations: Sequence[Reservation]) -> dict[str, Any]:
    decided = [r for r in reservations if r.state in ON_ROSTER]
    pending = [r for r in reservations if r.state == ReservationState.PENDING]
    unreached = notifications.undelivered_for(r.id for r in reservations)
    known = _seen_before(session, reservations)
    return {
        "rows": [_row(n, r, unreached, known) for n, r in enumerate(decided, 1)],
        "pending": [_row(n, r, unreached, known) for n, r in enumerate(pending, 1)],
        "totals": {
            "visits": len(decided),
            "online": sum(r.source == BookingSource.ONLINE for r in decided),
            "phone": sum(r.source == BookingSource.PHONE for r in decided),
            "persons": sum(1 + len(r.companions) for r in decided),
            "inmates": len({r.inmate_id for r in decided}),
            "bands": [[str(label), n] for label, n in arrival.tally(r.arrives_local.time() for r in decided) if n],
        },
    }


def _row(number: int, r: Reservation, unreached: set[str], known: set[tuple[str | None, str]]) -> dict[str, str]:
    """One line of the paper; the keys are the columns of ``reports.roster.RosterRow``."""
    remarks = []
    if r.inmate.restricted_on(r.visit_on, RestrictionKind.NO_CONTACT_ORDER):
        remarks.append(_("禁止接見通信"))
    if any(c.relation == Relationship.INTERPRETER for c in r.companions):
        remarks.append(_("須通譯"))
    if (r.applicant_id, r.inmate_id) not in known:
        remarks.append(_("首次接見"))
    if r.id in unreached:
        remarks.append(_("未送達通知請電洽"))
    return {
        "number": str(number),
        "arrives_at": f"{r.arrives_local:%H:%M}",
        "inmate_number": r.inmate.number,
        "inmate": r.inmate.name,
        "unit": r.inmate.unit or "",
        "visitor": r.visitor_name,
        "capacity": str(r.visitor_relation.label),
        "companions": "、".join(f"{c.name}（{c.relation.label}）" for c in r.companions),
        "source": str(r.source.label),
        "checked_in": "",
        "from_to": "",
        "remarks": "、".join(remarks),
    }


def _seen_before(session: Session, reservations: Sequence[Reservation]) -> set[tuple[str | None, str]]:
    inmates = {r.inmate_id for r in reservations}
    rows = session.execute(
        select(Reservation.applicant_id, Reservation.inmate_id).where(
            Reservation.inmate_id.in_(inmates), Reservation.state == ReservationState.COMPLETED
        )
    )
    return {(applicant_id, inmate_id) for applicant_id, inmate_id in rows}
