"""Questions for tables of cases: a relative who may book everything, at an agency with two sessions a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.rules import visit_documents
from app.rules.calendar import WorkCalendar, official_days
from app.rules.visit_rules import VisitRulesDocument
from app.rules.visit_timetable import slots_between
from app.rules.visits_by_session import Inmate, Place, Question, Visitor
from app.rules.vocabulary import Relationship, VisitKind
from tests.stillness import taiwan

CALENDAR = WorkCalendar({day: info for year in (2025, 2026, 2027) for day, info in official_days(year).items()})


def document(**parts: Any) -> dict[str, Any]:
    """A document: seven to two days before; ``parts`` go over it."""
    lines = [
        {"name": name, "weekdays": [1, 2, 3, 4, 5], "start": start, "minutes": 30, "places": 2}
        for name, start in (("上午", "09:00"), ("下午", "14:00"))
    ]
    return {
        "booking": {"opens": {"days": 7, "at": "08:00"}, "closes": {"days": 2, "at": "17:00"}},
        "cancel": {"days": 1, "at": "15:00"},
        "timetable": lines,
        **parts,
    }


_LINE = {"start": "10:00", "minutes": 30, "places": 3}
#: One of everything that rules can say, some of it in an order that no form has.
EVERYTHING = {
    **document(
        timetable=[
            {
                **_LINE,
                "name": "上午",
                "weekdays": [5, 1],
                "from": "2026-03-01",
                "until": "2026-12-31",
                "every_weeks": 2,
            },
            {**_LINE, "name": "週六", "weekdays": [6], "nth_of_month": [3, 1], "make_up_saturdays": True},
        ]
    ),
    "offered": False,
    "who": [{"custody": ["受刑人", "被管收人"], "grades": ["", "4"], "relations": ["spouse", "lineal"]}],
    "quota": [
        {
            **{"custody": ["被告"], "times": 2, "per": "rolling_days", "days": 9, "until": "2026-12-31"},
            "counts": ["family_mobile", "family_remote"],
            "nth_only_in": [{"nth": 2, "sessions": ["週六", "上午"]}],
        }
    ],
    "persons": {"most": 5, "free_under": 0},
    "earlier_visit": True,
    "one_open_booking_per_inmate": True,
    "no_shows": {"times": 2, "months": 6, "closed_months": 1},
    "report_minutes_before": 15,
    "notes": "請攜帶證件。\n\n勿遲到。\n",
}


def rules(kind: VisitKind = VisitKind.FAMILY_ON_SITE, **parts: Any) -> VisitRulesDocument:
    return visit_documents.parse(kind, document(**parts))


def visitor(**changes: Any) -> Visitor:
    usual = Visitor(Relationship.SPOUSE, date(2026, 1, 1), date(2026, 12, 31), has_visited=True)
    return replace(usual, **changes)


def question(now: str = "2026-03-03 09:00", **changes: Any) -> Question:
    usual = Question(taiwan(now), rules(), CALENDAR, Inmate("受刑人", "3"), visitor(), (), "測試監獄", "03-319-1119")
    return replace(usual, **changes)


def places(asked: Question, days: int = 35) -> list[Place]:
    """The sessions from today on, all free."""
    today = asked.now.date()
    return [Place(s) for s in slots_between(asked.rules, today, today + timedelta(days=days), asked.calendar)]


def place(asked: Question, day: str, name: str = "上午") -> Place:
    wanted = date.fromisoformat(day)
    return next(p for p in places(asked, 60) if p.slot.day == wanted and p.slot.name == name)
