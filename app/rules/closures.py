"""停止辦理接見: what a closure may be, and which visits it stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import TAIPEI, local
from app.rules.arrival import ArrivalWindows
from app.rules.closure_refusals import (
    AnswerBy,
    NotLater,
    ReasonMissing,
    ReasonTooLong,
    SpanCrossed,
    SpanMissing,
    SpanPast,
    SpanTooLong,
)
from app.rules.closure_words import MIDNIGHT, UsualReason
from app.rules.vocabulary import VisitKind

LONGEST_REASON = 100
#: Nobody closes for longer in one act; a mistyped year would strand everybody.
LONGEST = timedelta(days=92)
#: How far ahead a closure may begin.
FARTHEST = timedelta(days=366)
#: Until when bookers are asked to answer: so many days from today, at this time.
ANSWER_DAYS, ANSWER_AT = 7, time(17)
MOST_ANSWER_DAYS = 92
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A time in which no visits are held: from the first instant until, but without, the last; and why."""

    from_at: datetime
    until_at: datetime
    reason: str = ""

    def stops(self, starts_at: datetime, ends_at: datetime | None = None) -> bool:
        """Whether a visit falls into it; an announced arrival (no end) is an instant."""
        if ends_at is None:
            return self.from_at <= starts_at < self.until_at
        return self.from_at < ends_at and starts_at < self.until_at


def span_of(first: date | None, last: date | None, since: time | None, until: time | None) -> Span:
    """The span that was typed; without times it is whole days. Raises :class:`SpanMissing`, :class:`SpanCrossed`."""
    if first is None:
        raise SpanMissing("first")
    last = last or first
    from_at = datetime.combine(first, since or MIDNIGHT, TAIPEI)
    # 24:00 is the beginning of the next day; so is an end that was left empty.
    end = datetime.combine(last, until, TAIPEI) if until else datetime.combine(last, MIDNIGHT, TAIPEI) + ONE_DAY
    if end <= from_at:
        raise SpanCrossed("last")
    return Span(from_at, end)


def check_span(span: Span, now: datetime) -> None:
    """Raise :class:`SpanPast` or :class:`SpanTooLong`; today may be closed also when it has begun."""
    today = local(now).date()
    if span.until_at <= now or local(span.from_at).date() < today:
        raise SpanPast("first")
    if span.until_at - span.from_at > LONGEST or local(span.from_at).date() - today > FARTHEST:
        raise SpanTooLong("last", days=LONGEST.days)


def reason_of(usual: str, typed: str) -> str:
    """The reason as it is kept: of the list, in free words, or both; raises the errors above."""
    words = " ".join(typed.split())
    listed = usual if usual in UsualReason.values() else ""
    reason = f"{listed}（{words}）" if listed and words else listed or words
    if not reason:
        raise ReasonMissing("reason")
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong("reason", longest=LONGEST_REASON, n=len(reason))
    return reason


def default_answer_by(now: datetime) -> date:
    """The last day on which bookers are asked to answer, where the officer says nothing else."""
    return local(now).date() + timedelta(days=ANSWER_DAYS)


def answer_by(day: date | None, now: datetime, before: datetime | None = None) -> datetime:
    """The deadline of a day; raises :class:`AnswerBy`, and :class:`NotLater` where it extends nothing."""
    deadline = datetime.combine(day, ANSWER_AT, TAIPEI) if day else None
    if deadline is None or not now < deadline <= now + timedelta(days=MOST_ANSWER_DAYS):
        raise AnswerBy("answer_on", days=MOST_ANSWER_DAYS)
    if before is not None and deadline <= before:
        raise NotLater("answer_on", before=f"{local(before):%Y/%m/%d %H:%M}")
    return deadline


def stops_kind(closed: VisitKind | None, kind: VisitKind | None) -> bool:
    """Whether a closure of ``closed`` (None: all kinds) leaves nothing of ``kind`` to be closed again."""
    return closed is None or closed is kind


def whole_days(spans: Iterable[Span], windows: Mapping[date, ArrivalWindows]) -> dict[date, str]:
    """The days on which no announced arrival is possible at all, each with the reason."""
    spans = list(spans)
    found: dict[date, str] = {}
    for day, window in windows.items():
        ends = (*window.morning, *window.afternoon)
        first, last = (datetime.combine(day, at, TAIPEI) for at in (min(ends), max(ends)))
        reason = next((one.reason for one in spans if one.stops(first) and one.stops(last)), None)
        if reason is not None:
            found[day] = reason
    return found
