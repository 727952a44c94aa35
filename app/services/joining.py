"""How to join a visit by telephone or computer: what the agency has put into 其他參數, never a link of its own."""

from __future__ import annotations

from flask_babel import force_locale

from app.rules import parameters
from app.rules.device_visits import MOBILE_KINDS
from app.rules.parameters import ParameterCode
from app.rules.vocabulary import VisitKind
from app.services import visiting
from models import Reservation


def how_to_join(reservation: Reservation, locale: str) -> str:
    """The agency's words for the day of the visit, for a reader of this language; empty for a visit on site."""
    code = _CODES.get(reservation.kind)
    if code is None:
        return ""
    values = visiting.values_on(reservation.agency_id, reservation.visit_on)
    with force_locale(locale):
        return parameters.words(values, code, locale)


def usual_minutes(reservation: Reservation) -> int:
    """How long such a visit lasts: parameter A for a mobile one, at most its session; else the session's length."""
    of_session = reservation.minutes or 30
    if reservation.kind not in MOBILE_KINDS:
        return of_session
    values = visiting.values_on(reservation.agency_id, reservation.visit_on)
    return min(parameters.number(values, ParameterCode.MOBILE_VISIT_MINUTES), of_session)


_CODES = {
    **dict.fromkeys(MOBILE_KINDS, ParameterCode.MOBILE_JOIN),
    VisitKind.FAMILY_REMOTE: ParameterCode.REMOTE_JOIN,
}
