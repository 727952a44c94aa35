"""查閱用途: why an officer has to see a person's data; written down, and told to the person."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules.vocabulary import Word

LONGEST_NOTE = 200


class LookPurpose(Word):
    """For what an officer opens somebody's data."""

    CASE = "case", _l("辦理申請案件")
    VISIT = "visit", _l("辦理預約或接見")
    BOOK = "book", _l("辦理聯絡簿")
    ENQUIRY = "enquiry", _l("答覆本人詢問")
    CORRECTION = "correction", _l("更正或補充資料")
    COMPLAINT = "complaint", _l("處理陳情或爭議")
    SECURITY = "security", _l("查證資安或冒用情形")


class SearchKind(Word):
    """By what a person is looked for: always the whole of it, never a part."""

    ID_NUMBER = "id_number", _l("身分證號（護照請加國別，例如VN-C1234567）")
    MOBILE = "mobile", _l("手機")
    MAIL = "mail", _l("電子郵件")
    NAME = "name", _l("姓名（全名）")
    INMATE = "inmate", _l("收容人（機關及呼號）")


class PurposeMissing(RuleError):
    """No purpose of the list was chosen."""

    sentence = _l("請選擇查閱用途。")


class NoteMissing(RuleError):
    """The purpose is not explained, or at too great length."""

    sentence = _l("請填寫用途說明（至多%(most)s字），例如案件編號或來電時間。")


@dataclass(frozen=True)
class Purpose:
    """A purpose of the list with what was added in words (personal data do not belong there)."""

    word: str
    note: str

    def check(self) -> None:
        """Raises ``RuleErrors`` with what is missing."""
        errors: list[RuleError] = []
        if self.word not in LookPurpose.values():
            errors.append(PurposeMissing("purpose"))
        if not 0 < len(self.note) <= LONGEST_NOTE:
            errors.append(NoteMissing("note", most=LONGEST_NOTE))
        if errors:
            raise RuleErrors(errors)
