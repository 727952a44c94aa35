"""What the portal asks of a password: long enough, not one that everybody tries, not a fact about oneself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.errors import RuleError
from app.i18n import _l

SHORTEST = 8
#: Longer ones cost the hash and gain nothing.
LONGEST = 128

#: The commonest of at least eight characters, in lower case, with those that are common in Taiwan: rows and columns of
#: the keyboard, 我愛你一生一世 in digits, 我的密碼 on a Zhuyin keyboard (ji32k7au4a83), a letter before 123456789.
_COMMON = """
    12345678 123456789 1234567890 01234567 012345678 0123456789 87654321 987654321 9876543210 0987654321 12341234
    11223344 1122334455 11112222 123123123 147258369 159357456 12344321 123454321 123456123 789456123 741852963
    112233445566 13145201 52013140 5201314520 52013141 13141314 52015201 20202020 10101010 12121212 87878787
    password password1 password12 password123 password! passw0rd p@ssw0rd p@ssword p@$$w0rd passwort mypassword
    password01 pa55word pass1234 test1234 testtest test12345 admin123 admin1234 administrator adminadmin root1234
    qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 2wsx3edc 3edc4rfv zaq12wsx
    !qaz2wsx !qaz@wsx qazwsxedc qazwsx123 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1234qwer qwer1234 asdf1234 asdfghjk asdfghjkl
    zxcvbnm1 zxcvbnm, asdfasdf qweasdzxc zxcv1234 abcd1234 abc12345 abc123456 abcdefgh a1234567 a12345678 a123456789
    a1b2c3d4 aa123456 aa12345678 s123456789 q12345678 z123456789 b123456789 f123456789 as123456 qq123456 zz123456
    iloveyou iloveyou1 iloveyou520 loveyou520 sunshine princess football baseball superman starwars computer internet
    whatever trustno1 welcome1 welcome123 letmein1 changeme changeme123 football1 dragon123 monkey123 master123
    ji32k7au4a83 ji3g4go6 au4a83au4a83 taiwan123 taiwan01 taiwan520 taipei101 taipei123 iamtaiwan formosa1
"""
COMMON_PASSWORDS = frozenset(_COMMON.split())


class PasswordTooShort(RuleError):
    """Below eight characters."""

    sentence = _l("密碼至少須有%(shortest)s個字元。請加長，例如使用數個不相關的詞。")


class PasswordTooLong(RuleError):
    """Above 128 characters."""

    sentence = _l("密碼至多%(longest)s個字元。請縮短後再試。")


class PasswordCommon(RuleError):
    """One of those that are tried first, or one character over and over."""

    sentence = _l("這組密碼過於常見，容易被猜中。請改用其他密碼。")


class PasswordPersonal(RuleError):
    """The same as something that is known about its owner."""

    sentence = _l("密碼不可與您的身分證號、出生日期、電話、電子郵件或姓名相同。請改用其他密碼。")


def check_portal_password(password: str, personal: Iterable[str] = (), field: str = "password") -> None:
    """Refuse a password that is too short or long, common, or equal to one of the ``personal`` values.

    Personal values are compared without regard to case and punctuation, an e-mail address also by its part before @.
    Raises PasswordTooShort, PasswordTooLong, PasswordCommon or PasswordPersonal.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(field, shortest=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordTooLong(field, longest=LONGEST)
    if password.lower() in COMMON_PASSWORDS or len(set(password)) == 1:
        raise PasswordCommon(field)
    values = [value for value in personal if value]
    forbidden = {_bare(value) for value in values} | {_bare(value.partition("@")[0]) for value in values}
    if _bare(password) in forbidden - {""}:
        raise PasswordPersonal(field)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


#: Staff passwords follow the annex (資通系統防護基準: length, kinds of characters, ages, history); portal users ASVS.
STAFF_SHORTEST = 12
STAFF_KINDS = 3
STAFF_OLDEST_DAYS = 90
STAFF_YOUNGEST_DAYS = 1
STAFF_HISTORY = 3
_ASCII_KINDS = (str.islower, str.isupper, str.isdigit)


class StaffPasswordTooShort(RuleError):
    """Below twelve characters."""

    sentence = _l("密碼至少須有%(shortest)s個字元。請加長後再試。")


class StaffPasswordKinds(RuleError):
    """Fewer than three of the four kinds of characters."""

    sentence = _l("密碼須包含大寫英文、小寫英文、數字及特殊符號（或中文）四類中至少三類。")


class PasswordReused(RuleError):
    """One of the last three."""

    sentence = _l("新密碼不可與前3次使用過的密碼相同。")


class PasswordTooYoung(RuleError):
    """Changed less than a day ago."""

    sentence = _l("密碼於%(time)s剛變更過，須滿1天後才能再次變更。")


def check_staff_password(password: str, personal: Iterable[str] = (), field: str = "password") -> None:
    """Refuse a staff password that breaks the annex's rules, or those of the portal.

    Chinese characters count as the fourth kind. Raises StaffPasswordTooShort, StaffPasswordKinds and the errors of
    :func:`check_portal_password`.
    """
    if len(password) < STAFF_SHORTEST:
        raise StaffPasswordTooShort(field, shortest=STAFF_SHORTEST)
    han = any(c >= "\u2e80" for c in password)
    kinds = sum(any(c.isascii() and is_kind(c) for c in password) for is_kind in _ASCII_KINDS)
    kinds += han or any(c.isascii() and not c.isalnum() for c in password)
    if kinds < STAFF_KINDS:
        raise StaffPasswordKinds(field)
    check_portal_password(password, personal, field)
