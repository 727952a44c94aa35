"""Which message goes by which channel, and how long a place of an SMS may be."""

from __future__ import annotations

import pytest

from app.rules.channels import LONGEST_PLACE, goes_with_mail, shortened


@pytest.mark.parametrize(
    ("event", "prefers_sms", "mail_comes_back", "goes"),
    [
        ("booking_approved", False, False, True),
        ("booking_cancelled_by_agency", False, False, True),
        ("booking_received", False, False, False),
        ("booking_received", True, False, True),
        ("reminder", False, True, True),
        ("grant_expiring", False, False, False),
    ],
)
def test_which_sms_goes_with_its_mail(event: str, prefers_sms: bool, mail_comes_back: bool, goes: bool) -> None:
    assert goes_with_mail(event, prefers_sms, mail_comes_back) is goes


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("桃園女子監獄", "桃園女子監獄"), (" 一\n 二 ", "一 二"), ("字" * 30, "字" * 30), ("字" * 31, "字" * 29 + "…")],
)
def test_a_place_is_one_short_line(typed: str, shown: str) -> None:
    assert shortened(typed) == shown and len(shown) <= LONGEST_PLACE
