"""Identity numbers: 國民身分證, 統一證號 in its new and old form, and passports of those who have neither."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from babel import Locale

from app.errors import RuleError
from app.i18n import _l
from app.rules.vocabulary import IdentityKind

#: The old two-letter 統一證號 ends on this day (民國120年1月1日, National Immigration Agency).
OLD_FORM_ENDS_ON = date(2031, 1, 1)

#: The number of each letter: 10 for A, 11 for B …; I, O, W to Z stand out of the alphabet's order.
LETTER_NUMBERS = {letter: 10 + place for place, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)

NATIONAL_ID = re.compile(r"[A-Z][12][0-9]{8}")
RESIDENT_ID = re.compile(r"[A-Z][89][0-9]{8}")
OLD_RESIDENT_ID = re.compile(r"[A-Z][A-D][0-9]{8}")
PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_KEPT_PASSPORT = re.compile(r"([A-Z]{2})-([A-Z0-9]{5,20})")

#: Groups, placeholders and parts of countries that CLDR lists beside ISO 3166-1.
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
COUNTRIES = frozenset(filter(re.compile(r"[A-Z]{2}").fullmatch, map(str, Locale("en").territories))) - _NOT_COUNTRIES


class IdNumberInvalid(RuleError):
    """The number has not the form of its kind, or its check digit is wrong."""

    sentence = _l("身分證號（或統一證號）格式不符，請確認英文字母及後9碼。")


class PassportInvalid(RuleError):
    """A passport number has 5 to 20 letters and digits."""

    sentence = _l("護照號碼格式不符，請依護照所載輸入5至20個英文字母及數字。")


class CountryMissing(RuleError):
    """A passport number means something only together with the country that issued it."""

    sentence = _l("填寫護照號碼者，請選擇護照之核發國家或地區。")


def normalise(kind: IdentityKind, raw: str, today: date, country: str | None = None) -> str:
    """The number as it is stored and compared: one width, upper case, without spaces and hyphens.

    ``country`` is the ISO 3166-1 two-letter code of a passport's issuer and is not part of the answer; two countries
    may give out the same number. Raises IdNumberInvalid, PassportInvalid or CountryMissing.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", raw)).upper()
    if kind is IdentityKind.PASSPORT:
        if (country or "").strip().upper() not in COUNTRIES:
            raise CountryMissing("country")
        if not PASSPORT.fullmatch(number):
            raise PassportInvalid("id_number")
        return number
    if not (_has_form(kind, number, today) and _check_digit_fits(number)):
        raise IdNumberInvalid("id_number")
    return number


def kept(kind: IdentityKind, raw: str, today: date, country: str | None = None) -> str:
    """The number as records keep it, a passport's with its country before it: VN-C1234567.

    Raises what :func:`normalise` raises.
    """
    issuer = (country or "").strip().upper()
    if kind is not IdentityKind.PASSPORT:
        return normalise(kind, raw, today)
    return f"{issuer}-{normalise(kind, raw, today, issuer)}"


def read(typed: str, today: date) -> str:
    """A number whose kind nobody has said, as records keep it; raises IdNumberInvalid."""
    raw = unicodedata.normalize("NFKC", typed).strip().upper()
    passport = _KEPT_PASSPORT.fullmatch(raw)
    if passport is not None and passport[1] in COUNTRIES:
        return raw
    is_resident = len(raw) > 1 and raw[1] not in "12"
    return normalise(IdentityKind.RESIDENT_ID if is_resident else IdentityKind.NATIONAL_ID, raw, today)


def _has_form(kind: IdentityKind, number: str, today: date) -> bool:
    if kind is IdentityKind.NATIONAL_ID:
        return bool(NATIONAL_ID.fullmatch(number))
    if OLD_RESIDENT_ID.fullmatch(number):
        return today < OLD_FORM_ENDS_ON
    return bool(RESIDENT_ID.fullmatch(number))


def _check_digit_fits(number: str) -> bool:
    first, second = LETTER_NUMBERS[number[0]], number[1]
    # In the old form the second letter counts with the last digit of its number.
    digits = [*divmod(first, 10), int(second) if second.isdigit() else LETTER_NUMBERS[second] % 10]
    digits += [int(digit) for digit in number[2:]]
    return sum(digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 10 == 0
