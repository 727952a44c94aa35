"""停止辦理接見 in words: usual reasons, what bookers answered, and the time of a closure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from app.clock import local
from app.i18n import _, _l
from app.rules.dates import booking_date
from app.rules.vocabulary import Word

MIDNIGHT = time(0)


class UsualReason(Word):
    """常用原因: they stand in a sentence as 因…停止辦理接見; what is kept is the Chinese."""

    TYPHOON = "颱風停止上班", _l("颱風停止上班")
    DISASTER = "天然災害", _l("天然災害")
    EPIDEMIC = "傳染病防治", _l("傳染病防治")
    WORKS = "接見室整修", _l("接見室整修")
    POWER = "停電或設備故障", _l("停電或設備故障")
    EVENT = "機關辦理活動", _l("機關辦理活動")
    SECURITY = "戒護勤務需要", _l("戒護勤務需要")


class Answer(Word):
    """What became of a booking that a closure stopped."""

    WAITING = "waiting", _l("未回覆")
    CHOSEN = "chosen", _l("已改選時段")
    CANCELLED = "cancelled", _l("申請人取消")
    ENDED = "ended", _l("機關取消（含逾期未回覆）")
    RESTORED = "restored", _l("已恢復原預約")


def worded(reason: str) -> str:
    """A kept reason in the reader's language: what is of the list is translated, free words stay."""
    for word in UsualReason:
        if reason == word.value or reason.startswith(f"{word.value}（"):
            return f"{word.label}{reason[len(word.value) :]}"
    return reason


def period(span: Any, locale: str) -> str:
    """From when until when, in words: a day, a part of a day, or days. Call it within the reader's language."""
    first, end = local(span.from_at), local(span.until_at)
    last = end - timedelta(minutes=1)
    whole = first.time() == MIDNIGHT and end.time() == MIDNIGHT
    if first.date() == last.date():
        day = booking_date(first.date(), locale)
        return str(_("%(day)s全日", day=day)) if whole else f"{day} {first:%H:%M}~{_clock(end)}"
    one, other = booking_date(first.date(), locale), booking_date(last.date(), locale)
    if whole:
        return str(_("%(first)s至%(last)s", first=one, last=other))
    return str(_("%(first)s至%(last)s", first=f"{one} {first:%H:%M}", last=f"{other} {_clock(end)}"))


def _clock(end: datetime) -> str:
    return "24:00" if end.time() == MIDNIGHT else f"{end:%H:%M}"
