"""What officers are told about a booking beside its facts (never an applicant): restrictions, flags, second visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.i18n import _
from app.rules.desk_arrival import NOON
from app.rules.vocabulary import BookingSource, Relationship, RestrictionKind, VisitKind
from models import Inmate, Reservation
from models.reservation import LIVE_STATES
from views.backoffice.case_facts import meaning

#: Whom a 禁止接見通信 concerns.
_CONCERNED = (Relationship.LAWYER, Relationship.TRAINEE_LAWYER, Relationship.LITIGATION_AGENT, Relationship.INTERPRETER)


def restriction_hints(inmate: Inmate, day: date, relations: Sequence[Relationship]) -> list[str]:
    """Each restriction of the day with what it means for these visitors."""
    return [
        " ".join(filter(None, (str(r.kind.label), meaning(r, _strictest(r.kind, relations)))))
        for r in inmate.restrictions
        if r.holds_on(day)
    ]


def _strictest(kind: RestrictionKind, relations: Sequence[Relationship]) -> Relationship:
    """The capacity whose papers have to be looked at: one person without leave is enough to ask."""
    if kind == RestrictionKind.NO_CONTACT_ORDER:
        return next((relation for relation in relations if relation in _CONCERNED), relations[0])
    return relations[0]


def hints(r: Reservation, others: Sequence[Reservation], unreached: AbstractSet[str] = frozenset()) -> list[str]:
    """備註 of a booking; ``others`` are live bookings of the same inmates and days, ``unreached`` those untold."""
    relations = [r.visitor_relation, *(companion.relation for companion in r.companions)]
    found = [str(r.attention.label)] if r.attention else []
    if r.id in unreached:
        found.append(_("未送達通知請電洽"))
    found += restriction_hints(r.inmate, r.visit_on, relations)
    if Relationship.INTERPRETER in relations:
        found.append(_("須通譯"))
    if r.grant is not None and not r.grant.holds_on(r.visit_on):
        found.append(_("服務項目當日無效"))
    for other in others:
        if _is_second(r, other):
            found.append(_("同半日另有預約（%(time)s）", time=f"{other.arrives_local:%H:%M}"))
    if r.source == BookingSource.PHONE:
        found += _of_telephone(r)
    if r.kind != VisitKind.LAWYER_ON_SITE:
        found.append(str(r.kind.label))
    return found


def _of_telephone(r: Reservation) -> list[str]:
    found = []
    if r.applicant is None:
        found.append(_("無帳號，結果請電話告知"))
    elif r.applicant.name != r.visitor_name:
        found.append(_("登記姓名與帳號姓名（%(name)s）不同，請核對", name=r.applicant.name))
    if r.exception_reason:
        found.append(_("例外：%(reason)s", reason=r.exception_reason))
    return found


def _is_second(r: Reservation, other: Reservation) -> bool:
    """Whether the same person comes twice to the same inmate in one half-day; noon parts it, whatever the windows."""
    if other.id == r.id or (other.inmate_id, other.visit_on) != (r.inmate_id, r.visit_on):
        return False
    is_same = (r.applicant_id is not None and r.applicant_id == other.applicant_id) or (
        r.visitor_id_number_index is not None and r.visitor_id_number_index == other.visitor_id_number_index
    )
    return is_same and (r.arrives_local.time() < NOON) == (other.arrives_local.time() < NOON)


def live_beside(rows: Iterable[Reservation]) -> list[Reservation]:
    """All live bookings of the inmates and days of these rows, asked for at once."""
    inmates, days = {r.inmate_id for r in rows}, {r.visit_on for r in rows}
    if not inmates:
        return []
    query = select(Reservation).where(
        Reservation.inmate_id.in_(inmates), Reservation.visit_on.in_(days), Reservation.state.in_(LIVE_STATES)
    )
    return list(db.session.scalars(query.order_by(Reservation.arrives_at, Reservation.id)))
