"""Visits by session: an agency's rules, and relatives who may visit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.clock import TAIPEI
from app.rules import visit_documents
from app.rules.vocabulary import ApplicationState, Relationship, ServiceItem, VisitKind
from models import Agency, Applicant, Inmate, ServiceGrant, VisitClosure, VisitRules
from tests.factories.cases import application, grant
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
