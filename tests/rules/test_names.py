"""Names, mobile numbers and e-mail addresses: kept as typed where it matters, one form where it does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.names import MailInvalid, MobileInvalid, NameInvalid, clean_mail, clean_mobile, clean_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("李大同", "李大同"),
        ("李", "李"),
        ("  李\u3000大同 ", "李 大同"),
        ("𠮷田", "𠮷田"),
        ("王\U00031350", "王\U00031350"),  # newer than Python's Unicode tables
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\uf9d1月", "\uf9d1月"),  # a compatibility character is not replaced
        ("谷辣斯·尤達卡", "谷辣斯‧尤達卡"),
        ("谷辣斯 ・ 尤達卡", "谷辣斯‧尤達卡"),
        ("谷辣斯．尤達卡", "谷辣斯‧尤達卡"),
        ("John  Smith", "John Smith"),
        ("Ｊｏｈｎ", "John"),
        ("O'Brien-Núñez, Jr.", "O'Brien-Núñez, Jr."),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("陳〇明", "陳〇明"),
        ("สมชาย ใจดี", "สมชาย ใจดี"),
        ("李" * 50, "李" * 50),
    ],
)
def test_a_name_is_kept(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \u3000 ",
        "李" * 51,
        "李\n大同",
        "李\t大同",
        "李\x00大同",
        "李\u202e大同",
        "李\u200b大同",
        "\ufeff李大同",
        "李\ud800",
        "李大同1",
        "李○○",
        "<b>李</b>",
        "李大同😀",
        "‧",
        "-李",
        "\u0301李",
        "王\ue000",
    ],
)
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(NameInvalid) as refused:
        clean_name(typed)
    assert refused.value.field == "name"


def test_a_companions_name_is_refused_beside_its_own_field():
    with pytest.raises(NameInvalid) as refused:
        clean_name("1", field="companion_name")
    assert refused.value.field == "companion_name"


@given(st.text(max_size=60))
def test_a_clean_name_is_short_harmless_and_stays_as_it_is(typed):
    try:
        name = clean_name(typed)
    except NameInvalid:
        return
    assert 0 < len(name) <= 50
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") for character in name)
    assert clean_name(name) == name
    name.encode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912345678", "0912345678"),
        ("0912-345-678", "0912345678"),
        ("０９１２３４５６７８", "0912345678"),
        ("+886 912 345 678", "0912345678"),
        ("+886-0912345678", "0912345678"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+84 912 345 678", "+84912345678"),
        ("+1 202 555 0123", "+12025550123"),
    ],
)
def test_a_mobile_number_has_one_form(typed, kept):
    assert clean_mobile(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "091234567",
        "09123456789",
        "0223116105",
        "02-2311-6105",
        "+81 3-3580-3311",
        "0912345abc",
        "0912345678#12",
        "1234567890",
        "+999123456789",
    ],
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(MobileInvalid):
        clean_mobile(typed)


@given(st.from_regex(r"09[0-8][0-9]{7}", fullmatch=True))
def test_a_mobile_number_is_the_same_with_the_country_code(number):
    assert clean_mobile(number) == clean_mobile(f"+886{number[1:]}") == number


@given(st.text("0123456789+-() .#;ext", max_size=40))
def test_any_mobile_number_is_kept_for_good_or_refused(typed):
    try:
        kept = clean_mobile(typed)
    except MobileInvalid:
        return
    assert clean_mobile(kept) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("tyler@example.com", "tyler@example.com"),
        (" Tyler.W@EXAMPLE.com ", "Tyler.W@example.com"),
        ("lin+law@mail.example.org", "lin+law@mail.example.org"),
    ],
)
def test_a_mail_address_has_one_form(typed, kept):
    assert clean_mail(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tyler",
        "tyler@",
        "@example.com",
        "a@b@example.com",
        "林@example.com",
        "a b@example.com",
        "a@example.com\nBcc: b@example.com",
        "Tyler <tyler@example.com>",
        "tyler@localhost",
        f"{'a' * 65}@example.com",
    ],
)
def test_what_is_no_mail_address_is_refused(typed):
    with pytest.raises(MailInvalid) as refused:
        clean_mail(typed)
    assert refused.value.field == "mail"
