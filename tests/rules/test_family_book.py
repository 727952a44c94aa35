"""家庭聯絡簿: characters, pictures, the interval and the strikes of an agency."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.rules.family_book import BookRules, check_pictures, check_words, length

DAY = date(2026, 3, 3)


def rules(is_juvenile: bool = False, **values: str) -> BookRules:
    return BookRules.from_parameters(values, is_juvenile=is_juvenile)


def test_an_agency_that_set_nothing() -> None:
    assert rules() == BookRules(characters=1000, pictures=3, interval_days=10, strikes=0, stop_days=30)


@pytest.mark.parametrize(("juvenile", "set_to", "days"), [(False, "5", 7), (True, "5", 5), (True, "0", 7)])
def test_a_juveniles_interval_is_the_usual_one_unless_it_is_set(juvenile: bool, set_to: str, days: int) -> None:
    assert rules(juvenile, C="7", BOOKJUV=set_to).next_day(DAY) == DAY + timedelta(days=days)


def test_whoever_has_published_nothing_need_not_wait() -> None:
    assert rules().next_day(None) is None


@pytest.mark.parametrize(
    ("gaps", "until"),
    [
        ([0, 1], None),
        ([0, 1, 2], 32),
        ([0, 29, 40], None),
        ([0, 15, 30], None),
        ([0, 15, 29], 59),
        ([0, 1, 2, 50], 32),
        ([0, 1, 2, 3], 33),
    ],
)
def test_three_refusals_within_a_month_close_the_book_for_a_month(gaps: list[int], until: int | None) -> None:
    refusals = [DAY + timedelta(days=gap) for gap in reversed(gaps)]
    expected = None if until is None else DAY + timedelta(days=until)
    assert rules(BOOKSTRIKES="3").stopped_until(refusals) == expected
    assert rules(BOOKSTRIKES="0").stopped_until(refusals) is None


@pytest.mark.parametrize(
    ("title", "text", "named"),
    [
        ("", "", ["TitleMissing", "TextMissing"]),
        ("題" * 51, "字" * 101, ["TitleTooLong", "EntryTooLong"]),
        ("題" * 50, "字" * 100, []),
        ("題", "字" * 50 + "\n\n" + "字" * 50, []),
    ],
)
def test_words_are_counted_without_line_breaks(title: str, text: str, named: list[str]) -> None:
    assert [type(error).__name__ for error in check_words(rules(BOOKCHARS="100"), title, text)] == named


def test_rare_characters_count_one_each() -> None:
    assert length("𠮷\r\n堃") == 2


def test_pictures_beyond_the_limit() -> None:
    assert not check_pictures(rules(BOOKPICS="2"), 2)
    assert str(check_pictures(rules(BOOKPICS="2"), 3)[0].values) == "{'count': 3, 'limit': 2}"
