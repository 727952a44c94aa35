"""未送達通知處理 says in words why an SMS did not arrive, in no word of a mail."""

from __future__ import annotations

import pytest

from app.rules.vocabulary import Channel, MessageState
from app.services.undelivered_reasons import reason_in_words
from models import Notification


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("200 refused by the gateway", "手機號碼可能有誤"),
        ("the recipient is not a mobile number of Taiwan", "手機號碼可能有誤"),
        ("the receipt says that it did not arrive", "回報未送達"),
        ("gave up: 500 from the gateway", "多次嘗試"),
        ("gave up: its time is over", "時效已過"),
    ],
)
def test_a_reason_in_words(app: object, error: str, words: str) -> None:
    message = Notification(channel=Channel.SMS, state=MessageState.FAILED, last_error=error)
    assert words in str(reason_in_words(message)) and "郵件" not in str(reason_in_words(message))
