"""The demonstration's results of face comparisons: a mobile visit of last month, seen by a camera and by an officer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageEnhance
from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.office_vocabulary import ApiScope, RecognitionVerdict
from app.rules.recognition import judged
from app.rules.vocabulary import Verdict, VisitKind
from app.security import Actor
from app.seeds import demo_families, demo_imports, demo_residents
from app.services import (
    device_visits,
    place_holds,
    recognitions,
    session_bookings,
    session_choices,
    visit_facts,
    visit_outcomes,
)
from app.services.recognitions import Delivered
from models import Applicant, RecognitionResult, Reservation, ServiceGrant

log = logging.getLogger(__name__)

_SYSTEM = "行動接見人臉比對（示範）"
#: Minutes after the beginning, brightness of the capture, score.
_SEEN = ((1, 1.0, 0.93), (11, 0.35, 0.58))
_THRESHOLD = 0.8


def fill(agency_id: str) -> None:
    """Hold the visit and keep what was seen, once."""
    if db.session.scalar(select(RecognitionResult.id).where(RecognitionResult.agency_id == agency_id).limit(1)):
        return
    try:
        visit_id = _visit(agency_id)
        if visit_id is not None:
            _sees(agency_id, visit_id)
    except RuleError as error:  # the rules hold for the demonstration too
        log.info("demonstration visit left out: %s", error)


def _visit(agency_id: str) -> str | None:
    """A mobile visit in the first session after the grant; None where there was none until yesterday."""
    item = visit_facts.ITEM_FOR[VisitKind.FAMILY_MOBILE]
    wanted = select(ServiceGrant).where(ServiceGrant.agency_id == agency_id, ServiceGrant.item == item)
    grant = db.session.scalars(wanted.order_by(ServiceGrant.created_at, ServiceGrant.id)).first()
    if grant is None:
        return None
    grant_id, applicant_id = grant.id, grant.applicant_id
    who = Actor("applicant", applicant_id, db.session.get_one(Applicant, applicant_id).name)
    with clock.frozen(clock.at(grant.from_on, datetime.min.time()) + timedelta(days=1, hours=10)):
        grant = db.session.get_one(ServiceGrant, grant_id)
        week = session_choices.week(session_choices.question_of(grant, VisitKind.FAMILY_MOBILE), grant)
        starts_at = next((one.place.slot.starts_at for one in week if one.refusal is None), None)
        if starts_at is None:
            return None
        place_holds.take(applicant_id, grant_id, VisitKind.FAMILY_MOBILE, starts_at)
        booking = session_bookings.SessionBooking(f"demo-faces-{starts_at:%Y%m%d%H%M}")
        visit_id = session_bookings.confirm(applicant_id, booking, who)
        _approve(visit_id)
    officer = demo_residents.officer()
    by = Actor("staff", str(officer.id), officer.full_name)
    row = db.session.get_one(Reservation, visit_id)
    begin = row.arrives_at
    with clock.frozen(begin + timedelta(minutes=25)):
        began, ended = (clock.local(begin + timedelta(minutes=minutes)).time() for minutes in (1, 20))
        visit_outcomes.complete(visit_id, began, ended, "", row.version, None, by)
    return visit_id


def _approve(visit_id: str) -> None:
    officer = demo_residents.officer()
    by = Actor("staff", str(officer.id), officer.full_name)
    version = db.session.get_one(Reservation, visit_id).version
    room = device_visits.Arrangement("行動接見室1", "20")
    device_visits.review(
        visit_id, device_visits.DeviceVerdict(Verdict.APPROVE.value, version, arrangement=room), None, officer.id, by
    )


def _sees(agency_id: str, visit_id: str) -> None:
    """A camera's results, one of them too dark and decided by hand; and a picture that nothing was compared with."""
    row = db.session.get_one(Reservation, visit_id)
    number, begin = row.number, row.arrives_at
    officer = demo_residents.officer()
    officer_id, by = officer.id, Actor("staff", str(officer.id), officer.full_name)
    key = demo_imports.connected(_SYSTEM, ApiScope.RECOGNITION, agency_id)
    last = ""
    for minutes, brightness, score in _SEEN:
        at = begin + timedelta(minutes=minutes)
        told = Delivered(number, f"{number}-{minutes}", at, judged("", score, _THRESHOLD))
        with clock.frozen(at):
            last, _is_new = recognitions.receive(told, _capture(brightness), None, key, Actor("api", key, _SYSTEM))
    with clock.frozen(begin + timedelta(minutes=14)):
        version = db.session.get_one(RecognitionResult, last).version
        reason = "鏡頭逆光，經與申請照片肉眼核對無誤"
        recognitions.override(last, version, RecognitionVerdict.MATCH.value, reason, officer_id, None, by)
    with clock.frozen(begin + timedelta(minutes=18)):
        recognitions.upload(number, "接見照片.jpg", _capture(0.8), None, by)


def _capture(brightness: float) -> bytes:
    """The drawn face of the application, as a camera of that room would see it."""
    seen = ImageEnhance.Brightness(Image.open(BytesIO(demo_families.face()))).enhance(brightness)
    kept = BytesIO()
    seen.save(kept, "JPEG", quality=80)
    return kept.getvalue()
