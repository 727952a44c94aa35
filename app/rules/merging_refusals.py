"""Why two accounts of an applicant cannot become one."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l


class SameAccount(RuleError):
    """Nobody is merged with himself."""

    sentence = _l("不可與同一個帳號合併，請選擇另一個帳號。")


class CannotMerge(RuleError):
    """One of the accounts is over, or the one that stays is not in use."""

    sentence = _l("併入之帳號須未停用、保留之帳號須為「使用中」，才能合併；資料未變更。")
    status = 409


class NumbersDiffer(RuleError):
    """Two ID numbers are two persons, unless somebody says why not."""

    sentence = _l("兩個帳號之身分證號不同。確為同一人時（例如統一證號換發），請勾選確認並於原因說明依據。")


class BoundTheOtherWay(RuleError):
    """What an officer has confirmed must not be given up for what nobody has."""

    sentence = _l("身分證號不同，且僅併入之帳號經機關確認身分。請改以該帳號為保留之帳號。")
    status = 409


class BothPending(RuleError):
    """Both accounts wait for the same decision."""

    sentence = _l("兩個帳號對同一收容人（%(inmate)s）均有審核中之「%(item)s」申請，請先審核或由申請人撤回其中一件。")
    status = 409


class BothArrive(RuleError):
    """Both accounts are booked for the same inmate at the same time."""

    sentence = _l("兩個帳號於%(time)s對同一收容人（%(inmate)s）均有預約，請先取消其中一件。")
    status = 409


class Clash(RuleError):
    """Something of both accounts collides that was not foreseen."""

    sentence = _l("合併期間兩個帳號之資料有異動，未合併。請重新查看後再試。")
    status = 409
