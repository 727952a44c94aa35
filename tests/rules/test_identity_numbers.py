"""Identity numbers: which are taken, how they are stored, and that every check digit counts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.identity_numbers import (
    COUNTRIES,
    LETTER_NUMBERS,
    CountryMissing,
    IdNumberInvalid,
    PassportInvalid,
    kept,
    normalise,
    read,
)
from app.rules.vocabulary import IdentityKind

TODAY = date(2026, 3, 10)
NATIONAL, RESIDENT, PASSPORT = IdentityKind.NATIONAL_ID, IdentityKind.RESIDENT_ID, IdentityKind.PASSPORT


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        (NATIONAL, "A123456789", "A123456789"),
        (NATIONAL, "F131104093", "F131104093"),
        (NATIONAL, " ａ１２３４５６７８９ ", "A123456789"),
        (NATIONAL, "a123-456 789", "A123456789"),
        (RESIDENT, "A800000014", "A800000014"),
        (RESIDENT, "aa00000009", "AA00000009"),
        (RESIDENT, "AB00000001", "AB00000001"),
        (RESIDENT, "AD00000005", "AD00000005"),
        (RESIDENT, "FC00000008", "FC00000008"),
    ],
)
def test_a_valid_number_is_stored_in_one_form(kind, raw, stored):
    assert normalise(kind, raw, TODAY) == stored


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (NATIONAL, "A123456788"),
        (NATIONAL, "B123456789"),
        (NATIONAL, "A12345678"),
        (NATIONAL, "A1234567890"),
        (NATIONAL, "A800000014"),
        (NATIONAL, "AA00000009"),
        (NATIONAL, "A323456785"),
        (NATIONAL, "А123456789"),  # the first letter is Cyrillic
        (NATIONAL, "A12345678٩"),
        (NATIONAL, ""),
        (RESIDENT, "A123456789"),
        (RESIDENT, "A800000015"),
        (RESIDENT, "AA00000008"),
        (RESIDENT, "AE00000009"),
    ],
)
def test_a_wrong_number_is_refused(kind, raw):
    with pytest.raises(IdNumberInvalid) as refused:
        normalise(kind, raw, TODAY)
    assert refused.value.field == "id_number"
    assert str(refused.value) == "身分證號（或統一證號）格式不符，請確認英文字母及後9碼。"


def test_the_old_form_ends_with_2030():
    assert normalise(RESIDENT, "AA00000009", date(2030, 12, 31)) == "AA00000009"
    with pytest.raises(IdNumberInvalid):
        normalise(RESIDENT, "AA00000009", date(2031, 1, 1))
    assert normalise(RESIDENT, "A800000014", date(2031, 1, 1)) == "A800000014"


def test_every_letter_has_the_number_of_the_official_table():
    assert sorted(LETTER_NUMBERS) == [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    assert [LETTER_NUMBERS[letter] for letter in "AHIJNOPVWXYZ"] == [10, 17, 34, 18, 22, 35, 23, 29, 32, 30, 31, 33]


@given(st.sampled_from(sorted(LETTER_NUMBERS)), st.sampled_from("12"), st.text("0123456789", min_size=7, max_size=7))
def test_exactly_one_check_digit_fits(letter, second, digits):
    taken = [digit for digit in "0123456789" if is_taken(NATIONAL, f"{letter}{second}{digits}{digit}")]
    assert len(taken) == 1


@given(st.sampled_from(["A123456789", "F131104093"]), st.integers(1, 9), st.sampled_from("0123456789"))
def test_a_mistyped_digit_is_noticed_unless_its_weight_hides_it(number, place, digit):
    """Only weights prime to 10 notice every slip; 8, 6, 5, 4 and 2 let some pass, as in the official algorithm."""
    mistyped = number[:place] + digit + number[place + 1 :]
    weight = (8, 7, 6, 5, 4, 3, 2, 1, 1)[place - 1]
    difference = (int(digit) - int(number[place])) * weight
    if place > 1:
        assert is_taken(NATIONAL, mistyped) == (difference % 10 == 0)


@pytest.mark.parametrize(
    ("raw", "country", "stored"),
    [
        ("ab123456", "JP", "AB123456"),
        ("B 1234567", "vn", "B1234567"),
        ("12345", "US", "12345"),
        ("A" * 20, "ID", "A" * 20),
    ],
)
def test_a_passport_is_stored_without_spaces(raw, country, stored):
    assert normalise(PASSPORT, raw, TODAY, country) == stored


@pytest.mark.parametrize("raw", ["1234", "A" * 21, "AB_12345", "護照12345", ""])
def test_a_passport_number_has_a_form(raw):
    with pytest.raises(PassportInvalid):
        normalise(PASSPORT, raw, TODAY, "JP")


@pytest.mark.parametrize("country", [None, "", "ZZ", "EU", "JPN", "日本"])
def test_a_passport_needs_its_country(country):
    with pytest.raises(CountryMissing) as refused:
        normalise(PASSPORT, "AB123456", TODAY, country)
    assert refused.value.field == "country"


def test_the_countries_are_those_of_iso_3166_1():
    assert {"TW", "JP", "VN", "ID", "TH", "PH", "US", "XK"} <= COUNTRIES
    assert len(COUNTRIES) == 250, "249 of ISO 3166-1 and Kosovo (XK), which issues passports"


@given(st.sampled_from(list(IdentityKind)), st.text(max_size=30), st.text(max_size=3) | st.none())
def test_any_input_is_taken_or_refused_by_name(kind, raw, country):
    try:
        stored = normalise(kind, raw, TODAY, country)
    except (IdNumberInvalid, PassportInvalid, CountryMissing):
        return
    assert normalise(kind, stored, TODAY, country) == stored


def is_taken(kind: IdentityKind, raw: str) -> bool:
    try:
        normalise(kind, raw, TODAY)
    except IdNumberInvalid:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ａ１２３４５６７８９", "A123456789"),
        ("a800000014", "A800000014"),
        ("vn-c1234567", "VN-C1234567"),
        (" ＶＮ-C1234567 ", "VN-C1234567"),
    ],
)
def test_a_number_says_itself_what_it_is(typed, stored):
    assert read(typed, TODAY) == stored


@pytest.mark.parametrize("typed", ["C1234567", "QQ-C1234567", "VN-C12", "VN-", "A123456788", ""])
def test_what_says_nothing_is_refused(typed):
    with pytest.raises(IdNumberInvalid):
        read(typed, TODAY)


def test_a_kept_passport_has_its_country_before_it_and_is_read_again():
    number = kept(PASSPORT, "ｃ123 4567", TODAY, "vn")
    assert number == "VN-C1234567" == read(number, TODAY)
    assert kept(NATIONAL, "a123456789", TODAY, "VN") == "A123456789"
    with pytest.raises(CountryMissing):
        kept(PASSPORT, "C1234567", TODAY)
