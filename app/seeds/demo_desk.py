"""What makes the demonstration's desk lively: a call, a visitor, a stopped grant, a lost message, a planned change."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import time, timedelta

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.parameters import ParameterCode
from app.rules.vocabulary import GrantState, MessageState, ReasonScope, Relationship, StaffRole
from app.security import Actor
from app.seeds import demo_people as people
from app.services import desk_bookings, grants, parameters, reasons, visiting, walk_ins
from app.services.desk_visitors import VisitorData
from app.transaction import transaction
from models import AgencyParameter, Inmate, Notification, Officer, ServiceGrant

log = logging.getLogger(__name__)


def fill(agency_id: str) -> None:
    """Add what is not there yet; what somebody has changed meanwhile is left alone."""
    steps: tuple[Callable[[str], None], ...] = (_calls, _comes, _stops_a_grant, _loses_a_message, _plans)
    for step in steps:
        try:
            step(agency_id)
        except RuleError as error:  # the rules hold for the demonstration too
            log.info("demonstration left out: %s", error)


def _who(role: StaffRole) -> tuple[int, Actor]:
    username = next(name for name, _family, _given, has in people.STAFF if has is role)
    officer = db.session.scalars(select(Officer).where(Officer.username == username)).one()
    return officer.id, Actor("staff", str(officer.id), officer.full_name)


def _key(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(["demo", *map(str, parts)])))


def _calls(agency_id: str) -> None:
    """A lawyer without an account telephones for the next working day."""
    officer_id, actor = _who(StaffRole.VISIT_DESK)
    day = visiting.calendar().next_working_day(clock.today())
    caller = VisitorData(
        "高文心", Relationship.LAWYER.value, people.identity_number("10000077"), "02-23456789", "(98)臺檢證字第9876號"
    )
    arrival = desk_bookings.Arrival(day, time(15), "當事人家屬緊急委任，律師來電預約")
    asked = desk_bookings.PhoneBooking(agency_id, "2001", caller, arrival, _key("call", day))
    desk_bookings.book_by_phone(asked, None, officer_id, actor)


def _comes(agency_id: str) -> None:
    """A defender comes without a booking, on a day and at an hour with visits."""
    if not walk_ins.is_open_now(agency_id):
        return
    officer_id, actor = _who(StaffRole.VISIT_DESK)
    visitor = VisitorData("蘇承和", Relationship.DEFENDER.value, people.identity_number("10000088"), "", "")
    record = walk_ins.VisitRecord("律師", "52", "桃園市桃園區法治路1號")
    asked = walk_ins.WalkIn(agency_id, "0123", visitor, record, _key("comes", clock.today()))
    walk_ins.enter(asked, None, officer_id, actor)


def _stops_a_grant(agency_id: str) -> None:
    """A grant is suspended while somebody asks; its bookings are flagged for the desk."""
    query = select(ServiceGrant).join(Inmate, Inmate.id == ServiceGrant.inmate_id)
    grant = db.session.scalars(query.where(Inmate.agency_id == agency_id, Inmate.number == "1024")).first()
    if grant is None or grant.state is not GrantState.ACTIVE or grant.version > 1:
        return
    reason = reasons.offered(ReasonScope.GRANT)[5].text
    because = grants.Because(grant.version, reason, "當事人來函表示已解除委任，查證中")
    grants.suspend(grant.id, because, _who(StaffRole.OFFICER)[1])


def _loses_a_message(agency_id: str) -> None:
    """One mail comes back, so that somebody has to telephone."""
    with transaction() as session:
        mails = select(Notification).where(Notification.agency_id == agency_id).order_by(Notification.queued_at)
        if session.scalar(mails.where(Notification.state == MessageState.FAILED).limit(1)) is not None:
            return
        waiting = mails.where(Notification.event == "lawyer_approved", Notification.handled_at.is_(None))
        message = session.scalars(waiting.where(Notification.state == MessageState.QUEUED).limit(1)).first()
        if message is not None:
            message.state, message.attempts = MessageState.FAILED, 1
            message.last_error = "550 5.1.1 user unknown"


def _plans(agency_id: str) -> None:
    """The afternoon's hours are planned to end half an hour later from next month on."""
    where = (AgencyParameter.agency_id == agency_id, AgencyParameter.code == ParameterCode.AFTERNOON_ARRIVAL_END.value)
    row = db.session.scalars(select(AgencyParameter).where(*where)).one()
    if row.next_from_on is None and row.value == "16:00":
        begins = (clock.today().replace(day=28) + timedelta(days=4)).replace(day=1)
        parameters.change(row.id, "16:30", row.version, _who(StaffRole.OFFICER)[1], from_on=begins)
