"""Masks: what stays readable, and that nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import masking
from app.rules.masking import CIRCLE, name_circle, name_middle


@pytest.mark.parametrize(
    ("name", "on_screens", "in_mails"),
    [
        ("李大同", "李○○", "李○同"),
        ("陳志達", "陳○○", "陳○達"),
        ("陳達", "陳○", "陳○"),
        ("李", "○", "○"),
        ("歐陽志達", "歐陽○○", "歐陽○達"),
        ("歐陽達", "歐陽○", "歐陽○"),
        ("歐陽", "歐○", "歐○"),
        ("司馬光", "司馬○", "司馬○"),
        ("諸葛孔明", "諸葛○○", "諸葛○明"),
        ("李王大同", "李○○○", "李○○同"),
        ("𠮷田𠮷", "𠮷○○", "𠮷○𠮷"),
        ("葛\U000e0100城武", "葛\U000e0100○○", "葛\U000e0100○武"),
        ("谷辣斯‧尤達卡", "谷○○‧○○○", "谷○○‧○○卡"),
        ("王大明 John", "王○○ ○○○○", "王○○ ○○○n"),
        ("John Smith", "J○ S○", "J○ S○"),
        ("Nguyễn Thị Ánh", "N○ T○ Á○", "N○ T○ Á○"),
        ("A\u0301nh", "A\u0301○", "A\u0301○"),
        ("สมชาย ใจดี", "ส○ ใ○", "ส○ ใ○"),
        ("", "", ""),
    ],
)
def test_names_keep_what_the_manual_keeps(name, on_screens, in_mails):
    assert name_circle(name) == on_screens
    assert name_middle(name) == in_mails


def test_the_circle_is_the_one_circle():
    assert {CIRCLE} == set(name_circle("李大同")[1:]) == {"\u25cb"}


@pytest.mark.parametrize(
    ("number", "masked"),
    [("A123456789", "A12345****"), ("AB123", "A****"), ("1234", "****"), ("12", "**"), ("", "")],
)
def test_an_id_number_loses_its_last_four(number, masked):
    assert masking.id_number(number) == masked


@pytest.mark.parametrize(
    ("address", "for_officers", "for_the_applicant"),
    [
        ("tyler@example.com", "ty*****@example.com", "ty*****"),
        ("tyl@example.com", "ty*****@example.com", "ty*****"),
        ("ty@example.com", "t*****@example.com", "t*****"),
        ("t@example.com", "*****@example.com", "*****"),
        ("tyler", "ty*****", "ty*****"),
        ("", "", ""),
    ],
)
def test_a_mail_address_keeps_two_characters_and_hides_its_length(address, for_officers, for_the_applicant):
    assert masking.mail(address) == for_officers
    assert masking.mail_start(address) == for_the_applicant


@pytest.mark.parametrize(
    ("number", "masked"),
    [("0912345678", "0912***678"), ("+819012345678", "+819******678"), ("119", "***"), ("", "")],
)
def test_a_mobile_number_loses_its_middle(number, masked):
    assert masking.mobile(number) == masked


han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.characters(
    min_codepoint=0x20000, max_codepoint=0x2A6DF
)


@given(st.text(han, min_size=1, max_size=50))
def test_a_masked_name_keeps_its_length_and_shows_only_its_ends(name):
    for masked in (name_circle(name), name_middle(name)):
        assert len(masked) == len(name)
        assert CIRCLE in masked
        assert all(shown in (CIRCLE, letter) for shown, letter in zip(masked, name, strict=True))
    assert set(name_circle(name)[2:]) <= {CIRCLE}
    assert set(name_middle(name)[2:-1]) <= {CIRCLE}


@given(st.text(max_size=50))
def test_any_name_has_a_mask_without_stars_of_its_own(name):
    for masked in (name_circle(name), name_middle(name)):
        assert masked.count("*") <= name.count("*")
        letters = [character for character in name if character.isalpha()]
        assert not letters or CIRCLE in masked


@given(st.text("ABCDEFGHIJ0123456789", min_size=5, max_size=20))
def test_an_id_number_always_shows_its_start_and_never_its_end(number):
    masked = masking.id_number(number)
    assert len(masked) == len(number)
    assert masked[-4:] == "****"
    assert masked[:-4] == number[:-4] != ""


@given(st.from_regex(r"[a-z0-9.]{1,30}@[a-z]{1,10}\.tw", fullmatch=True))
def test_a_mail_mask_never_shows_the_whole_name(address):
    name, _, domain = address.partition("@")
    shown, _, shown_domain = masking.mail(address).partition("@")
    assert shown_domain == domain
    assert shown.endswith("*****")
    assert len(shown.rstrip("*")) < len(name)
    assert len(shown) <= 7


@given(st.from_regex(r"09[0-9]{8}", fullmatch=True))
def test_a_mobile_mask_shows_seven_of_ten(number):
    masked = masking.mobile(number)
    assert (masked[:4], masked[4:7], masked[7:]) == (number[:4], "***", number[7:])
