"""From which day on a parameter has another value: what is in force on a day, and whether the windows still fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from app.errors import RuleError
from app.i18n import _l
from app.rules.dates import Shown, sentence_date
from app.rules.parameters import ParameterCode, ParameterRange, check_windows

#: A change is announced at most this long before: a later day is a slip of the finger.
LONGEST_NOTICE = timedelta(days=365)
#: The four that are only right or wrong together.
WINDOW_CODES = frozenset(
    {
        ParameterCode.MORNING_ARRIVAL_START.value,
        ParameterCode.MORNING_ARRIVAL_END.value,
        ParameterCode.AFTERNOON_ARRIVAL_START.value,
        ParameterCode.AFTERNOON_ARRIVAL_END.value,
    }
)


class EffectiveDayPast(RuleError):
    """A change cannot begin before today: those days were held under the old value."""

    sentence = _l("「生效日期」不可早於今日。請改選今日以後之日期，或留空以立即生效。")


class EffectiveDayTooFar(RuleError):
    """A change is announced at most a year before."""

    sentence = _l("「生效日期」至遲為%(last)s（一年內）。請重新選擇。")


class PlanSaysNothing(RuleError):
    """The planned value is the one that is in force anyway."""

    sentence = _l("輸入之參數值與目前相同，無須設定生效日期。請輸入新的參數值，或取消預定之變更。")


class ParameterRangeLater(ParameterRange):
    """The windows fit today, and do not fit any more on a later day on which a planned change begins."""

    sentence = _l(
        "自%(date)s起之到達時間合併檢查不符：「起」須早於「迄」，且上午與下午時段不得重疊。"
        "請先調整或取消該日生效之另一項參數。"
    )


class Setting(NamedTuple):
    """One parameter's value, and the one planned after it."""

    value: str
    next_value: str | None = None
    next_from_on: date | None = None

    def on(self, day: date) -> str:
        """The value in force on a day."""
        if self.next_value is not None and self.next_from_on is not None and self.next_from_on <= day:
            return self.next_value
        return self.value


#: An agency's settings by code.
Schedule = Mapping[str, Setting]


def values_on(schedule: Schedule, day: date) -> dict[str, str]:
    """The values in force on a day, by code."""
    return {code: setting.on(day) for code, setting in schedule.items()}


def days_of_change(schedule: Schedule, since: date) -> list[date]:
    """``since`` and every later day on which an arrival window changes."""
    planned = {s.next_from_on for code, s in schedule.items() if code in WINDOW_CODES and s.next_from_on}
    return sorted({since} | {day for day in planned if day > since})


def check_schedule(schedule: Schedule, since: date, today: date) -> None:
    """Check the four windows together on each day on which they change; raises ``ParameterRange`` or its later kin."""
    for day in days_of_change(schedule, since):
        try:
            check_windows(values_on(schedule, day))
        except ParameterRange as error:
            if day <= today:
                raise
            raise ParameterRangeLater(error.field, date=Shown(day, sentence_date)) from error


def check_effective_day(day: date | None, today: date) -> date | None:
    """The day on which a change begins, None for at once; raises EffectiveDayPast, EffectiveDayTooFar."""
    if day is None or day == today:
        return None
    if day < today:
        raise EffectiveDayPast("next_from_on")
    if day > today + LONGEST_NOTICE:
        raise EffectiveDayTooFar("next_from_on", last=Shown(today + LONGEST_NOTICE, sentence_date))
    return day
