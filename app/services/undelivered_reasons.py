"""Why a message did not arrive, in words for officers."""

from __future__ import annotations

from typing import Any

from app.i18n import _l
from app.rules.vocabulary import Channel, MessageState
from models import Notification


def reason_in_words(message: Notification) -> Any:
    """Why a message did not arrive, without anybody's address."""
    error = (message.last_error or "").lower()
    if message.state == MessageState.UNKNOWN:
        return _l("傳送途中斷線，無法確認對方是否收到")
    reasons = _SMS_REASONS if message.channel is Channel.SMS else _REASONS
    return next((words for signs, words in reasons if any(sign in error for sign in signs)), _l("未送達"))


#: The same for the gateway's answers and our own words about an SMS.
_SMS_REASONS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("its time is over",), _l("寄送時效已過，未再寄送")),
    (("refused by the gateway", "not a mobile"), _l("簡訊業者拒收，手機號碼可能有誤")),
    (("receipt",), _l("簡訊業者回報未送達")),
    (("after the request",), _l("傳送途中斷線，無法確認對方是否收到")),
    (("gave up",), _l("多次嘗試仍無法由簡訊業者送出")),
)
#: Signs in a server's complaint, the plainest first, and what they mean.
_REASONS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("its time is over",), _l("寄送時效已過，未再寄送")),
    (("5.2.2", "552", "full", "quota"), _l("對方信箱已滿")),
    (("5.1.1", "5.1.2", "550", "551", "553", "no such user", "unknown user"), _l("對方信箱不存在或拒收，地址可能有誤")),
    (("not one plain address", "malformed", "encoded"), _l("電子郵件地址格式不正確")),
    (("5.7", "554", "spam", "policy", "blocked"), _l("對方郵件主機拒收")),
    (("unknown", "dropped", "no answer", "after data"), _l("傳送途中斷線，無法確認對方是否收到")),
    (("timed out", "timeout", "refused", "unreachable", "connect"), _l("多次嘗試仍無法連線至郵件主機")),
    (("421", "450", "451", "452", "4."), _l("對方郵件主機多次暫時拒收")),
)
