"""What people type about themselves: names, mobile numbers and e-mail addresses, brought into one form each."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.errors import RuleError
from app.i18n import _l

LONGEST_NAME = 50
NAME_DOT = "‧"
_DOTS = re.compile(r"\s*[·‧・•．∙⋅]\s*")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
#: What may stand between the letters of a name; 〇 is a number to Unicode and a name to the household registry.
_ALSO_IN_NAMES = frozenset(" ‧-'’.,〇")
_TAIWAN_MOBILE = re.compile(r"9[0-9]{8}")


class NameInvalid(RuleError):
    """A name is 1 to 50 letters of any script, with spaces, dots and hyphens between them."""

    sentence = _l("姓名須為1至50個字，可使用中文、英文字母、空格及「‧」，不可含數字、符號或控制字元。請重新輸入。")


class MobileInvalid(RuleError):
    """Not a mobile number of Taiwan, nor a foreign number with its country code."""

    sentence = _l("行動電話號碼格式不符。請輸入09開頭之10位數字；國外號碼請加「+」及國碼，例如+81。")


class MailInvalid(RuleError):
    """Not an address that mail can be sent to."""

    sentence = _l("電子郵件格式不符。請確認「@」前後之文字，例如name@example.com。")


def clean_name(raw: str, field: str = "name") -> str:
    """A person's name: spaces and dots unified, every letter kept as it was typed. Raises NameInvalid.

    Chinese characters are never normalised: NFC replaces compatibility characters by others that mean another name.
    """
    name = _DOTS.sub(NAME_DOT, raw).translate(_FULL_WIDTH)
    name = re.sub("[\u0000-\u2e7f]+", lambda found: unicodedata.normalize("NFC", found[0]), name)
    # Only spaces are folded: a line break or tab inside a name is refused below.
    name = re.sub("[ \u00a0\u3000]+", " ", name).strip(" ")
    fits = 0 < len(name) <= LONGEST_NAME and _is_letter(name[0])
    if not (fits and all(_may_stand_in_name(character) for character in name)):
        raise NameInvalid(field)
    return name


def clean_mobile(raw: str, field: str = "mobile") -> str:
    """A mobile number: ``0912345678`` for Taiwan, E.164 (``+819012345678``) for others. Raises MobileInvalid."""
    text = unicodedata.normalize("NFKC", raw).strip()
    # The library would read letters as keys of a telephone and words as an extension.
    if not re.fullmatch(r"[0-9+() .-]{8,30}", text):
        raise MobileInvalid(field)
    try:
        number = phonenumbers.parse(text, "TW")
    except phonenumbers.NumberParseException:
        raise MobileInvalid(field) from None
    kind = phonenumbers.number_type(number)
    types = phonenumbers.PhoneNumberType
    if number.country_code == 886:
        national = str(number.national_number)
        if kind != types.MOBILE or not _TAIWAN_MOBILE.fullmatch(national):
            raise MobileInvalid(field)
        return f"0{national}"
    if kind not in (types.MOBILE, types.FIXED_LINE_OR_MOBILE):
        raise MobileInvalid(field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_mail(raw: str, field: str = "mail") -> str:
    """An e-mail address with its domain in lower case; the part before @ in ASCII. Raises MailInvalid.

    Nothing is asked of the network.
    """
    try:
        # Not every mail server on the way carries addresses in other scripts (SMTPUTF8).
        return validate_email(raw.strip(), check_deliverability=False, allow_smtputf8=False, strict=True).normalized
    except EmailNotValidError:
        raise MailInvalid(field) from None


def _is_letter(character: str) -> bool:
    # Python's tables are older than the newest planes of Han, where rare names live.
    return unicodedata.category(character)[0] == "L" or 0x20000 <= ord(character) <= 0x3FFFD or character == "〇"


def _may_stand_in_name(character: str) -> bool:
    return _is_letter(character) or unicodedata.category(character)[0] == "M" or character in _ALSO_IN_NAMES
