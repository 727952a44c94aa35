"""The picture, the voice and the question ask for the same kind of answer, leniently typed."""

from __future__ import annotations

import wave
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from app.adapters import captcha


def test_codes_use_the_alphabet_and_differ():
    codes = {captcha.new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(len(code) == 4 and set(code) <= set(captcha.ALPHABET) for code in codes)
    assert not set("01OIL5SZ") & set(captcha.ALPHABET)


@pytest.mark.parametrize("code", ["2K9A", "WWWW", "MMMM", "JJJJ"])
def test_the_picture_is_dark_on_white(code):
    picture = Image.open(BytesIO(captcha.picture(code)))
    assert (picture.format, picture.size) == ("PNG", (captcha.WIDTH_PIXELS, captcha.HEIGHT_PIXELS))
    greys = picture.convert("L").histogram()
    assert sum(greys[:80]) > 600  # ink of full strength: the package's own table leaves it pale
    assert sum(greys[230:]) > picture.width * picture.height / 2


def test_the_same_code_is_drawn_anew_each_time():
    assert captcha.picture("2K9A") != captcha.picture("2K9A")


def test_every_character_can_be_spoken():
    for start in range(0, len(captcha.ALPHABET), 4):
        with wave.open(BytesIO(captcha.spoken(captcha.ALPHABET[start : start + 4]))) as voice:
            assert voice.getnframes() / voice.getframerate() > 4


def test_many_may_ask_for_the_voice_at_once(monkeypatch):
    captcha._loaded_voice.cache_clear()
    with ThreadPoolExecutor(4) as people:
        assert all(len(voice) > 10_000 for voice in people.map(captcha.spoken, ["2K9A"] * 4))


def test_questions_ask_in_words_and_know_their_answer():
    numerals = {word: str(value) for value, word in enumerate("零一二三四五六七八九")}
    kinds = set()
    for _ in range(100):
        asked, answer = captcha.question()
        digits = [numerals[sign] for sign in str(asked).replace("請以數字", "") if sign in numerals]
        if "加" in str(asked):
            kinds.add("sum")
            assert str(sum(map(int, digits))) == answer
        else:
            kinds.add("copy")
            assert "".join(digits) == answer and len(answer) == 4
        assert not any(sign.isdigit() and sign.isascii() for sign in str(asked))
    assert kinds == {"sum", "copy"}


@pytest.mark.parametrize("typed", ["2K9A", "2k9a", " 2k 9A\t", "２Ｋ９Ａ", "2\u3000k9a"])
def test_typing_is_lenient(typed):
    assert captcha.matches("2K9A", typed)
    assert captcha.folded(typed) == "2K9A"


@pytest.mark.parametrize("typed", ["", " ", "2K9", "2K9AA", "2K9B", "\ud800", "2K9A" * 100_000])
def test_anything_else_is_wrong(typed):
    assert not captcha.matches("2K9A", typed)


def test_no_code_matches_nothing():
    assert not captcha.matches("", "")
