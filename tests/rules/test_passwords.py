"""Passwords of the portal: length, the commonest, and facts about oneself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RuleError
from app.rules.passwords import (
    COMMON_PASSWORDS,
    SHORTEST,
    PasswordCommon,
    PasswordPersonal,
    PasswordTooLong,
    PasswordTooShort,
    StaffPasswordKinds,
    check_portal_password,
    check_staff_password,
)

PERSONAL = ["A123456789", "李大同", "1961/03/10", "0912345678", "tyler.lin.tw@example.com", ""]


@pytest.mark.parametrize(
    "password", ["correct horse", "七個字不夠長八個", "k3!vQz0p", "x" * 127 + "y", "my-0912345678-dog"]
)
def test_a_good_password_is_taken(password):
    check_portal_password(password, PERSONAL)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("", PasswordTooShort),
        ("k3!vQz0", PasswordTooShort),
        ("k3!v" * 32 + "x", PasswordTooLong),
        ("12345678", PasswordCommon),
        ("PassWord1", PasswordCommon),
        ("1qaz@WSX", PasswordCommon),
        ("ji32k7au4a83", PasswordCommon),
        ("5201314520", PasswordCommon),
        ("        ", PasswordCommon),
        ("zzzzzzzzz", PasswordCommon),
        ("a123456789", PasswordCommon),
        ("19610310", PasswordPersonal),
        ("1961-03-10", PasswordPersonal),
        ("0912-345-678", PasswordPersonal),
        ("TYLER.LIN.TW@example.com", PasswordPersonal),
        ("TylerLinTw", PasswordPersonal),
    ],
)
def test_a_weak_password_is_refused_with_a_way_out(password, error):
    with pytest.raises(error) as refused:
        check_portal_password(password, PERSONAL)
    assert refused.value.field == "password"
    assert "%(" not in str(refused.value)
    assert "請" in str(refused.value)


def test_an_id_number_is_no_password():
    with pytest.raises(PasswordPersonal):
        check_portal_password("f131104093", ["F131104093"])


def test_punctuation_alone_is_equal_to_nobody():
    check_portal_password("!?#%&/()", ["", "@", "--"])


def test_the_list_holds_about_a_hundred_that_could_be_chosen():
    assert len(COMMON_PASSWORDS) >= 100
    assert {word for word in COMMON_PASSWORDS if len(word) < SHORTEST or word != word.lower()} == set()


@pytest.mark.parametrize("password", ["Ab3kAb3kAb3k", "ab3-ab3-ab3-", "夜間值班ab3ab3ab3"])
def test_twelve_characters_of_three_kinds_are_enough_for_staff(password):
    check_staff_password(password)


@pytest.mark.parametrize("password", ["abcdefghijé9", "abcdefghijÉ9", "abcdefghij…9"])
def test_only_ascii_and_chinese_make_a_kind(password):
    with pytest.raises(StaffPasswordKinds):
        check_staff_password(password)


@given(st.text(max_size=140), st.lists(st.text(max_size=20)))
def test_whatever_is_taken_keeps_the_rules(password, personal):
    try:
        check_portal_password(password, personal)
    except RuleError:
        return
    assert 8 <= len(password) <= 128
    assert password not in personal or not any(character.isalnum() for character in password)
