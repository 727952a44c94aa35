"""Why a change of 辦公日曆 is not saved."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l
from app.rules.office_calendar import Reading


class NothingToChange(RuleError):
    """The calendar says all of it already."""

    sentence = _l("內容與現行辦公日曆相同，無須儲存。")


class DayNameTooLong(RuleError):
    """A day's name fits into a line."""

    sentence = _l("「名稱」至多%(n)s個字，且不含控制字元，請縮短。")


class DayOutOfReach(RuleError):
    """Nobody keeps a calendar for such a year."""

    sentence = _l("日期須在%(first)s年至%(last)s年之間，請重新輸入。")


class FileFaulty(RuleError):
    """The file has mistakes; nothing of it is saved."""

    sentence = _l("檔案有%(n)s項錯誤，全部未儲存。請依下表更正後重新選擇檔案。")

    def __init__(self, reading: Reading) -> None:
        super().__init__("file", n=reading.total)
        self.reading = reading
