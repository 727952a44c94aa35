"""系統參數設定(機關): an agency changes one of its typed settings, at once or from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import parameters as rules
from app.rules.effective import (
    WINDOW_CODES,
    PlanSaysNothing,
    Schedule,
    Setting,
    check_effective_day,
    check_schedule,
)
from app.security import SYSTEM, Actor
from app.services import audit, stranded
from app.transaction import locked, transaction
from models import Agency, AgencyParameter, Reservation

#: How long after a change a booking may still be saved that was checked before it.
_AFTERMATH = timedelta(hours=2)


class ParameterBreaks(RuleError):
    """Bookings would fall outside the new window; ``mark`` given back as ``accepted`` saves anyway."""

    sentence = _l("儲存後將有%(n)s件已預約案件落在時段外，請先處理或設定生效日期。")
    status = 409

    def __init__(self, rows: Sequence[Reservation]) -> None:
        super().__init__("value", n=len(rows))
        self.bookings, self.mark = stranded.shown(rows), stranded.mark_of(rows)


def schedule_of(agency_id: str) -> Schedule:
    """An agency's settings by code, with what is planned."""
    rows = db.session.scalars(select(AgencyParameter).where(AgencyParameter.agency_id == agency_id))
    return {row.code: _setting(row) for row in rows}


def change(
    parameter_id: str,
    value: str,
    version: int | None,
    actor: Actor,
    *,
    from_on: date | None = None,
    accepted: str = "",
) -> None:
    """Save a typed value: at once, or planned from a later day on (which replaces what was planned before).

    Raises the errors of ``app.rules.parameters`` and ``app.rules.effective``, ``Stale``, :class:`ParameterBreaks`
    unless ``accepted`` is the mark of the bookings that it would list.
    """
    with transaction() as session:
        parameter = _opened(session, parameter_id, version)
        clean = rules.parse_value(parameter.code, value)
        start = check_effective_day(from_on, clock.today())
        before = schedule_of(parameter.agency_id)
        _fold(session, parameter)
        old, since = parameter.value, min(start or clock.today(), parameter.next_from_on or date.max)
        if start is None:
            parameter.value = clean
            if parameter.next_value == clean:  # what was planned is so already
                parameter.next_value = parameter.next_from_on = None
        elif clean == parameter.value:
            raise PlanSaysNothing("value")
        else:  # between two planned days the old value is back, so both days count
            parameter.next_value, parameter.next_from_on = clean, start
        count = _settle(session, parameter, before, since, accepted, actor)
        if start or clean != old:
            _record(
                session, "parameter.plan" if start else "parameter.change", actor, parameter, old, clean, start, count
            )


def withdraw(parameter_id: str, version: int | None, actor: Actor, *, accepted: str = "") -> None:
    """Take a planned change back; raises what :func:`change` raises: bookings may have been made under it."""
    with transaction() as session:
        parameter = _opened(session, parameter_id, version)
        if parameter.next_from_on is None or parameter.next_from_on <= clock.today():
            raise Stale()  # withdrawn by somebody else, or in force by now
        before = schedule_of(parameter.agency_id)
        planned, start = parameter.next_value, parameter.next_from_on
        parameter.next_value = parameter.next_from_on = None
        count = _settle(session, parameter, before, start, accepted, actor)
        _record(session, "parameter.withdraw", actor, parameter, planned, parameter.value, start, count)


def keep_up() -> int:
    """Write planned values that are due into ``value``, and mark bookings that crossed a change; returns how many."""
    today, total = clock.today(), 0
    due = select(AgencyParameter.agency_id).where(AgencyParameter.next_from_on <= today)
    lately = select(AgencyParameter.agency_id).where(
        AgencyParameter.code.in_(WINDOW_CODES), AgencyParameter.updated_at >= clock.now() - _AFTERMATH
    )
    for agency_id in sorted(set(db.session.scalars(due.union(lately)))):
        with transaction() as session:
            locked(session, Agency, agency_id)
            rows = select(AgencyParameter).where(AgencyParameter.agency_id == agency_id).order_by(AgencyParameter.id)
            for row in session.scalars(rows.where(AgencyParameter.next_from_on <= today).with_for_update()):
                total += _fold(session, row)
            session.flush()
            late = stranded.made_since(session, agency_id, schedule_of(agency_id), clock.now() - _AFTERMATH)
            stranded.flag(session, late, SYSTEM)
            total += len(late)
    return total


def fill_in(session: Session, agency_id: str) -> None:
    """Give an agency the rows that it lacks, with their defaults."""
    known = set(session.scalars(select(AgencyParameter.code).where(AgencyParameter.agency_id == agency_id)))
    for position, definition in enumerate(rules.DEFINITIONS.values()):
        if definition.code.value not in known:
            session.add(
                AgencyParameter(
                    agency_id=agency_id, code=definition.code.value, position=position, value=definition.default
                )
            )


def _opened(session: Session, parameter_id: str, version: int | None) -> AgencyParameter:
    """The row, locked after its agency: one agency's settings are checked together, and pass by one another never."""
    agency_id = session.scalar(select(AgencyParameter.agency_id).where(AgencyParameter.id == parameter_id))
    if agency_id is None:
        raise NotFound()
    locked(session, Agency, agency_id)
    parameter = locked(session, AgencyParameter, parameter_id)
    if version is not None and parameter.version != version:
        raise Stale()
    return parameter


def _settle(
    session: Session, parameter: AgencyParameter, before: Schedule, since: date, accepted: str, actor: Actor
) -> int:
    """Check windows and bookings as they would be, mark bookings accepted as they are; returns how many."""
    session.flush()
    if parameter.code not in WINDOW_CODES:
        return 0
    after = schedule_of(parameter.agency_id)
    check_schedule(after, since, clock.today())
    rows = stranded.outside(session, parameter.agency_id, before, after, since)
    if rows and accepted != stranded.mark_of(rows):
        raise ParameterBreaks(rows)
    stranded.flag(session, rows, actor)
    stranded.relieve(session, parameter.agency_id, after, since, actor)
    return len(rows)


def _fold(session: Session, parameter: AgencyParameter) -> int:
    """Make a planned value that is due the value; returns how many."""
    if parameter.next_value is None or parameter.next_from_on is None or parameter.next_from_on > clock.today():
        return 0
    old, start = parameter.value, parameter.next_from_on
    parameter.value, parameter.next_value, parameter.next_from_on = parameter.next_value, None, None
    _record(session, "parameter.apply", SYSTEM, parameter, old, parameter.value, start)
    return 1


def _record(
    session: Session,
    event: str,
    actor: Actor,
    parameter: AgencyParameter,
    old: str | None,
    new: str,
    start: date | None = None,
    outside: int = 0,
) -> None:
    facts: dict[str, Any] = {"code": parameter.code, "value": [old, new]}
    if start:
        facts["from_on"] = start.isoformat()
    if outside:
        facts["outside"] = outside
    audit.record(session, event, actor, parameter, agency_id=parameter.agency_id, facts=facts)


def _setting(row: AgencyParameter) -> Setting:
    return Setting(row.value, row.next_value, row.next_from_on)
