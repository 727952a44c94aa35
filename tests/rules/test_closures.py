"""停止辦理接見: spans, reasons, deadlines and words. It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from app.rules import closure_refusals as why
from app.rules import closure_words, closures
from app.rules.arrival import ArrivalWindows
from app.rules.closures import Span
from app.rules.vocabulary import VisitKind
from tests.stillness import taiwan

NOW = taiwan("2026-03-03 09:00")
DAY = date(2026, 3, 5)
WINDOWS = ArrivalWindows((time(9), time(11)), (time(14), time(16)))


def span(first: str, last: str) -> Span:
    return Span(taiwan(first), taiwan(last), "颱風停止上班")


@pytest.mark.parametrize(
    ("first", "last", "since", "until", "found"),
    [
        (DAY, None, None, None, ("2026-03-05 00:00", "2026-03-06 00:00")),
        (DAY, DAY, time(13), None, ("2026-03-05 13:00", "2026-03-06 00:00")),
        (DAY, date(2026, 3, 6), time(13), time(12), ("2026-03-05 13:00", "2026-03-06 12:00")),
        (None, DAY, None, None, why.SpanMissing),
        (DAY, date(2026, 3, 4), None, None, why.SpanCrossed),
        (DAY, DAY, time(10), time(10), why.SpanCrossed),
    ],
)
def test_a_span_as_it_is_typed(first, last, since, until, found) -> None:  # type: ignore[no-untyped-def]
    if isinstance(found, tuple):
        made = closures.span_of(first, last, since, until)
        assert (made.from_at, made.until_at) == (taiwan(found[0]), taiwan(found[1]))
    else:
        with pytest.raises(found):
            closures.span_of(first, last, since, until)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("2026-03-03 00:00", "2026-03-04 00:00", None),  # today, though it has begun
        ("2026-03-03 00:00", "2026-03-03 09:00", why.SpanPast),
        ("2026-03-02 00:00", "2026-03-10 00:00", why.SpanPast),
        ("2026-03-05 00:00", "2026-06-05 00:00", None),
        ("2026-03-05 00:00", "2026-06-05 00:01", why.SpanTooLong),
        ("2027-03-05 00:00", "2027-03-06 00:00", why.SpanTooLong),
    ],
)
def test_past_and_far_spans(first: str, last: str, refused: type[Exception] | None) -> None:
    if refused is None:
        closures.check_span(span(first, last), NOW)
    else:
        with pytest.raises(refused):
            closures.check_span(span(first, last), NOW)


@pytest.mark.parametrize(
    ("usual", "typed", "kept"),
    [
        ("颱風停止上班", "", "颱風停止上班"),
        ("", "  空調  維修 ", "空調 維修"),
        ("天然災害", "地震", "天然災害（地震）"),
        ("不在清單", "", why.ReasonMissing),
        ("", " \n", why.ReasonMissing),
        ("", "字" * 100, "字" * 100),
        ("", "字" * 101, why.ReasonTooLong),
        ("天然災害", "字" * 95, why.ReasonTooLong),
    ],
)
def test_a_reason_is_named_and_short(usual: str, typed: str, kept: str | type[Exception]) -> None:
    if isinstance(kept, str):
        assert closures.reason_of(usual, typed) == kept
    else:
        with pytest.raises(kept):
            closures.reason_of(usual, typed)


def test_a_visit_that_touches_a_span_is_stopped_and_one_beside_it_is_not() -> None:
    closed = span("2026-03-05 09:00", "2026-03-05 12:00")
    half = timedelta(minutes=30)
    cases = {"08:30": False, "08:31": True, "09:00": True, "11:59": True, "12:00": False}
    for at, stopped in cases.items():
        start = taiwan(f"2026-03-05 {at}")
        assert closed.stops(start, start + half) is stopped, at
    assert closed.stops(taiwan("2026-03-05 09:00")) and not closed.stops(taiwan("2026-03-05 12:00"))
    assert not closed.stops(taiwan("2026-03-05 08:59"))


def test_only_a_day_without_any_arrival_is_a_whole_day() -> None:
    days = {DAY: WINDOWS, date(2026, 3, 6): WINDOWS}
    found = closures.whole_days([span("2026-03-05 13:00", "2026-03-07 00:00")], days)
    assert found == {date(2026, 3, 6): "颱風停止上班"}
    assert closures.whole_days([span("2026-03-05 09:00", "2026-03-05 16:01")], days) == {DAY: "颱風停止上班"}
    assert closures.whole_days([span("2026-03-05 09:00", "2026-03-05 16:00")], days) == {}


def test_deadlines() -> None:
    assert closures.answer_by(date(2026, 3, 10), NOW) == taiwan("2026-03-10 17:00")
    assert closures.default_answer_by(NOW) == date(2026, 3, 10)
    for day in (None, date(2026, 3, 2), date(2026, 6, 30)):
        with pytest.raises(why.AnswerBy):
            closures.answer_by(day, NOW)
    with pytest.raises(why.NotLater):
        closures.answer_by(date(2026, 3, 10), NOW, taiwan("2026-03-10 17:00"))


def test_closures_of_all_kinds_leave_nothing_to_close() -> None:
    lawyers, families = VisitKind.LAWYER_ON_SITE, VisitKind.FAMILY_ON_SITE
    assert closures.stops_kind(None, families) and closures.stops_kind(None, None)
    assert closures.stops_kind(families, families)
    assert not closures.stops_kind(families, lawyers) and not closures.stops_kind(families, None)


@pytest.mark.parametrize(
    ("first", "last", "words", "english"),
    [
        ("2026-03-05 00:00", "2026-03-06 00:00", "2026-03-05(星期四)全日", "2026-03-05 (Thu), all day"),
        ("2026-03-05 13:00", "2026-03-06 00:00", "2026-03-05(星期四) 13:00~24:00", "2026-03-05 (Thu) 13:00~24:00"),
        (
            "2026-03-05 00:00",
            "2026-03-07 00:00",
            "2026-03-05(星期四)至2026-03-06(星期五)",
            "2026-03-05 (Thu) to 2026-03-06 (Fri)",
        ),
        (
            "2026-03-05 13:00",
            "2026-03-06 12:00",
            "2026-03-05(星期四) 13:00至2026-03-06(星期五) 12:00",
            "2026-03-05 (Thu) 13:00 to 2026-03-06 (Fri) 12:00",
        ),
    ],
)
def test_a_period_in_words(app: object, first: str, last: str, words: str, english: str) -> None:
    from flask_babel import force_locale

    with force_locale("zh_Hant_TW"):
        assert closure_words.period(span(first, last), "zh_Hant_TW") == words
    with force_locale("en"):
        assert closure_words.period(span(first, last), "en") == english
        assert closure_words.worded("天然災害（地震）") == "natural disaster（地震）"
        assert closure_words.worded("空調維修") == "空調維修"
