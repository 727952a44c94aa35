"""系統參數設定(機關): an agency changes one of its typed settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.i18n import _l
from app.rules import parameters as rules
from app.rules.arrival import ArrivalWindows
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import audit, visiting
from app.transaction import locked, transaction
from models import Agency, AgencyParameter, Reservation
from models.reservation import LIVE_STATES


class ParameterBreaks(RuleError):
    """Bookings would fall outside the new window."""

    sentence = _l("儲存後將有%(n)s件已預約案件落在時段外，請先處理或設定生效日期。")
    status = 409


def change(parameter_id: str, value: str, version: int | None, actor: Actor) -> None:
    """Save a typed value; raises the errors of ``app.rules.parameters``, ``Stale``, :class:`ParameterBreaks`."""
    with transaction() as session:
        parameter = locked(session, AgencyParameter, parameter_id)
        # One agency's settings are checked together, so two windows cannot be changed past one another.
        locked(session, Agency, parameter.agency_id)
        if version is not None and parameter.version != version:
            raise Stale()
        clean = rules.parse_value(parameter.code, value)
        values = {**visiting.values_of(parameter.agency_id), parameter.code: clean}
        rules.check_windows(values)
        outside = _outside(session, parameter.agency_id, values)
        if outside and clean != parameter.value:
            raise ParameterBreaks("value", n=outside)
        before, parameter.value = parameter.value, clean
        session.flush()
        facts: dict[str, Any] = {"code": parameter.code, "value": [before, clean]}
        audit.record(session, "parameter.change", actor, parameter, agency_id=parameter.agency_id, facts=facts)


def _outside(session: Session, agency_id: str, values: dict[str, str]) -> int:
    """How many bookings from today on would lie outside these windows."""
    windows = ArrivalWindows.from_parameters(values)
    arrivals = session.scalars(
        select(Reservation.arrives_at).where(
            Reservation.agency_id == agency_id,
            Reservation.kind == VisitKind.LAWYER_ON_SITE,
            Reservation.visit_on >= clock.today(),
            Reservation.state.in_(LIVE_STATES),
        )
    )
    return sum(not windows.contains(clock.local(at).time()) for at in arrivals)


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
