"""Why a closure (停止辦理接見) cannot be entered, lifted or extended: one error for each rule, with the way out."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l


class SpanMissing(RuleError):
    """A first and a last day have to be given."""

    sentence = _l("請輸入停止辦理之起日及迄日，例如2026/03/10；時間空白者，以全日計。")


class SpanCrossed(RuleError):
    """It would end before it begins."""

    sentence = _l("停止辦理之迄日時間須晚於起日時間，請重新輸入。")


class SpanPast(RuleError):
    """It would be over already, or begin before today."""

    sentence = _l("停止辦理期間已過，或起日早於今日。請輸入今日以後之期間。")


class SpanTooLong(RuleError):
    """Longer, or farther ahead, than one closure may be."""

    sentence = _l("單次停止辦理以%(days)s天為限，且起日須在一年以內。請確認日期，或分次登記。")


class ReasonMissing(RuleError):
    """Bookers are told why."""

    sentence = _l("請選擇常用原因或填寫原因；原因將公開並通知預約人。")


class ReasonTooLong(RuleError):
    """The reason does not fit."""

    sentence = _l("原因合計至多%(longest)s個字，目前%(n)s個字，請縮短。")


class AnswerBy(RuleError):
    """The deadline lies behind, or too far ahead."""

    sentence = _l("回覆期限須晚於現在，且在%(days)s天以內，例如2026/03/17（當日17:00截止）。")


class NotLater(RuleError):
    """Extending makes a deadline later."""

    sentence = _l("延長後之回覆期限須晚於原期限（%(before)s）。")


class NothingToStop(RuleError):
    """The agency holds no visits then anyway."""

    sentence = _l("該期間本即不辦理所選類型之接見（放假日或無接見時段），無須登記停止辦理。")


class ClosureOverlaps(RuleError):
    """Another closure of the same kind, or of all kinds, covers part of it."""

    sentence = _l("該期間已登記停止辦理：%(period)s，原因：%(reason)s。請調整期間，或先恢復原登記。")
    status = 409


class AlreadyReopened(RuleError):
    """There is nothing left to lift or to extend."""

    sentence = _l("本件已恢復辦理，無須再次處理。請重新整理後確認最新資料。")
    status = 409


class ClosureOver(RuleError):
    """The time of the closure has passed: nothing can take place in it any more."""

    sentence = _l("停止辦理期間已過，無法恢復辦理。尚未回覆之預約，可延長回覆期限。")
    status = 409


class VisitsStopped(RuleError):
    """A lawyer announces an arrival in a time in which the agency holds no visits."""

    sentence = _l("%(agency)s於%(period)s因%(reason)s停止辦理接見。請改選其他日期或時間，最近可預約日期為%(next)s。")
