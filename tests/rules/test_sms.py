"""How many parts an SMS has."""

from __future__ import annotations

import pytest

from app.rules.sms import length


@pytest.mark.parametrize(
    ("text", "places", "parts", "is_gsm"),
    [
        ("", 0, 0, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("a" * 306, 306, 2, True),
        ("a" * 307, 307, 3, True),
        ("€" * 80, 160, 1, True),
        ("中" * 70, 70, 1, False),
        ("中" * 71, 71, 2, False),
        ("中" * 134, 134, 2, False),
        ("中" * 135, 135, 3, False),
        ("a" * 70 + "中", 71, 2, False),
        ("𠮷" * 35, 70, 1, False),
        # 67 places hold 33 signs of two: one place of each part stays empty.
        ("𠮷" * 67, 134, 3, False),
    ],
)
def test_parts(text: str, places: int, parts: int, is_gsm: bool) -> None:
    found = length(text)
    assert (found.places, found.parts, found.is_gsm) == (places, parts, is_gsm)


def test_a_sign_of_two_places_is_not_cut_in_two() -> None:
    assert length("a" * 152 + "€" + "a" * 152).parts == 3
