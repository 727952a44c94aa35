"""Sentences that are kept: they come back as they went, and text from outside is never taken for one."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from app.rules import inmate_columns, inmate_csv
from app.said import kept, read, said, visible
from tests.rules.test_inmate_csv import TODAY


@given(st.text(), st.integers())
def test_a_sentence_comes_back_as_it_went(word: str, number: int) -> None:
    sentence = said("不與第%(line)s行重複", line=number, word=word)
    assert read(kept(sentence)) == sentence


@given(st.text())
def test_text_from_outside_is_no_sentence(text: str) -> None:
    shown = visible(text)
    assert read(kept(shown)) == shown and shown.replace("\u3000", "").isprintable()


def test_it_is_put_into_the_words_of_whoever_reads(app: Flask) -> None:
    sentence = read(kept(said("不與第%(line)s行重複", line=7)))
    with app.test_request_context():
        assert str(sentence) == "不與第7行重複"
        with force_locale("en"):
            assert str(sentence) == "not the same as on line 7"


def test_every_fault_fits_its_column() -> None:
    name = max(inmate_columns.KNOWN, key=len)
    lines = [",".join(["?"] * len(inmate_columns.TEMPLATE)), ",".join(inmate_columns.TEMPLATE[:3]), f'"{name}']
    found = inmate_csv.read("\n".join([",".join(inmate_columns.TEMPLATE), *lines]).encode(), TODAY)
    assert found.fault_count > 10 and all(len(kept(fault.expected)) <= 200 for fault in found.faults)
