"""What the page of a grant tells: the two people, the span, the visits that it carries, what has happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.i18n import _, _l
from app.rules.dates import booking_date, list_date
from app.rules.grants import RUNNING
from app.services import grant_bookings
from models import Officer, Reservation, ServiceGrant, StateMove
from views.backoffice.case_facts import Facts, locale, moment, move_reason, reason, span, standing

#: More than a page shows at a glance.
MOST_SHOWN = 50
#: What happened, by move.
_WHAT: dict[str, Any] = {
    "suspend": _l("暫停使用"),
    "resume": _l("恢復使用"),
    "revoke": _l("廢止"),
    "reinstate": _l("撤銷廢止"),
    "question": _l("列為待確認"),
    "confirm": _l("確認有效"),
    "change_end": _l("變更有效期限"),
    "expire": _l("到期"),
    "renew": _l("重新核准"),
}


@dataclass(frozen=True)
class MoveLine:
    """One line of 異動紀錄."""

    at: str
    by: str
    what: str
    why: str


def of(grant: ServiceGrant) -> Facts:
    """The grant itself, nothing masked."""
    facts = [
        (_("矯正機關"), grant.agency.name),
        (_("收容人"), f"{grant.inmate.number}{grant.inmate.name}"),
        (_("申請人"), grant.applicant.name),
        (_("關係"), str(grant.relation.label)),
        (_("服務項目"), str(grant.item.label)),
        (_("有效期限"), span(grant.from_on, grant.until_on)),
        (_("狀態"), str(standing(grant).label)),
    ]
    origin = grant.application
    if origin.agency_id != grant.agency_id:
        # The grant has followed the inmate; the case has not, and is read only while the grant runs.
        told = {"agency": origin.agency.name, "day": list_date(origin.applied_on)}
        if has_followed(grant):
            where = _("%(agency)s（申請日期%(day)s）。案件由該機關審核，本機關得查閱。", **told)
        else:
            where = _("%(agency)s（申請日期%(day)s）。案件及附件留存該機關，需查閱時請洽該機關。", **told)
        facts.append((_("原申請案件"), where))
    if grant.reason or grant.reason_note:
        facts.append((_("原因"), reason(grant.reason, grant.reason_note)))
    return facts


def has_followed(grant: ServiceGrant) -> bool:
    """Whether the grant runs at another agency than the one that has decided its case."""
    return grant.state in RUNNING and grant.application.agency_id != grant.agency_id


def carried(grant: ServiceGrant) -> Sequence[Reservation]:
    """The live reservations of this grant, the next visit first."""
    return db.session.scalars(
        select(Reservation)
        .where(*grant_bookings.carried_by(grant))
        .order_by(Reservation.visit_on, Reservation.arrives_at, Reservation.id)
        .limit(MOST_SHOWN)
    ).all()


def visit(reservation: Reservation) -> str:
    """When, and under which number."""
    day = booking_date(reservation.visit_on, locale())
    return f"{day} {reservation.arrives_local:%H:%M} {reservation.number}"


def moves(grant: ServiceGrant) -> list[MoveLine]:
    """What has happened to the grant, the newest first."""
    found = db.session.scalars(
        select(StateMove)
        .where(StateMove.subject_kind == ServiceGrant.__tablename__, StateMove.subject_id == grant.id)
        .order_by(StateMove.at.desc(), StateMove.id)
        .limit(MOST_SHOWN)
    ).all()
    numbers = [int(move.actor_id) for move in found if move.actor_kind == "staff" and move.actor_id]
    officers = {
        str(officer.id): officer.full_name
        for officer in db.session.scalars(select(Officer).where(Officer.id.in_(numbers)))
    }
    return [
        MoveLine(
            moment(move.at),
            officers.get(move.actor_id or "", _("系統")),
            str(_WHAT.get(move.move, move.move)),
            move_reason(move.reason),
        )
        for move in found
    ]
