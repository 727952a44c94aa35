"""通知範本: what the text of a message must say and must not say; the messages: ``app.rules.message_events``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules.channels import SMS_ONLY
from app.rules.message_events import EVENTS, HIDDEN_CODE, HIDDEN_LINK, LIVE, PLACES, TAILS, Event
from app.rules.vocabulary import Channel

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SMS = 100, 4000, 300
#: Words that turn somebody away.
TURNING_AWAY = ("請勿前往", "do not travel")

_PLACE = re.compile(r"%\(([^()%]*)\)s")


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
    if channel is Channel.MAIL or event.name in SMS_ONLY:
        missing = [name for name in event.needed if name not in places_in(body)]
        errors += [PlaceMissing("body", place=f"%({name})s", label=PLACES[name].label) for name in missing]
    for field, text in (("subject", subject), ("body", body)):
        if HIDDEN_LINK in text or HIDDEN_CODE in text:
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
