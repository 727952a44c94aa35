"""Closed sets of words that only the back office and its neighbours use (WORDING §4)."""

from __future__ import annotations

from app.i18n import _l
from app.rules.vocabulary import Word


class NoticeKind(Word):
    """What stands on the portal's front page."""

    NOTICE = "notice", _l("訊息公告")
    PROCEDURE = "procedure", _l("申辦流程")


class ApiScope(Word):
    """What a key of another system may do."""

    INMATES = "inmates", _l("匯入收容人資料")
    RECOGNITION = "recognition", _l("傳送辨識結果")


class RecognitionVerdict(Word):
    """辨識結果."""

    MATCH = "match", _l("相符")
    MISMATCH = "mismatch", _l("不相符")
    NOT_COMPARED = "not_compared", _l("未比對")


class RecognitionSource(Word):
    """How a result of a comparison came in."""

    API = "api", _l("系統介接")
    UPLOAD = "upload", _l("人工上傳")


class ImportSource(Word):
    """How a delivery of inmates came in."""

    FILE = "file", _l("檔案上傳")
    API = "api", _l("系統介接")


class ImportState(Word):
    """Life of a delivery of inmates."""

    RECEIVED = "received", _l("待檢核")
    CHECKING = "checking", _l("檢核中")
    FAULTY = "faulty", _l("有錯誤")
    READY = "ready", _l("待確認匯入")
    APPLIED = "applied", _l("已匯入")
    ABANDONED = "abandoned", _l("已放棄")


class StagedAct(Word):
    """What taking a line in will do."""

    ADD = "add", _l("新增")
    CHANGE = "change", _l("異動")
    LEAVE = "leave", _l("離開本機關")
    NOTHING = "nothing", _l("無異動")


class WorkKind(Word):
    """What has happened to an inmate that somebody's visit, grant or entry depends on."""

    MOVED = "moved", _l("收容人已移監")
    RELEASED = "released", _l("收容人已出監（所）")
    RESTRICTED = "restricted", _l("收容人新增接見限制")
    FREED = "freed", _l("收容人接見限制已解除")
