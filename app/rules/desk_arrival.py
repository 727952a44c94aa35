"""The desk's own bookings: the same rules as online, some of which it may break with a reason (SPEC §8)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules.arrival import STEPS, ArrivalStep, ArrivalWindows, HalfDay
from app.rules.calendar import WorkCalendar
from app.rules.parameters import ARRIVAL_STEP_MINUTES
from app.rules.vocabulary import Word

NOON = time(12)


class OnlineRule(Word):
    """A rule of online booking that the desk may break with a reason."""

    DAYS_AHEAD = "days_ahead", _l("超過可預約天數")
    DAY_OFF = "day_off", _l("非辦理接見日")
    CUTOFF = "cutoff", _l("已逾線上預約截止時間")
    WINDOWS = "windows", _l("不在開放到達時段")


class ArrivalPast(RuleError):
    """Nobody can be booked for a moment that is over."""

    sentence = _l("預計到達時間已過，請改選之後的時間；人已到場者，請以「現場登記（未預約）」辦理。")


class ExceptionReasonMissing(RuleError):
    """The desk breaks a rule of online booking and has not said why."""

    sentence = _l("此預約不符線上預約規則（%(rules)s）。確有必要者，請填寫例外理由後再儲存。")


def broken_rules(
    day: date,
    at: time,
    *,
    windows: ArrivalWindows,
    calendar: WorkCalendar,
    now: datetime,
    cutoff: time,
    days_ahead: int,
) -> list[OnlineRule]:
    """Which rules of online booking this arrival breaks. Raises ArrivalStep and :class:`ArrivalPast`: nobody may."""
    if at not in STEPS:
        raise ArrivalStep("at", minutes=ARRIVAL_STEP_MINUTES)
    if clock.at(day, at) <= now:
        raise ArrivalPast("at")
    broken = []
    if (day - clock.local(now).date()).days > days_ahead:
        broken.append(OnlineRule.DAYS_AHEAD)
    if not calendar.takes_visits(day):
        broken.append(OnlineRule.DAY_OFF)
    if now >= calendar.deadline_before(day, cutoff):
        broken.append(OnlineRule.CUTOFF)
    if not windows.contains(at):
        broken.append(OnlineRule.WINDOWS)
    return broken


def check_exception(broken: list[OnlineRule], reason: str) -> str | None:
    """The reason to keep, None where no rule is broken; raises :class:`ExceptionReasonMissing`."""
    if not broken:
        return None
    if not reason.strip():
        rules: Any = "、".join(str(rule.label) for rule in broken)
        raise ExceptionReasonMissing("exception_reason", rules=rules)
    return reason.strip()


def half_day(windows: ArrivalWindows, at: time) -> HalfDay:
    """The half-day of an arrival; outside the windows noon parts the day."""
    return windows.half_day(at) or ("morning" if at < NOON else "afternoon")
