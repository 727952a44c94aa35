"""Why nothing more is done about a message that did not arrive."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l


class AlreadyHandled(RuleError):
    """A colleague was quicker."""

    sentence = _l("本則通知已由%(officer)s於%(time)s處理（%(state)s），您的內容未儲存。")
    status = 409


class LinkGone(RuleError):
    """A one-time link is not kept once sending has failed."""

    sentence = _l("本則通知含一次性連結，連結已失效，無法再次寄送。請申請人於入口網重新申請，或以電話告知。")
    status = 409


class ArrivedBySms(RuleError):
    """The SMS of the same message has arrived: nothing is left to do."""

    sentence = _l("同一通知之簡訊已送達（%(time)s傳送），本則無須再處理。")
    status = 409


class NewerSent(RuleError):
    """Somebody who got the older message after the newer one would be misled."""

    sentence = _l("同一案件已有較新的通知，再次寄送本則將造成誤會。請改以電話告知或處理較新的通知。")
    status = 409


class VisitOver(RuleError):
    """A reminder of a visit that has begun helps nobody."""

    sentence = _l("接見時間已過，再次寄送提醒已無意義。請改以電話告知。")
    status = 409


class NoteNeeded(RuleError):
    """Who was told, and what, has to be written down."""

    sentence = _l("請填寫電話告知情形，例如告知對象及時間（至多%(longest)s個字）。")
