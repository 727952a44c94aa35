"""Days and times in words: one function for each format of WORDING "Dates", and birth dates as they are typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale

from app.clock import local
from app.errors import RuleError
from app.i18n import DEFAULT_LOCALE, _l

ROC_OFFSET = 1911
OLDEST_AGE_YEARS = 130
WEEKDAYS = "一二三四五六日"
#: CLDR pattern of a day in a sentence; a language that is not named here gets its own "full" format.
SENTENCE_PATTERNS = {"en": "EEEE, d MMMM y"}

_TYPED = re.compile(r"([0-9]{1,4})[-/.年\s]+([0-9]{1,2})[-/.月\s]+([0-9]{1,2})\s*日?")
_TYPED_TOGETHER = {
    "ad": re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
    "roc": re.compile(r"([0-9]{2,3})([0-9]{2})([0-9]{2})"),
}


class BirthDateInvalid(RuleError):
    """The typed birth date does not exist, lies in the future or more than 130 years back."""

    sentence = _l("出生日期不正確。請確認所選為民國年或西元年，且該日期存在、不晚於今日、距今未逾130年。")


@dataclass(frozen=True)
class Shown:
    """A day or instant inside a refusal: put into words only when the sentence is, in that reader's language."""

    value: date
    form: Callable[[Any, str], str]

    def __str__(self) -> str:
        return self.form(self.value, str(get_locale() or DEFAULT_LOCALE))


def parse_birth_date(text_or_parts: str | Sequence[str | int], calendar: str, today: date) -> date:
    """The day somebody was born, typed with a ROC year (``roc``) or an AD year (``ad``).

    Takes a text (``50/3/10``, ``民國50年3月10日``, ``19610310``) or the year, month and day of three form fields.
    Raises BirthDateInvalid.
    """
    text = text_or_parts if isinstance(text_or_parts, str) else "/".join(str(part).strip() for part in text_or_parts)
    text = re.sub(r"^(中華民國|民國|西元)", "", unicodedata.normalize("NFKC", text).strip()).strip()
    together = _TYPED_TOGETHER.get(calendar)
    match = together and (_TYPED.fullmatch(text) or together.fullmatch(text))
    year, month, day = (int(part) for part in match.groups()) if match else (0, 0, 0)
    # Neither calendar has a year 0; 民國0年 would silently become 1911.
    if year == 0:
        raise BirthDateInvalid("birth_date")
    try:
        born = date(year + (ROC_OFFSET if calendar == "roc" else 0), month, day)
    except ValueError:
        raise BirthDateInvalid("birth_date") from None
    if born > today or (born.year + OLDEST_AGE_YEARS, born.month, born.day) < (today.year, today.month, today.day):
        raise BirthDateInvalid("birth_date")
    return born


def parse_either_birth_date(text: str, today: date) -> date:
    """The same, of one field in which either year may stand: one of four digits is an AD year."""
    first = re.search(r"[0-9]+", unicodedata.normalize("NFKC", text))
    return parse_birth_date(text, "ad" if first and len(first[0]) in (4, 8) else "roc", today)


def list_date(day: date) -> str:
    """A day in a list: ``2026/03/03`` (manual)."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def booking_date(day: date, locale: str = DEFAULT_LOCALE) -> str:
    """A day to choose: ``2026-03-10(星期二)`` (manual), in other languages ``2026-03-10 (Tue)``."""
    if _is_chinese(locale):
        return f"{day.isoformat()}({_weekday(day)})"
    return f"{day.isoformat()} ({format_date(day, 'EEE', locale)})"


def sentence_date(day: date, locale: str = DEFAULT_LOCALE) -> str:
    """A day in a sentence: ``2026年3月10日（星期二）``, in English ``Tuesday, 10 March 2026``."""
    if _is_chinese(locale):
        return f"{day.year}年{day.month}月{day.day}日（{_weekday(day)}）"
    return format_date(day, SENTENCE_PATTERNS.get(locale.split("_")[0], "full"), locale)


def sentence_time(moment: datetime, locale: str = DEFAULT_LOCALE) -> str:
    """An instant in a sentence: ``2026年3月9日（星期一）16:00``, in English ``Monday, 9 March 2026, 16:00``."""
    shown = _on_the_wall(moment)
    gap = "" if _is_chinese(locale) else ", "
    return f"{sentence_date(shown.date(), locale)}{gap}{shown:%H:%M}"


def paper_date(day: date) -> str:
    """A day on an official paper: ``中華民國115年3月10日（星期二）``, Arabic digits without leading zeros."""
    return f"中華{_roc_day(day)}（{_weekday(day)}）"


def paper_time(moment: datetime) -> str:
    """An instant on an official paper: ``中華民國115年3月9日16時25分``."""
    shown = _on_the_wall(moment)
    return f"中華{_roc_day(shown)}{shown.hour}時{shown.minute}分"


def log_time(moment: datetime, locale: str = DEFAULT_LOCALE) -> str:
    """An instant in the message log: ``2026/3/9 上午 08:59:33`` (manual), in other languages with AM or PM."""
    shown = _on_the_wall(moment)
    day, clock = f"{shown.year}/{shown.month}/{shown.day}", f"{shown:%I:%M:%S}"
    if _is_chinese(locale):
        return f"{day} {'上午' if shown.hour < 12 else '下午'} {clock}"
    return f"{day} {clock} {'AM' if shown.hour < 12 else 'PM'}"


def birth_date_shown(day: date, locale: str = DEFAULT_LOCALE) -> str:
    """A birth date: ``民國50年3月10日（1961/03/10）``; in other languages the AD date only."""
    return f"{_roc_day(day)}（{list_date(day)}）" if _is_chinese(locale) else list_date(day)


def _roc_day(day: date) -> str:
    year = day.year - ROC_OFFSET
    # There is no year 0: 1911 is the first year before the Republic.
    return f"民國{year if year > 0 else f'前{1 - year}'}年{day.month}月{day.day}日"


def _weekday(day: date) -> str:
    return f"星期{WEEKDAYS[day.weekday()]}"


def _is_chinese(locale: str) -> bool:
    return locale.startswith("zh")


def _on_the_wall(moment: datetime) -> datetime:
    """The instant on a clock in Taiwan; a datetime without a zone is taken to be there already."""
    return local(moment) if moment.tzinfo else moment
