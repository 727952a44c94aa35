"""通知範本: which messages there are, which places their texts may have, and what a text must not say.

``EVENTS`` is the one declaration: tests hold it against every ``enqueue`` and against the seeded texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules.vocabulary import Channel

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SMS = 100, 4000, 300
#: What a log shows in the place of a live link; nobody may write it into a text by hand.
HIDDEN_LINK = "［連結不顯示］"
#: One-time values: in the body only, and in no log.
LIVE = ("link", "code")
#: What an SMS never says (WORDING §7): an inmate's name, a link, who comes along.
NOT_IN_SMS = ("inmate", "companions", "link", "address", "papers")

_PLACE = re.compile(r"%\(([^()%]*)\)s")


@dataclass(frozen=True)
class Place:
    """What stands in a place ``%(name)s``, with a sample for each language."""

    label: Any
    sample: str
    english: str


PLACES: dict[str, Place] = {
    "agency": Place(_l("機關名稱"), "桃園女子監獄", "桃園女子監獄"),
    "phone": Place(_l("機關電話"), "03-319-1119", "03-319-1119"),
    "address": Place(_l("機關地址"), "桃園市龜山區長壽路2號", "桃園市龜山區長壽路2號"),
    "inmate": Place(_l("收容人姓名（遮蔽）"), "黃○萍", "黃○萍"),
    "relation": Place(_l("與收容人關係"), "律師", "Lawyer"),
    "until": Place(_l("有效期限"), "2027/03/02", "2027/03/02"),
    "reason": Place(_l("原因"), "委任狀未簽名或未載明案由", "Mandate unsigned"),
    "kind": Place(_l("接見類型"), "預約律師現場接見", "Lawyer visit on site"),
    "date": Place(_l("接見日期"), "2026-03-10(星期二)", "2026-03-10 (Tue)"),
    "time": Place(_l("時間"), "09:30", "09:30"),
    "companions": Place(_l("其他接見人"), "林學律", "林學律"),
    "number": Place(_l("預約編號"), "L260310-4K7PQT", "L260310-4K7PQT"),
    "by": Place(_l("辦理人"), "陳律師", "陳律師"),
    "hours": Place(_l("時數"), "24", "24"),
    "minutes": Place(_l("分鐘數"), "30", "30"),
    "mail": Place(_l("電子郵件（遮蔽）"), "ty*****@example.com", "ty*****@example.com"),
    "state": Place(_l("審核結果"), "審核通過", "Approved"),
    "title": Place(_l("標題"), "給爸爸的生日祝福", "Happy birthday, Dad"),
    "next": Place(_l("下次可發佈日期"), "2026/03/13", "2026/03/13"),
    "link": Place(_l("一次性連結"), HIDDEN_LINK, HIDDEN_LINK),
}


@dataclass(frozen=True)
class Event:
    """One kind of message: what it is about, the places that it offers, and those that it cannot do without."""

    name: str
    label: Any
    places: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    #: Whether it speaks to lawyers, whom no text may send away (監獄行刑法 §72).
    is_lawyers: bool = False

    def offered(self, channel: Channel) -> tuple[str, ...]:
        """The places of a body on this channel."""
        hidden = NOT_IN_SMS if channel is Channel.SMS else ()
        return tuple(name for name in self.places if name not in hidden)


_CASE = ("agency", "inmate", "relation", "until", "reason")
_VISIT = ("agency", "address", "inmate", "kind", "date", "time", "companions", "number")
_ENTRY = ("agency", "state", "title", "date", "next")
#: In the order in which headquarters finds them. A new message needs a line here.
EVENTS: dict[str, Event] = {
    event.name: event
    for event in (
        Event("verify", _l("註冊帳號驗證"), ("hours", "link"), ("link",)),
        Event("registered_before", _l("註冊：身分證號已有帳號")),
        Event("address_known", _l("註冊：電子郵件已有帳號")),
        Event("password", _l("密碼重設"), ("minutes", "link"), ("link",)),
        Event("password_changed", _l("密碼已變更")),
        Event("mail_change", _l("電子郵件變更確認"), ("agency", "hours", "link"), ("link",)),
        Event("mail_change_told", _l("電子郵件變更通知（原信箱）"), ("agency", "mail"), ("mail",)),
        Event("mail_changed", _l("電子郵件已變更"), ("time", "mail")),
        Event("lawyer_approved", _l("律師接見服務項目審核通過"), _CASE, ("agency",), True),
        Event("lawyer_rejected", _l("律師接見服務項目審核未通過"), _CASE, ("agency", "reason"), True),
        Event("booking_received", _l("預約接見已受理"), _VISIT, ("agency", "date", "time"), True),
        Event("booking_approved", _l("預約接見審核通過"), (*_VISIT, "reason"), ("agency", "date", "time"), True),
        Event("booking_rejected", _l("預約接見審核未通過"), (*_VISIT, "reason"), ("agency", "date", "reason"), True),
        Event("booking_cancelled", _l("預約接見取消"), (*_VISIT, "by", "reason"), ("agency", "date", "time"), True),
        Event("reminder", _l("接見提醒"), _VISIT, ("agency", "date", "time"), True),
        Event("entry_approved", _l("家庭聯絡簿審核通過"), _ENTRY, ("state", "title")),
        Event("entry_rejected", _l("家庭聯絡簿審核未通過"), (*_ENTRY, "reason"), ("state", "title", "reason")),
        Event("entry_expired", _l("家庭聯絡簿已過期"), ("agency", "title", "date"), ("title",)),
        Event("tail", _l("信件結尾（有機關電話）"), ("agency", "phone")),
        Event("tail_plain", _l("信件結尾（無機關電話）")),
    )
}
#: Parts of every mail rather than mails: without a subject of their own.
TAILS = ("tail", "tail_plain")
#: Words that turn somebody away.
TURNING_AWAY = ("請勿前往", "do not travel")


class PlaceUnknown(RuleError):
    """The text names a place that this message does not fill."""

    sentence = _l("「%(place)s」不是這項通知可用的代號。可用的代號：%(offered)s。")


class PlaceMissing(RuleError):
    """The message makes no sense without this place."""

    sentence = _l("內文缺少必要的代號「%(place)s」（%(label)s），請補上。")


class PercentStray(RuleError):
    """A percent sign that begins no place would break the message."""

    sentence = _l("「%(around)s」處有單獨的百分號。請改用全形「％」，或寫成「%%%%」。")


class LiveInSubject(RuleError):
    """A one-time value would stand in logs and in mail programs' lists."""

    sentence = _l("主旨不可使用「%(place)s」，請寫在內文。")


class HiddenWritten(RuleError):
    """The words that stand for a hidden link are the program's own."""

    sentence = _l("「［連結不顯示］」由系統自動產生，不可寫入範本；請以「%(link)s」表示連結。")


class TurnsAway(RuleError):
    """Lawyers may always come in person."""

    sentence = _l("律師之通知不可載明「%(words)s」：未預約者仍得至機關現場辦理接見。請刪除這段文字。")


class TextMissing(RuleError):
    """A message needs words."""

    sentence = _l("請填寫「%(label)s」。")


class TextTooLong(RuleError):
    """The text is longer than its field."""

    sentence = _l("「%(label)s」%(count)s字，超過上限%(longest)s字，請縮短。")


def event_of(name: str, text: str = "") -> Event:
    """The declaration of a message; of one that is not declared, only what its text already uses is known."""
    return EVENTS.get(name) or Event(name, name, tuple(dict.fromkeys(_PLACE.findall(text))))


def places_in(text: str) -> list[str]:
    """The places of a text, in their order."""
    return _PLACE.findall(text)


def check(event: Event, channel: Channel, subject: str, body: str) -> None:
    """Raise ``RuleErrors`` with everything that is wrong about a text, each beside its field."""
    has_subject = channel is Channel.MAIL and event.name not in TAILS
    longest = LONGEST_SMS if channel is Channel.SMS else LONGEST_BODY
    errors: list[RuleError] = []
    if has_subject:
        errors += _lengths("subject", _l("主旨"), subject, LONGEST_SUBJECT)
        errors += _places("subject", subject, tuple(name for name in event.places if name not in LIVE))
        errors += [LiveInSubject("subject", place=f"%({name})s") for name in LIVE if name in places_in(subject)]
    errors += _lengths("body", _l("內文"), body, longest)
    errors += _places("body", body, event.offered(channel))
    if channel is Channel.MAIL:
        missing = [name for name in event.needed if name not in places_in(body)]
        errors += [PlaceMissing("body", place=f"%({name})s", label=PLACES[name].label) for name in missing]
    for field, text in (("subject", subject), ("body", body)):
        if HIDDEN_LINK in text:
            errors.append(HiddenWritten(field))
        said = [words for words in TURNING_AWAY if event.is_lawyers and words in text.lower()]
        errors += [TurnsAway(field, words=words) for words in said]
    if errors:
        raise RuleErrors(errors)


def _lengths(field: str, label: Any, text: str, longest: int) -> list[RuleError]:
    if not text.strip():
        return [TextMissing(field, label=label)]
    return [TextTooLong(field, label=label, count=len(text), longest=longest)] if len(text) > longest else []


def _places(field: str, text: str, offered: tuple[str, ...]) -> list[RuleError]:
    known = "、".join(f"%({name})s" for name in offered) or "－"
    unknown = [name for name in dict.fromkeys(places_in(text)) if name not in offered and name not in LIVE]
    live = [name for name in dict.fromkeys(places_in(text)) if name in LIVE and name not in offered and field == "body"]
    errors: list[RuleError] = [PlaceUnknown(field, place=f"%({name})s", offered=known) for name in [*unknown, *live]]
    # What is left of the text without its places and without the doubled sign.
    rest = _PLACE.sub("□", text).replace("%%", "□")
    for found in re.finditer("%", rest):
        around = rest[max(0, found.start() - 6) : found.start() + 8].replace("□", "…").replace("\n", " ")
        errors.append(PercentStray(field, around=around))
    return errors


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled; a place without a value, and a stray percent sign, stay as they are."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text).replace("%%", "%")


def samples(locale: str) -> dict[str, str]:
    """A sample for every place."""
    is_chinese = locale.startswith("zh")
    return {name: place.sample if is_chinese else place.english for name, place in PLACES.items()}
