"""What an agency decides about one kind of visit by session (SPEC §4.3): values only; reading them: visit_documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from app.clock import TAIPEI
from app.rules.calendar import WorkCalendar
from app.rules.vocabulary import FAMILY, Relationship, VisitKind

Counting = Literal["calendar", "working"]
Period = Literal["day", "calendar_week", "calendar_month", "rolling_days"]

SPOUSE = frozenset({Relationship.SPOUSE})
#: 直系血親.
LINEAL = frozenset({Relationship.PARENT, Relationship.CHILD, Relationship.GRANDPARENT, Relationship.GRANDCHILD})
#: 最近親屬: spouse, lineal, collateral within three degrees, by marriage within two (使用通訊設備接見辦法 §2).
NEAREST = (
    SPOUSE
    | LINEAL
    | {
        Relationship.SIBLING,
        Relationship.UNCLE_OR_AUNT,
        Relationship.NEPHEW_OR_NIECE,
        Relationship.PARENT_IN_LAW,
        Relationship.BLOOD_RELATIVE,
        Relationship.RELATIVE_BY_MARRIAGE,
    }
)
#: Groups of relations that a document may name beside single ones.
GROUPS = {
    "lineal": LINEAL,
    "nearest_relatives": NEAREST,
    "relatives": NEAREST | {Relationship.OTHER_RELATIVE},
    "family": NEAREST | {Relationship.HOUSEHOLD},
    "anyone": frozenset(FAMILY),
}


def grade_of(text: str | None) -> str:
    """A 教化等級 as rules name it, "1" to "4", however the prison system writes it; empty where there is none."""
    return next((grade for grade, signs in _GRADES.items() if any(sign in (text or "") for sign in signs)), "")


_GRADES = {"1": "1１一", "2": "2２二", "3": "3３三", "4": "4４四"}


@dataclass(frozen=True)
class Deadline:
    """A time of day so many days before the visit, counted in calendar or in working days."""

    days: int
    at: time
    count: Counting = "calendar"

    def before(self, day: date, calendar: WorkCalendar, *, moves: bool = True) -> datetime:
        """The instant for a visit on ``day``; with ``moves`` a deadline on a day off is the working day before it."""
        if self.count == "working":
            for _ in range(self.days):
                day = calendar.previous_working_day(day)
        else:
            day -= timedelta(days=self.days)
        if moves and self.days and not calendar.is_working(day):
            day = calendar.previous_working_day(day)
        return datetime.combine(day, self.at, TAIPEI)


@dataclass(frozen=True)
class Line:
    """One line of the timetable: a session that comes back on its weekdays (1 is Monday) with so many places."""

    name: str
    weekdays: frozenset[int]
    start: time
    minutes: int
    places: int
    from_on: date | None = None
    until_on: date | None = None
    every_weeks: int = 1
    nth_of_month: frozenset[int] = frozenset()
    make_up_saturdays: bool = False


@dataclass(frozen=True)
class Whom:
    """A kind of inmate: empty sets mean any."""

    custody: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()

    def covers(self, custody_type: str, treatment_grade: str | None) -> bool:
        """Whether an inmate of this 處分種類 and 教化等級 is meant."""
        return (not self.custody or custody_type in self.custody) and (
            not self.grades or (treatment_grade or "") in self.grades
        )


@dataclass(frozen=True)
class Entitlement:
    """Who may come to one kind of inmate."""

    whom: Whom
    relations: frozenset[Relationship]


@dataclass(frozen=True)
class Quota:
    """How many visits an inmate has in a period; ``nth_only_in`` opens the n-th of them in named sessions only."""

    whom: Whom
    times: int
    period: Period
    days: int = 0
    from_on: date | None = None
    until_on: date | None = None
    kinds: frozenset[VisitKind] = frozenset()
    nth_only_in: tuple[tuple[int, frozenset[str]], ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on this day."""
        return (not self.from_on or self.from_on <= day) and (not self.until_on or day <= self.until_on)


@dataclass(frozen=True)
class NoShows:
    """After ``times`` visits missed within ``months`` months, booking is closed for ``closed_months`` more."""

    times: int
    months: int
    closed_months: int


@dataclass(frozen=True)
class VisitRulesDocument:
    """All that is decided about one kind of visit at one agency."""

    kind: VisitKind
    opens: Deadline
    closes: Deadline
    cancel: Deadline
    timetable: tuple[Line, ...] = ()
    who: tuple[Entitlement, ...] = ()
    quota: tuple[Quota, ...] = ()
    most_persons: int = 3
    free_under_years: int = 12
    earlier_visit: bool = False
    one_open_booking_per_inmate: bool = False
    no_shows: NoShows | None = None
    report_minutes_before: int = 0
    offered: bool = True
    notes: str = field(default="")

    def relations_for(self, custody_type: str, treatment_grade: str | None) -> frozenset[Relationship]:
        """Who may come to such an inmate: the first line that covers him decides, else anybody."""
        for line in self.who:
            if line.whom.covers(custody_type, treatment_grade):
                return line.relations
        return GROUPS["anyone"]
