"""An agency's parameters: the manual's seven rows in the manual's order, then 其他參數; each with its own type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from app.errors import RuleError
from app.i18n import _l
from app.rules.vocabulary import Word

ARRIVAL_STEP_MINUTES = 5
LONGEST_PATH = 200
MOST_DAYS_AHEAD = 90
Window = tuple[time, time]


class ParameterCode(Word):
    """類別 of a parameter with its 類別說明.

    起 is the earlier time of a window and 迄 the later one: RAS 09:00 to RAE 11:00, RFS 14:00 to RFE 16:00. The
    manual's screen shows the four values crossed (RAE 迄 09:00, RAS 起 11:00); its own note, 09:00~11:00 and
    14:00~16:00, settles what is meant.
    """

    MOBILE_VISIT_MINUTES = "A", _l("行動接見時間(分)")
    RECORDING_FOLDER = "B", _l("錄影檔案存放路徑")
    FAMILY_BOOK_INTERVAL_DAYS = "C", _l("家庭聯絡簿發送間隔(天)")
    MORNING_ARRIVAL_END = "RAE", _l("現場律師接見上午時間迄")
    MORNING_ARRIVAL_START = "RAS", _l("現場律師接見上午時間起")
    AFTERNOON_ARRIVAL_END = "RFE", _l("現場律師接見下午時間迄")
    AFTERNOON_ARRIVAL_START = "RFS", _l("現場律師接見下午時間起")
    BOOKING_CUTOFF = "CUTOFF", _l("線上預約截止時間（前一工作日）")
    BOOKING_DAYS_AHEAD = "AHEAD", _l("可預約天數（天）")
    REMINDER_HOURS = "REMIND", _l("接見提醒提前時數（小時）")
    BOOK_CHARACTERS = "BOOKCHARS", _l("家庭聯絡簿內文字數上限（字）")
    BOOK_PICTURES = "BOOKPICS", _l("家庭聯絡簿照片張數上限（張）")
    BOOK_STRIKES = "BOOKSTRIKES", _l("家庭聯絡簿審核未通過達幾則暫停發佈（0為不暫停）")
    BOOK_STOP_DAYS = "BOOKSTOP", _l("家庭聯絡簿暫停發佈天數（天）")
    JUVENILE_INTERVAL_DAYS = "BOOKJUV", _l("少年收容人家庭聯絡簿發送間隔（天，0為與一般相同）")
    BOOK_WAITING_DAYS = "BOOKWAIT", _l("家庭聯絡簿待審核逾期天數（天）")
    MOBILE_JOIN = "MOBJOIN", _l("行動接見連線方式（告知申請人）")
    REMOTE_JOIN = "REMJOIN", _l("遠距接見辦理方式（告知申請人）")
    MOBILE_JOIN_ENGLISH = "MOBJOINEN", _l("行動接見連線方式（英文，可空白）")
    REMOTE_JOIN_ENGLISH = "REMJOINEN", _l("遠距接見辦理方式（英文，可空白）")


class ParameterUnknown(RuleError):
    """There is no parameter with this code."""

    sentence = _l("沒有「%(code)s」這項參數。請由參數清單選擇要編輯的項目。")
    status = 404


class ParameterNotNumber(RuleError):
    """This parameter is a whole number."""

    sentence = _l("「%(meaning)s」須為整數。請輸入%(lowest)s至%(highest)s之間的數字。")


class ParameterOutOfRange(RuleError):
    """The number is below or above what this parameter allows."""

    sentence = _l("「%(meaning)s」須在%(lowest)s至%(highest)s之間，不可為%(value)s。請重新輸入。")


class ParameterNotTime(RuleError):
    """This parameter is a time of day."""

    sentence = _l("「%(meaning)s」須為24小時制之時與分（00:00至23:59）。請重新輸入，例如%(example)s。")


class ParameterStep(RuleError):
    """Arrivals are announced in steps of five minutes, so the ends of a window lie on a step."""

    sentence = _l("「%(meaning)s」須以%(minutes)s分鐘為單位。請重新輸入，例如%(example)s。")


class ParameterPathInvalid(RuleError):
    """The recording folder is one line of at most 200 characters."""

    sentence = _l("「%(meaning)s」至多%(longest)s個字，且不可含換行或控制字元。請重新輸入。")


class ParameterTextMissing(RuleError):
    """What applicants are told is never empty."""

    sentence = _l("「%(meaning)s」不可空白，內容將告知申請人。請重新輸入。")


class ParameterRange(RuleError):
    """起 comes before 迄, and the morning window ends before the afternoon window begins."""

    sentence = _l("「起」須早於「迄」，且上午與下午時段不得重疊。")


@dataclass(frozen=True)
class Definition:
    """One parameter: its code and meaning, the value of an agency that never set it, and how a typed value is read."""

    code: ParameterCode
    default: str
    parse: Callable[[Definition, str], str]

    @property
    def meaning(self) -> Any:
        """類別說明, in the reader's language."""
        return self.code.label


def _whole_number(lowest: int, highest: int) -> Callable[[Definition, str], str]:
    def parse(definition: Definition, text: str) -> str:
        limits = {"meaning": definition.meaning, "lowest": lowest, "highest": highest}
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise ParameterNotNumber(definition.code.value, **limits)
        # Longer than any limit; int() itself refuses thousands of digits.
        if len(text) > 9 or not lowest <= int(text) <= highest:
            raise ParameterOutOfRange(definition.code.value, value=text[:12], **limits)
        return str(int(text))

    return parse


def _time_of_day(step_minutes: int) -> Callable[[Definition, str], str]:
    def parse(definition: Definition, text: str) -> str:
        shown = {"meaning": definition.meaning, "example": definition.default}
        match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
        if not match:
            raise ParameterNotTime(definition.code.value, **shown)
        hour, minute = int(match[1]), int(match[2])
        if minute % step_minutes:
            raise ParameterStep(definition.code.value, minutes=step_minutes, **shown)
        return f"{hour:02}:{minute:02}"

    return parse


def _path(definition: Definition, text: str) -> str:
    if len(text) > LONGEST_PATH or any(unicodedata.category(character).startswith("C") for character in text):
        raise ParameterPathInvalid(definition.code.value, meaning=definition.meaning, longest=LONGEST_PATH)
    return text


def _told(definition: Definition, text: str) -> str:
    if not text:
        raise ParameterTextMissing(definition.code.value, meaning=definition.meaning)
    return _path(definition, text)


def _told_in_english(definition: Definition, text: str) -> str:
    """What readers of English are told instead; left empty, they read the Chinese."""
    return _path(definition, text)


_Code = ParameterCode
#: The manual's rows in the manual's order.
MANUAL_DEFINITIONS = (
    Definition(_Code.MOBILE_VISIT_MINUTES, "20", _whole_number(1, 120)),
    Definition(_Code.RECORDING_FOLDER, "", _path),
    Definition(_Code.FAMILY_BOOK_INTERVAL_DAYS, "10", _whole_number(1, 365)),
    Definition(_Code.MORNING_ARRIVAL_END, "11:00", _time_of_day(ARRIVAL_STEP_MINUTES)),
    Definition(_Code.MORNING_ARRIVAL_START, "09:00", _time_of_day(ARRIVAL_STEP_MINUTES)),
    Definition(_Code.AFTERNOON_ARRIVAL_END, "16:00", _time_of_day(ARRIVAL_STEP_MINUTES)),
    Definition(_Code.AFTERNOON_ARRIVAL_START, "14:00", _time_of_day(ARRIVAL_STEP_MINUTES)),
)
#: 其他參數, shown below the manual's rows.
OTHER_DEFINITIONS = (
    Definition(_Code.BOOKING_CUTOFF, "16:00", _time_of_day(1)),
    Definition(_Code.BOOKING_DAYS_AHEAD, "14", _whole_number(1, MOST_DAYS_AHEAD)),
    Definition(_Code.REMINDER_HOURS, "24", _whole_number(1, 168)),
    Definition(_Code.BOOK_CHARACTERS, "1000", _whole_number(1, 5000)),
    Definition(_Code.BOOK_PICTURES, "3", _whole_number(0, 3)),
    Definition(_Code.BOOK_STRIKES, "0", _whole_number(0, 20)),
    Definition(_Code.BOOK_STOP_DAYS, "30", _whole_number(1, 365)),
    Definition(_Code.JUVENILE_INTERVAL_DAYS, "0", _whole_number(0, 365)),
    Definition(_Code.BOOK_WAITING_DAYS, "30", _whole_number(1, 365)),
    Definition(_Code.MOBILE_JOIN, "機關以您登記之聯絡方式所通知之連線方式", _told),
    Definition(_Code.REMOTE_JOIN, "請先洽接見機關，確認前往報到之矯正機關遠距接見室", _told),
    Definition(_Code.MOBILE_JOIN_ENGLISH, "", _told_in_english),
    Definition(_Code.REMOTE_JOIN_ENGLISH, "", _told_in_english),
)
#: The same in English, as long as an agency has said nothing of its own.
_USUAL_WORDS = {
    _Code.MOBILE_JOIN: _l("機關以您登記之聯絡方式所通知之連線方式"),
    _Code.REMOTE_JOIN: _l("請先洽接見機關，確認前往報到之矯正機關遠距接見室"),
}
_ENGLISH = {_Code.MOBILE_JOIN: _Code.MOBILE_JOIN_ENGLISH, _Code.REMOTE_JOIN: _Code.REMOTE_JOIN_ENGLISH}
#: Kept beside the parameters, and none that anybody types: which address of the waiting room's screen is in force.
SCREEN_CODE = "SCREEN"
DEFINITIONS = {definition.code.value: definition for definition in MANUAL_DEFINITIONS + OTHER_DEFINITIONS}


def parse_value(code: str, text: str) -> str:
    """The typed value as it is stored (``9:00`` becomes ``09:00``), or an error named after the rule it breaks."""
    definition = DEFINITIONS.get(code)
    if definition is None:
        raise ParameterUnknown(code=code)
    is_sentence = definition.parse in (_told, _told_in_english)
    form = "NFC" if is_sentence else "NFKC"  # a sentence keeps its full-width comma
    return definition.parse(definition, unicodedata.normalize(form, text).strip())  # type: ignore[arg-type]


def number(values: Mapping[str, str], code: str) -> int:
    """A whole-number parameter of an agency (minutes, days or hours, as its name says), or its default."""
    return int(values.get(code, DEFINITIONS[code].default))


def words(values: Mapping[str, str], code: ParameterCode, locale: str) -> str:
    """What an agency tells applicants, or the default; in English where it is known. Call within the reader's language.

    Without English words of its own an agency is quoted in Chinese, rather than a default that it has replaced.
    """
    own, default = values.get(code) or "", DEFINITIONS[code].default
    english = values.get(_ENGLISH[code], "") if locale.startswith("en") else ""
    return english or (own if own and own != default else str(_USUAL_WORDS[code]))


def time_of_day(values: Mapping[str, str], code: str) -> time:
    """A time-of-day parameter of an agency, or its default."""
    return time.fromisoformat(values.get(code, DEFINITIONS[code].default))


def arrival_windows(values: Mapping[str, str]) -> tuple[Window, Window]:
    """The morning and the afternoon window of an agency, each from 起 to 迄."""
    return (
        (time_of_day(values, _Code.MORNING_ARRIVAL_START), time_of_day(values, _Code.MORNING_ARRIVAL_END)),
        (time_of_day(values, _Code.AFTERNOON_ARRIVAL_START), time_of_day(values, _Code.AFTERNOON_ARRIVAL_END)),
    )


def check_windows(values: Mapping[str, str]) -> None:
    """Refuse arrival windows that are empty or overlap; ``values`` holds stored texts, a missing code its default.

    Both ends belong to a window, so a morning may not end at the minute in which the afternoon begins.
    Raises ParameterRange with the code of the row to mend.
    """
    morning, afternoon = arrival_windows(values)
    if morning[0] >= morning[1]:
        raise ParameterRange(_Code.MORNING_ARRIVAL_START.value)
    if afternoon[0] >= afternoon[1]:
        raise ParameterRange(_Code.AFTERNOON_ARRIVAL_START.value)
    if morning[1] >= afternoon[0]:
        raise ParameterRange(_Code.AFTERNOON_ARRIVAL_START.value)
