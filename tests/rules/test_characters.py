"""What people type is kept; what only a program puts into a text is refused."""

from __future__ import annotations

import pytest

from app.rules.characters import are_typed


@pytest.mark.parametrize(
    "text",
    ["", "　　第一段", "桃園市\u00a0龍潭區", "\ue000", "\U000f1234", "\U00031350", "\U0002ebf0", "葛󠄀", "👩‍⚖️", "مرحبا"],
)
def test_what_people_type_is_kept(text: str) -> None:
    assert are_typed(text)


@pytest.mark.parametrize(
    "text", ["a\0", "a\x1b", "\ud800", "a\nb", "\t", "\u2028", "\u202egpj", "\u200b", "\ufeff", "\uffff"]
)
def test_what_a_program_puts_there_is_not(text: str) -> None:
    assert not are_typed(text)


def test_line_ends_where_a_text_has_several_lines() -> None:
    assert are_typed("a\r\nb", also="\r\n") and not are_typed("a\r\nb\0", also="\r\n")
