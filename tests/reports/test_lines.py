"""Lines: nothing lost, nothing too wide, no line begins with a full stop."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.fonts import drawable, widths
from reports.lines import typeset, wrap
from reports.text import cap, clean

TEXTS = st.text(alphabet="王大明，。（）「」 abcdefg09:.-\n", max_size=80)


@given(TEXTS)
def test_no_character_is_lost_and_no_line_is_too_wide(text):
    lines = wrap(text, 60, 10)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        hanging = widths(line)[-3:] if line else []  # 。」 after the last character, kept with it
        assert sum(widths(line)) - sum(hanging) <= 6000


@given(TEXTS)
def test_a_line_begins_with_no_closing_mark_unless_it_cannot_be_helped(text):
    for paragraph in text.split("\n"):
        for before, line in pairwise(wrap(paragraph, 60, 10)):
            nowhere_to_cut = all(b in "，。）」.:-" or a in "（「" for a, b in pairwise(before))
            assert line[:1] not in tuple("，。）」") or nowhere_to_cut


def test_chinese_breaks_anywhere_latin_words_do_not():
    assert wrap("一二三四五六七八", 60, 10) == ["一二三四五六", "七八"]
    assert wrap("一二三四 hello", 60, 10) == ["一二三四", "hello"]
    assert wrap("一二三四五六。七", 60, 10) == ["一二三四五", "六。七"]
    assert wrap("一二三四五（六）", 60, 10) == ["一二三四五", "（六）"]
    assert wrap("a" * 30, 60, 10)[0] == "a" * len(wrap("a" * 30, 60, 10)[0]) != "a" * 30


def test_lines_of_the_writer_are_kept():
    assert wrap("甲\r\n乙\n\n丙", 60, 10) == ["甲", "乙", "", "丙"]


def test_a_line_knows_its_width_in_points():
    [line] = typeset("一二", 60, 10)
    assert line.width == 20 and line.runs[0][1] == "一二"


def test_direction_marks_controls_and_variation_selectors_are_gone():
    assert clean("甲\u202e乙\u2066丙\u200b\x07葛\U000e0100\ufe0f\t丁") == "甲乙丙葛 丁"
    assert drawable("a\u202eb") == "ab"


def test_loose_accents_are_put_on_their_letters_and_compatibility_ideographs_stay():
    assert clean("Nguye\u0302\u0303n") == "Nguyễn"
    assert clean("\ufa0c") == "\ufa0c"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


def test_what_is_too_long_is_cut_where_one_can_see_it():
    assert cap("甲" * 400) == "甲" * 400
    assert cap("甲" * 401) == "甲" * 400 + "…（以下略，全文見系統）"
