"""Errors named after rules: each carries one sentence that names the rule and the way out.

Rules and services raise them; doors show them. Nothing else decides what a refused reader is told.
"""

from __future__ import annotations

from typing import Any

from app.i18n import _l


class RuleError(Exception):
    """A rule of the product said no.

    ``sentence`` is the translated text with ``%(name)s`` places for ``values``; ``field`` names the form field
    beside which it is shown; ``status`` is the HTTP status of a page that shows nothing but this error.
    """

    sentence: Any = _l("系統暫時無法處理，資料未變更。")
    status = 422

    def __init__(self, field: str | None = None, **values: Any) -> None:
        super().__init__(type(self).__name__)
        self.field = field
        self.values = values

    def __str__(self) -> str:
        text = str(self.sentence)
        return text % self.values if self.values else text


class RuleErrors(RuleError):
    """Several rules said no at once; ``errors`` keeps them in the order of the form."""

    def __init__(self, errors: list[RuleError]) -> None:
        super().__init__()
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class NotFound(RuleError):
    """No such record, or not the reader's to see: the two read the same."""

    sentence = _l("查無此資料，或您無權查看。")
    status = 404


class NotAllowed(RuleError):
    """The reader is known and has no permission for this act."""

    sentence = _l("您沒有使用這項功能的權限。如有需要，請洽機關管理人員。")
    status = 403


class IllegalMove(RuleError):
    """The record's state does not allow this move."""

    sentence = _l("本件目前狀態為「%(state)s」，無法執行這項作業。請重新整理後再試。")
    status = 409


class Stale(RuleError):
    """Somebody changed the record between reading and saving."""

    sentence = _l("本件資料在您開啟後已有異動，您的內容未儲存。請重新整理後確認最新資料。")
    status = 409
