"""CJALF247R: the roster of a day, frozen into an edition when it is printed."""

from __future__ import annotations

from datetime import date

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.i18n import DEFAULT_LOCALE
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import audit, visiting
from app.services.roster_content import ON_ROSTER, frozen, of_day
from app.transaction import locked, transaction
from models import Agency, Reservation, RosterEdition


def default_day() -> date:
    """The day that is printed for: the next working day."""
    return visiting.calendar().next_working_day(clock.today())


def counts(agency_id: str, day: date, source: str = "") -> tuple[int, int]:
    """How many decided and how many pending visits a roster of this day would have."""
    states = db.session.scalars(of_day(agency_id, day, source).with_only_columns(Reservation.state)).all()
    return sum(s in ON_ROSTER for s in states), sum(s == ReservationState.PENDING for s in states)


def editions(scope: frozenset[str] | None, agency_id: str | None, day: date) -> list[RosterEdition]:
    """The editions printed for a day, newest first."""
    query = select(RosterEdition).where(RosterEdition.visit_on == day)
    if agency_id:
        query = query.where(RosterEdition.agency_id == agency_id)
    if scope is not None:
        query = query.where(RosterEdition.agency_id.in_(scope))
    query = query.order_by(RosterEdition.printed_at.desc(), RosterEdition.edition.desc(), RosterEdition.id)
    return list(
        db.session.scalars(query.options(selectinload(RosterEdition.agency), selectinload(RosterEdition.printed_by)))
    )


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
        rows = session.scalars(of_day(agency_id, day, source)).all()
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
            edition.content = frozen(session, rows)
        session.add(edition)
        session.flush()
        facts = {"visit_on": day.isoformat(), "edition": edition.edition, "rows": len(rows)}
        audit.record(session, "roster.print", actor, edition, agency_id=agency_id, facts=facts)
        return edition.id
