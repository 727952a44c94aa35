"""Days in words, and birth dates as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from app.rules import dates
from app.rules.arrival import DayPast
from app.rules.dates import BirthDateInvalid, Shown, parse_birth_date, sentence_date

TODAY = date(2026, 3, 10)
TUESDAY = date(2026, 3, 10)
PRINTED_AT = datetime(2026, 3, 9, 8, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (dates.list_date(date(2026, 3, 3)), "2026/03/03"),
        (dates.booking_date(TUESDAY), "2026-03-10(星期二)"),
        (dates.booking_date(TUESDAY, "en"), "2026-03-10 (Tue)"),
        (dates.booking_date(date(2021, 10, 29)), "2021-10-29(星期五)"),
        (dates.sentence_date(TUESDAY), "2026年3月10日（星期二）"),
        (dates.sentence_date(date(2026, 3, 15)), "2026年3月15日（星期日）"),
        (dates.sentence_date(TUESDAY, "en"), "Tuesday, 10 March 2026"),
        (dates.sentence_date(TUESDAY, "id"), "Selasa, 10 Maret 2026"),
        (dates.sentence_time(datetime(2026, 3, 9, 8, 0, tzinfo=UTC)), "2026年3月9日（星期一）16:00"),
        (dates.sentence_time(datetime(2026, 3, 9, 8, 0, tzinfo=UTC), "en"), "Monday, 9 March 2026, 16:00"),
        (dates.paper_date(TUESDAY), "中華民國115年3月10日（星期二）"),
        (dates.paper_time(PRINTED_AT), "中華民國115年3月9日16時25分"),
        (dates.paper_time(datetime(2026, 3, 9, 16, 5)), "中華民國115年3月9日16時5分"),
        (dates.log_time(datetime(2026, 3, 9, 8, 59, 33)), "2026/3/9 上午 08:59:33"),
        (dates.log_time(datetime(2026, 3, 9, 0, 59, 33, tzinfo=UTC)), "2026/3/9 上午 08:59:33"),
        (dates.log_time(datetime(2020, 10, 7, 12, 0, 1)), "2020/10/7 下午 12:00:01"),
        (dates.log_time(datetime(2020, 10, 7, 0, 0, 1)), "2020/10/7 上午 12:00:01"),
        (dates.log_time(datetime(2020, 10, 7, 23, 5, 0), "en"), "2020/10/7 11:05:00 PM"),
        (dates.log_time(datetime(2020, 10, 7, 12, 0, 0), "en"), "2020/10/7 12:00:00 PM"),
        (dates.log_time(datetime(2020, 10, 7, 11, 59, 59), "en"), "2020/10/7 11:59:59 AM"),
        (dates.birth_date_shown(date(1961, 3, 10)), "民國50年3月10日（1961/03/10）"),
        (dates.birth_date_shown(date(1912, 1, 1)), "民國1年1月1日（1912/01/01）"),
        (dates.birth_date_shown(date(1911, 12, 31)), "民國前1年12月31日（1911/12/31）"),
        (dates.birth_date_shown(date(1900, 2, 28)), "民國前12年2月28日（1900/02/28）"),
        (dates.birth_date_shown(date(1961, 3, 10), "en"), "1961/03/10"),
    ],
)
def test_each_format_is_the_one_of_the_wording(shown, expected):
    assert shown == expected


@pytest.mark.parametrize(
    ("typed", "calendar", "born"),
    [
        ("50/3/10", "roc", date(1961, 3, 10)),
        ("民國50年3月10日", "roc", date(1961, 3, 10)),
        ("中華民國 50 年 3 月 10 日", "roc", date(1961, 3, 10)),
        ("0500310", "roc", date(1961, 3, 10)),
        ("500310", "roc", date(1961, 3, 10)),
        (("50", "3", "10"), "roc", date(1961, 3, 10)),
        ((" 50", "03 ", 10), "roc", date(1961, 3, 10)),
        ("1961/03/10", "ad", date(1961, 3, 10)),
        ("１９６１－３－１０", "ad", date(1961, 3, 10)),
        ("19610310", "ad", date(1961, 3, 10)),
        ("西元1961年3月10日", "ad", date(1961, 3, 10)),
        ((1961, 3, 10), "ad", date(1961, 3, 10)),
        ("2024/2/29", "ad", date(2024, 2, 29)),
        ("2026/3/10", "ad", TODAY),
        ("1896/3/10", "ad", date(1896, 3, 10)),
    ],
)
def test_a_birth_date_is_read_from_either_calendar(typed, calendar, born):
    assert parse_birth_date(typed, calendar, TODAY) == born


@pytest.mark.parametrize(
    ("typed", "calendar"),
    [
        ("2026/3/11", "ad"),
        ("1896/3/9", "ad"),
        ("115/3/11", "roc"),
        ("1961/3/10", "roc"),
        ("50/3/10", "ad"),
        ("2025/2/29", "ad"),
        ("50/13/1", "roc"),
        ("0/1/1", "roc"),
        ("9999/1/1", "roc"),
        (("1961", "", ""), "ad"),
        (("1961", "3"), "ad"),
        ("三月十日", "roc"),
        ("1961/3/10/5", "ad"),
        ("", "ad"),
        ("1961/3/10", "lunar"),
    ],
)
def test_an_impossible_birth_date_is_refused(typed, calendar):
    with pytest.raises(BirthDateInvalid) as refused:
        parse_birth_date(typed, calendar, TODAY)
    assert refused.value.field == "birth_date"


@given(st.dates(date(1912, 1, 1), TODAY))
def test_both_calendars_read_the_same_day(born):
    assert parse_birth_date((born.year, born.month, born.day), "ad", TODAY) == born
    assert parse_birth_date((born.year - 1911, born.month, born.day), "roc", TODAY) == born
    assert parse_birth_date(dates.birth_date_shown(born).partition("（")[0], "roc", TODAY) == born


@given(st.text(max_size=20), st.sampled_from(["roc", "ad"]))
def test_any_text_is_a_birth_date_or_refused_by_name(typed, calendar):
    try:
        born = parse_birth_date(typed, calendar, TODAY)
    except BirthDateInvalid:
        return
    assert date(1896, 3, 10) <= born <= TODAY


@pytest.mark.parametrize(
    ("locale", "words"), [("zh_Hant_TW", "2026年3月10日（星期二）"), ("en", "Tuesday, 10 March 2026")]
)
def test_a_day_in_a_refusal_speaks_the_readers_language(locale, words):
    app = Flask(__name__)
    Babel(app, locale_selector=lambda: locale)
    refusal = DayPast("day", date=Shown(TUESDAY, sentence_date), next=Shown(TUESDAY, sentence_date))
    with app.test_request_context():
        assert str(refusal).count(words) == 2


@pytest.mark.parametrize(
    "typed",
    ["104/3/10", "民國104年3月10日", "１０４／３／１０", "1040310", "2015/03/10", "20150310"],
)
def test_one_field_takes_either_year(typed: str) -> None:
    assert dates.parse_either_birth_date(typed, TODAY) == date(2015, 3, 10)


@pytest.mark.parametrize("typed", ["", "昨天", "104/13/1", "2015/2/30", "12345/1/1"])
def test_what_is_no_birth_date_in_either(typed: str) -> None:
    with pytest.raises(BirthDateInvalid):
        dates.parse_either_birth_date(typed, TODAY)
