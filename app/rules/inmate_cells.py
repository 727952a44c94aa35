"""One cell of a delivery of inmates: what was typed in, the value out, or what was expected instead."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TypeVar

from app.errors import RuleError
from app.rules.dates import ROC_OFFSET
from app.rules.identity_numbers import COUNTRIES, PASSPORT, normalise
from app.rules.names import clean_name
from app.rules.visit_rules import grade_of
from app.rules.vocabulary import IdentityKind, InmateStatus, RestrictionKind
from app.said import Said, said

Value = TypeVar("Value")

#: 處分種類 as the rules of visits name them.
CUSTODY_TYPES = (
    "受刑人",
    "被告",
    "受觀察勒戒人",
    "受戒治人",
    "受保安處分人",
    "感化教育受處分人",
    "收容少年",
    "被管收人",
)
LONGEST_UNIT, LONGEST_DETAILS = 40, 200
OLDEST_YEARS = 130

_FORMULA = frozenset("=+-@\t\r＝＋－＠")
_NUMBER = re.compile(r"[0-9A-Z](?:[0-9A-Z-]{0,9})")
_PARTED = re.compile(r"(?:中華民國|民國|西元)?\s*([0-9]{2,4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_TOGETHER = re.compile(r"([0-9]{2,4})([0-9]{2})([0-9]{2})")
_FOREIGN = re.compile(r"([A-Z]{2})-(.+)")
_SEXES = {"男": "M", "女": "F", "M": "M", "F": "F", "1": "M", "2": "F"}
_FLAGS = {"是": True, "否": False, "Y": True, "N": False, "1": True, "0": False}
_STATUSES = {
    InmateStatus.PRESENT: ("在監", "在所", "在監所", "在監(所)", "present"),
    InmateStatus.TRANSFERRED: ("移監", "已移監", "移所", "已移所", "transferred"),
    InmateStatus.RELEASED: ("出監", "出所", "已出監", "已出所", "已出監所", "已出監(所)", "released"),
}
_STATUS = {word: status for status, words in _STATUSES.items() for word in words}
_KINDS = {
    "禁止接見通信": RestrictionKind.NO_CONTACT_ORDER,
    "禁止接見": RestrictionKind.NO_CONTACT_ORDER,
    "禁見": RestrictionKind.NO_CONTACT_ORDER,
    "限制書": RestrictionKind.JUDGES_RESTRICTION,
    "違規處分": RestrictionKind.DISCIPLINARY,
    "違規": RestrictionKind.DISCIPLINARY,
    "隔離保護": RestrictionKind.PROTECTIVE_ISOLATION,
    "隔離": RestrictionKind.PROTECTIVE_ISOLATION,
    "疾病隔離": RestrictionKind.MEDICAL_ISOLATION,
    "疾病": RestrictionKind.MEDICAL_ISOLATION,
}
#: As a report names them: a file speaks Chinese, whatever its sender reads.
_KIND_WORDS = ("禁止接見通信", "限制書", "違規處分", "隔離保護", "疾病隔離")

_SEX, _FLAG, _WHERE = said("男或女"), said("是或否"), said("在監、移監或出監")


class CellWrong(Exception):
    """A cell says something that cannot be; ``expected`` is what should stand there."""

    def __init__(self, expected: Said) -> None:
        super().__init__(expected.sentence)
        self.expected = expected


def plain(text: str) -> str:
    """A cell without blanks around it; raises :class:`CellWrong` on formulas and on what no text holds.

    A formula is refused rather than disarmed: the value that the sender meant is not in the file.
    """
    cell = text.strip(" \u3000\u00a0")
    if cell[:1] in _FORMULA:
        raise CellWrong(said("不可為公式或以=、+、-、@開頭；請以文字填寫"))
    if not cell.isprintable():
        cell = " ".join(cell.split())  # a quoted line break within a cell is a blank
        if not cell.isprintable():
            raise CellWrong(said("不可含控制字元"))
    return cell


@lru_cache(maxsize=65536)
def day(text: str) -> date:
    """A day of either calendar: four digits of a year are AD, two or three are ROC."""
    typed = unicodedata.normalize("NFKC", text).strip()
    match = _PARTED.fullmatch(typed) or _TOGETHER.fullmatch(typed)
    if match:
        year, month, number = (int(part) for part in match.groups())
        try:
            found = date(year if len(match[1]) == 4 else year + ROC_OFFSET, month, number)
        except ValueError:
            found = None
        if found and year:
            return found
    raise CellWrong(said("存在的日期，民國（113/06/01）或西元（2024/06/01）"))


def number(text: str) -> str:
    """呼號: text, leading zeros kept."""
    typed = _folded(text).upper()
    if not _NUMBER.fullmatch(typed):
        raise CellWrong(said("1至10個數字或英文字母，保留前面的0"))
    return typed


def name(text: str) -> str:
    """姓名, every rare character kept."""
    try:
        return clean_name(text)
    except RuleError:
        raise CellWrong(said("1至50個字的姓名，不含數字、符號")) from None


def identity(text: str, today: date) -> str:
    """身分證號, 統一證號, or a passport with the country before it (``VN-C1234567``)."""
    typed = _folded(text).replace(" ", "").upper()
    foreign = _FOREIGN.fullmatch(typed) if typed[2:3] == "-" else None
    if foreign and foreign[1] in COUNTRIES and PASSPORT.fullmatch(foreign[2]):
        return typed
    kind = IdentityKind.NATIONAL_ID if typed[1:2] in ("1", "2") else IdentityKind.RESIDENT_ID
    try:
        return normalise(kind, typed, today)
    except RuleError:
        raise CellWrong(said("檢查碼正確之身分證號或統一證號；護照請於前面加國別（VN-C1234567）")) from None


def sex(text: str) -> str:
    """性別."""
    return _one_of(_SEXES, text.upper(), _SEX)


def flag(text: str) -> bool:
    """是 or 否."""
    return _one_of(_FLAGS, text.upper(), _FLAG)


@lru_cache(maxsize=256)
def status(text: str) -> InmateStatus:
    """狀態."""
    return _one_of(_STATUS, _folded(text).lower(), _WHERE)


def custody(text: str) -> str:
    """處分種類."""
    if text not in CUSTODY_TYPES:
        raise CellWrong(said("下列之一：%(words)s", words="、".join(CUSTODY_TYPES)))
    return text


@lru_cache(maxsize=256)
def grade(text: str) -> str:
    """教化等級, kept as 1 to 4."""
    found = grade_of(text) if len(text) <= 4 else ""
    if not found:
        raise CellWrong(said("1至4級，或空白"))
    return found


def unit(text: str) -> str:
    """場舍."""
    return _short(text, LONGEST_UNIT)


def restriction(text: str) -> RestrictionKind:
    """限制種類."""
    if text not in _KINDS:
        raise CellWrong(said("下列之一：%(words)s", words="、".join(_KIND_WORDS)))
    return _KINDS[text]


def details(text: str) -> str:
    """限制說明."""
    return _short(text, LONGEST_DETAILS)


def _folded(text: str) -> str:
    # Most cells are plain ASCII: sixty thousand lines are read in seconds.
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise CellWrong(said("至多%(n)s個字", n=longest))
    return text


def _one_of(known: dict[str, Value], text: str, expected: Said) -> Value:
    if text not in known:
        raise CellWrong(expected)
    return known[text]
