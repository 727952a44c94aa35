"""Visits by session: an agency's rules, and relatives who may visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.clock import TAIPEI
from app.rules import visit_documents
from app.rules.office_vocabulary import RecognitionSource, RecognitionVerdict
from app.rules.vocabulary import ApplicationState, Relationship, ServiceItem, VisitKind
from app.services import attachments
from app.services.visit_facts import ITEM_FOR
from models import (
    Agency,
    Applicant,
    Inmate,
    RecognitionResult,
    Reservation,
    ServiceGrant,
    VisitClosure,
    VisitRules,
    VisitSession,
)
from tests.factories import files
from tests.factories.cases import application, grant, reservation
from tests.factories.people import applicant, officer
from tests.factories.rows import made


def timetable(places: int = 2, starts: tuple[str, ...] = ("09:00", "10:00")) -> list[dict[str, Any]]:
    """Sessions of half an hour on every working day."""
    return [
        {"name": f"第{n}梯次", "weekdays": [1, 2, 3, 4, 5], "start": start, "minutes": 30, "places": places}
        for n, start in enumerate(starts, 1)
    ]


def visit_rules(of: Agency, kind: VisitKind = VisitKind.FAMILY_ON_SITE, **parts: Any) -> VisitRules:
    """Rules of an agency: booked from seven to two days before, two visits a week; ``parts`` go over that."""
    document = {
        "booking": {"opens": {"days": 7, "at": "08:00"}, "closes": {"days": 2, "at": "17:00"}},
        "cancel": {"days": 1, "at": "15:00"},
        "timetable": timetable(),
        "quota": [{"times": 2, "per": "calendar_week"}],
        **parts,
    }
    return made(VisitRules, {}, agency_id=of.id, kind=kind, document=visit_documents.normal(document))


def closure(of: Agency, **columns: Any) -> VisitClosure:
    """Visits stopped on 20 March 2026, of every kind."""
    return made(
        VisitClosure,
        columns,
        agency_id=of.id,
        from_at=datetime(2026, 3, 20, tzinfo=TAIPEI),
        until_at=datetime(2026, 3, 21, tzinfo=TAIPEI),
        reason="颱風停止上班",
        answer_by=datetime(2026, 3, 10, 17, tzinfo=TAIPEI),
        made_by_id=columns.pop("made_by_id", None) or officer(of).id,
    )


def relative(
    of: Inmate,
    by: Applicant | None = None,
    item: ServiceItem = ServiceItem.ON_SITE_VISIT,
    relation: Relationship = Relationship.SPOUSE,
    **columns: Any,
) -> ServiceGrant:
    """Somebody of the family who may book a visit."""
    by = by or applicant(name="林小美")
    asked = application(by, of, state=ApplicationState.APPROVED, item=ServiceItem.FAMILY, relation=relation)
    return grant(asked, item=item, relation=relation, **columns)


def session_visit(
    of: Inmate, kind: VisitKind = VisitKind.FAMILY_ON_SITE, starts_at: datetime | None = None, **columns: Any
) -> Reservation:
    """A booking of a session (tomorrow at 10:00 where no beginning is given), by a relative or, mobile, a lawyer."""
    starts = starts_at or clock.at(clock.today() + timedelta(days=1), datetime.min.time().replace(hour=10))
    is_lawyers = kind is VisitKind.LAWYER_MOBILE
    holder = (
        grant(application(about=of, state=ApplicationState.APPROVED))
        if is_lawyers
        else relative(of, item=ITEM_FOR[kind])
    )
    place = made(
        VisitSession,
        {},
        agency_id=of.agency_id,
        kind=kind,
        visit_on=clock.local(starts).date(),
        starts_at=starts,
        minutes=30,
        capacity=3,
        taken=1,
    )
    by_session = {"kind": kind, "session_id": place.id, "persons": 1, "minutes": 30, "visitor_name": "林小美"}
    return reservation(holder, starts, **{**by_session, **columns})


def recognition(of: Inmate, **columns: Any) -> RecognitionResult:
    """An upload at a mobile visit that nothing was compared with; the capture stands in the store."""
    if "reservation_id" not in columns:
        starts = clock.at(clock.today() + timedelta(days=2), datetime.min.time().replace(hour=10))
        columns["reservation_id"] = session_visit(of, VisitKind.FAMILY_MOBILE, starts).id
    return made(
        RecognitionResult,
        columns,
        agency_id=of.agency_id,
        captured_at=clock.now(),
        storage_key=attachments.put(files.jpeg()[1]),
        media_type="image/jpeg",
        size_bytes=1000,
        verdict=RecognitionVerdict.NOT_COMPARED,
        source=RecognitionSource.UPLOAD,
    )
