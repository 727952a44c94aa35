"""辦公日曆維護: single days or a year's file; bookings on a day that closes are shown first.

While it is saved nobody books anywhere: every agency's row is taken, as a closure takes one (``closure_guard``), so
that each booking is either listed or made under the new calendar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db, writing
from app.i18n import _l
from app.rules import masking
from app.rules.calendar import DayInfo, WorkCalendar
from app.rules.calendar_refusals import DayNameTooLong, DayOutOfReach, FileFaulty, NothingToChange
from app.rules.characters import are_typed
from app.rules.office_calendar import LONGEST_NAME, differs, read
from app.rules.vocabulary import Attention, ReservationState, VisitKind
from app.security import Actor
from app.services import audit
from app.transaction import transaction
from models import Agency, CalendarDay, Reservation

#: Who has come already is inside, whatever the calendar says.
_STILL_TO_COME = (ReservationState.PENDING, ReservationState.APPROVED)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Difference:
    """One day before and after; None stands for a day that follows its weekday."""

    day: date
    before: DayInfo | None
    after: DayInfo | None

    @property
    def kind(self) -> str:
        """``added``, ``changed`` or ``removed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True)
class Hit:
    """A booking on a day that would close, as it is listed: no name in full."""

    id: str
    number: str
    agency: str
    kind: VisitKind
    visit_on: date
    arrives: str
    visitor: str
    state: ReservationState


@dataclass(frozen=True)
class Plan:
    """What saving would do, and the mark of having seen it."""

    differences: Sequence[Difference]
    hits: Sequence[Hit]
    mark: str


class CalendarUnseen(RuleError):
    """Bookings or days are not what the officer has seen: they are shown, and saved when they have been."""

    sentence = _l("請先確認下列異動內容及受影響之預約，再按「確認儲存」。")
    status = 409

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def years() -> list[int]:
    """The years of which the calendar says anything, and this one, the newest first."""
    ends = db.session.execute(select(CalendarDay.day)).scalars()
    return sorted({day.year for day in ends} | {clock.today().year}, reverse=True)


def info_of(day: date) -> DayInfo | None:
    """What the calendar says of a day; None where it follows its weekday."""
    row = db.session.get(CalendarDay, day)
    return DayInfo(row.is_working, row.name) if row is not None else None


def check_file(text: str, year: int) -> dict[date, DayInfo]:
    """The days of a year's file; raises :class:`FileFaulty`."""
    reading = read(text, _year(year))
    if reading.total:
        raise FileFaulty(reading)
    return reading.days


def plan_year(year: int, days: Mapping[date, DayInfo]) -> Plan:
    """What a year's file would change; raises :class:`NothingToChange`."""
    session = cast(Session, db.session)
    differences = _of_year(session, year, days)
    if not differences:
        raise NothingToChange("file")
    return _plan(session, differences)[0]


def save_year(year: int, days: Mapping[date, DayInfo], accepted: str, actor: Actor) -> Plan:
    """Make a year's calendar what the file says, all of it or nothing.

    Raises :class:`NothingToChange`, :class:`CalendarUnseen` unless ``accepted`` is the mark of what it would do.
    """
    with _alone() as session:
        differences = _of_year(session, year, days)
        if not differences:
            raise NothingToChange("file")
        return _save(session, differences, accepted, actor, "calendar_day.import")


def save_day(day: date, info: DayInfo | None, seen: DayInfo | None, accepted: str, actor: Actor) -> None:
    """Say what a day is (None: its weekday again); ``seen`` is what the officer has read of it.

    Raises ``Stale``, :class:`DayNameTooLong`, :class:`DayOutOfReach`, and :class:`CalendarUnseen` where bookings lie on
    a day that closes.
    """
    _year(day.year, "day")
    if info is not None and (len(info.name) > LONGEST_NAME or not are_typed(info.name)):
        raise DayNameTooLong("name", n=LONGEST_NAME)
    after = info if info is not None and differs(day, info) else None
    with _alone() as session:
        before = info_of(day)
        if before != seen:
            raise Stale()
        if before != after:
            _save(session, [Difference(day, before, after)], accepted, actor, "calendar_day.edit", asks_always=False)


def mark_of(info: DayInfo | None) -> str:
    """What a form keeps of a day that its reader has seen."""
    return "" if info is None else f"{int(info.is_working)}{info.name}"


def read_mark(text: str) -> DayInfo | None:
    """The way back from :func:`mark_of`."""
    return DayInfo(text[0] == "1", text[1:]) if text else None


@contextmanager
def _alone() -> Iterator[Session]:
    """A transaction in which nobody books; a day that somebody else has added meanwhile is ``Stale``."""
    try:
        with transaction() as session:
            agencies = select(Agency.id).order_by(Agency.id).with_for_update(key_share=True)
            session.execute(agencies).all()
            yield session
    except IntegrityError as taken:
        raise Stale() from taken


def _save(
    session: Session,
    differences: Sequence[Difference],
    accepted: str,
    actor: Actor,
    event: str,
    asks_always: bool = True,
) -> Plan:
    plan, closing = _plan(session, differences)
    if accepted != plan.mark and (asks_always or plan.hits):
        raise CalendarUnseen(plan)
    opened = _opening(session, differences)
    for one in differences:
        row = session.get(CalendarDay, one.day)
        if one.after is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(CalendarDay(day=one.day, is_working=one.after.is_working, name=one.after.name))
        else:
            row.is_working, row.name = one.after.is_working, one.after.name
    session.flush()
    for booking in closing:
        if booking.attention is None:
            booking.attention = Attention.DAY_OFF
            audit.record(session, "reservation.day_off", actor, booking, agency_id=booking.agency_id)
    for booking in opened:
        booking.attention = None
        audit.record(session, "reservation.day_on", actor, booking, agency_id=booking.agency_id)
    facts: dict[str, Any] = {f"{d.day}": [_told(d.before), _told(d.after)] for d in differences}
    if closing:
        facts["bookings"] = len(closing)
    first = differences[0].day
    name = str(first.year) if event.endswith("import") else first.isoformat()
    audit.record(session, event, actor, "calendar_day", subject_id=name, facts=facts)
    return plan


def _of_year(session: Session, year: int, days: Mapping[date, DayInfo]) -> list[Difference]:
    rows = session.scalars(
        select(CalendarDay).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    )
    known = {row.day: DayInfo(row.is_working, row.name) for row in rows}
    return [
        Difference(day, known.get(day), days.get(day))
        for day in sorted({*known, *days})
        if known.get(day) != days.get(day)
    ]


def _plan(session: Session, differences: Sequence[Difference]) -> tuple[Plan, list[Reservation]]:
    closing = _bookings(session, [one.day for one in differences if _works(one.before, one) > _works(one.after, one)])
    names = dict(session.execute(select(Agency.id, Agency.name)).tuples().all()) if closing else {}
    hits = [
        Hit(
            r.id,
            r.number,
            names[r.agency_id],
            r.kind,
            r.visit_on,
            f"{r.arrives_local:%H:%M}",
            masking.name_circle(r.visitor_name),
            r.state,
        )
        for r in closing
    ]
    told = [f"{d.day} {mark_of(d.before)} {mark_of(d.after)}" for d in differences] + sorted(hit.id for hit in hits)
    return Plan(differences, hits, hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]), closing


def _opening(session: Session, differences: Sequence[Difference]) -> list[Reservation]:
    days = [one.day for one in differences if _works(one.before, one) < _works(one.after, one)]
    return [row for row in _bookings(session, days) if row.attention is Attention.DAY_OFF]


def _works(info: DayInfo | None, one: Difference) -> bool:
    return WorkCalendar({one.day: info} if info else {}).is_working(one.day)


def _bookings(session: Session, days: Sequence[date]) -> list[Reservation]:
    ahead = [day for day in days if day >= clock.today()]
    if not ahead:
        return []
    wanted = select(Reservation).where(Reservation.visit_on.in_(ahead), Reservation.state.in_(_STILL_TO_COME))
    if writing.get():
        wanted = wanted.order_by(Reservation.id).with_for_update(of=Reservation)
    return sorted(session.scalars(wanted), key=lambda r: (r.visit_on, r.arrives_at, r.id))


def _told(info: DayInfo | None) -> str | None:
    return None if info is None else f"{'works' if info.is_working else 'off'} {info.name}".strip()


def _year(year: int, field: str = "year") -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DayOutOfReach(field, first=FIRST_YEAR, last=LAST_YEAR)
    return year
