"""A lawyer's announced arrival on site (SPEC §4.2): which days, until when, at which times, and the tally.

A booking is neither a slot nor a place: there is no cap on number or length (監獄行刑法 §72, 羈押法 §65), and
walking in stays lawful. Fields of the errors are the arguments' names: ``day`` and ``at``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from app.clock import local
from app.errors import RuleError
from app.i18n import _l
from app.rules.calendar import WorkCalendar
from app.rules.dates import Shown, sentence_date, sentence_time
from app.rules.parameters import ARRIVAL_STEP_MINUTES, Window, arrival_windows

HalfDay = Literal["morning", "afternoon"]
STEPS = tuple(time(*divmod(minutes, 60)) for minutes in range(0, 24 * 60, ARRIVAL_STEP_MINUTES))
#: The manual's bands, from and until; half-open, but 16:00 sharp counts in the last.
BANDS = (
    ("8:30-09:00", time(8, 30), time(9)),
    ("09:00-10:00", time(9), time(10)),
    ("10:00-11:00", time(10), time(11)),
    ("11:00-12:00", time(11), time(12)),
    ("13:30-14:00", time(13, 30), time(14)),
    ("14:00-15:00", time(14), time(15)),
    ("15:00-16:00", time(15), time(16)),
)


class DayPast(RuleError):
    """The day is over."""

    sentence = _l("%(date)s已過，無法預約。最近可預約日期為%(next)s。")


class TooFarAhead(RuleError):
    """The day lies beyond the agency's 可預約天數."""

    sentence = _l("目前僅開放預約至%(last)s（%(days)s天內）。請改選該日以前之日期，或屆時再行預約。")


class DayOff(RuleError):
    """The agency takes no visits on this day."""

    sentence = _l("%(date)s為%(reason)s，該機關不辦理接見。最近可預約日期為%(next)s。")


class CutoffPassed(RuleError):
    """Online booking for this day closed on the working day before."""

    sentence = _l("%(date)s之接見已於%(deadline)s截止線上預約。請改選%(next)s以後日期，或電洽機關、逕至現場辦理。")


class ArrivalStep(RuleError):
    """Arrivals are announced in steps of five minutes."""

    sentence = _l("預計到達時間以%(minutes)s分鐘為單位。請重新選擇，例如10點30分或10點35分。")


class ArrivalOutside(RuleError):
    """The arrival lies outside the agency's two windows."""

    sentence = _l("預計到達時間須在%(agency)s開放之%(morning)s或%(afternoon)s內。")


@dataclass(frozen=True)
class ArrivalWindows:
    """When lawyers may arrive at an agency: two windows, both ends included."""

    morning: Window
    afternoon: Window

    @classmethod
    def from_parameters(cls, values: Mapping[str, str]) -> ArrivalWindows:
        """The windows that RAS, RAE, RFS and RFE describe; a missing code takes its default."""
        return cls(*arrival_windows(values))

    def half_day(self, at: time) -> HalfDay | None:
        """The window in which an arrival falls; None outside both."""
        if self.morning[0] <= at <= self.morning[1]:
            return "morning"
        return "afternoon" if self.afternoon[0] <= at <= self.afternoon[1] else None

    def contains(self, at: time) -> bool:
        """Whether a lawyer may announce this arrival."""
        return self.half_day(at) is not None

    def choices(self) -> list[time]:
        """Every arrival on offer, in steps of five minutes."""
        return [at for at in STEPS if self.contains(at)]

    @property
    def morning_text(self) -> str:
        """``09:00~11:00``, as the manual writes it."""
        return _window_text(self.morning)

    @property
    def afternoon_text(self) -> str:
        """``14:00~16:00``, as the manual writes it."""
        return _window_text(self.afternoon)


def is_open(day: date, now: datetime, calendar: WorkCalendar, cutoff: time) -> bool:
    """Whether online booking for this day is still open: visits are held, and the deadline has not struck.

    The deadline itself is closed: at 15:59:59 one may book, at 16:00:00 no more.
    """
    return calendar.takes_visits(day) and now < calendar.deadline_before(day, cutoff)


def next_bookable_day(now: datetime, calendar: WorkCalendar, cutoff: time) -> date:
    """The earliest day that can still be booked online, however far ahead it lies."""
    day = local(now).date()
    while not is_open(day, now, calendar, cutoff):
        day += timedelta(days=1)
    return day


def bookable_days(now: datetime, calendar: WorkCalendar, cutoff: time, days_ahead: int) -> list[date]:
    """Every day that can be booked online now, at most ``days_ahead`` calendar days from today."""
    today = local(now).date()
    days = (today + timedelta(days=ahead) for ahead in range(days_ahead + 1))
    return [day for day in days if is_open(day, now, calendar, cutoff)]


def check_day(day: date, *, calendar: WorkCalendar, now: datetime, cutoff: time, days_ahead: int) -> None:
    """Refuse a day that cannot be booked online.

    Today is never past: its deadline struck on the working day before, and walking in stays open.
    Raises DayPast, TooFarAhead, DayOff or CutoffPassed, in this order.
    """
    today = local(now).date()
    last = today + timedelta(days=days_ahead)
    date_shown = Shown(day, sentence_date)
    earliest = Shown(next_bookable_day(now, calendar, cutoff), sentence_date)
    if day < today:
        raise DayPast("day", date=date_shown, next=earliest)
    if day > last:
        raise TooFarAhead("day", last=Shown(last, sentence_date), days=days_ahead)
    if not calendar.takes_visits(day):
        later = [other for other in bookable_days(now, calendar, cutoff, days_ahead) if other > day]
        nearest = Shown(later[0], sentence_date) if later else earliest
        raise DayOff("day", date=date_shown, reason=calendar.reason_off(day), next=nearest)
    deadline = calendar.deadline_before(day, cutoff)
    if now >= deadline:
        raise CutoffPassed("day", date=date_shown, deadline=Shown(deadline, sentence_time), next=earliest)


def check_time(at: time, *, windows: ArrivalWindows, agency_name: str) -> None:
    """Refuse an arrival off the five-minute steps or outside the windows: ArrivalStep, ArrivalOutside."""
    if at not in STEPS:
        raise ArrivalStep("at", minutes=ARRIVAL_STEP_MINUTES)
    if not windows.contains(at):
        raise ArrivalOutside("at", agency=agency_name, morning=windows.morning_text, afternoon=windows.afternoon_text)


def check_arrival(
    day: date,
    at: time,
    *,
    windows: ArrivalWindows,
    calendar: WorkCalendar,
    now: datetime,
    cutoff: time,
    days_ahead: int,
    agency_name: str,
) -> None:
    """Refuse an online booking that breaks a rule of the day (see check_day), then of the time (see check_time)."""
    check_day(day, calendar=calendar, now=now, cutoff=cutoff, days_ahead=days_ahead)
    check_time(at, windows=windows, agency_name=agency_name)


def tally(arrivals: Iterable[time]) -> list[tuple[Any, int]]:
    """各時段預約律師現場接見人數: how many arrive in each of the manual's bands, and last in 其他."""
    counts = [0] * (len(BANDS) + 1)
    for at in arrivals:
        counts[_band(at)] += 1
    return list(zip([*(label for label, _, _ in BANDS), _l("其他")], counts, strict=True))


def _window_text(window: Window) -> str:
    return f"{window[0]:%H:%M}~{window[1]:%H:%M}"


def _band(at: time) -> int:
    for place, (_, start, end) in enumerate(BANDS):
        if start <= at < end:
            return place
    return len(BANDS) - 1 if at == BANDS[-1][2] else len(BANDS)
