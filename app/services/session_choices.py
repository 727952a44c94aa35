"""What somebody may choose from who books by session: the items, the question, the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules import visits_by_session
from app.rules.visits_by_session import Place, Question
from app.rules.vocabulary import ServiceItem, VisitKind
from app.services import place_holds, visit_facts
from app.services.companions import CompanionData, counted_persons
from models import ServiceGrant


def bookable_grants(applicant_id: str, kind: VisitKind) -> list[ServiceGrant]:
    """One's grants that can carry this kind of visit, by agency and 呼號."""
    today = clock.today()
    item: ServiceItem = visit_facts.ITEM_FOR[kind]
    found = db.session.scalars(
        select(ServiceGrant).where(ServiceGrant.applicant_id == applicant_id, ServiceGrant.item == item)
    )
    running = [grant for grant in found if grant.holds_on(max(today, grant.from_on))]
    return sorted(running, key=lambda grant: (grant.agency.name, grant.inmate.number))


def question_of(
    grant: ServiceGrant, kind: VisitKind, people: Sequence[CompanionData] = (), replaces_id: str | None = None
) -> Question:
    """What a week view rests on, read without a lock."""
    asked = visit_facts.question(db.session(), grant, kind, replaces_id=replaces_id)
    return with_people(asked, people, clock.today())


def with_people(asked: Question, people: Sequence[CompanionData], day: date) -> Question:
    """The question for so many companions, of whom the rules do not count small children."""
    persons = counted_persons(people, day, asked.rules.free_under_years)
    return replace(asked, visitor=replace(asked.visitor, persons=persons))


@dataclass(frozen=True)
class Choice:
    """A session of the week view: free to this visitor, or why not."""

    place: Place
    refusal: RuleError | None


def week(asked: Question, grant: ServiceGrant) -> list[Choice]:
    """The sessions that are announced now, in order, each with what forbids it."""
    places = list(place_holds.sight(asked, grant, besides=grant.applicant_id))
    last = clock.today() + timedelta(days=asked.rules.opens.days + 7)
    first = visits_by_session.first_free(asked, places)  # looked for once, not for each session that is refused
    again = [first] if first else []
    return [Choice(place, visits_by_session.refusal(asked, place, again)) for place in places if place.slot.day <= last]
