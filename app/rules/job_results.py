"""What a job has done, in the reader's words; it is kept as ``drafts=3; files without a row=1``."""

from __future__ import annotations

from typing import Any

from app.i18n import _, _l

#: What jobs count, in words (tests/views/messages/test_job_pages.py runs each job and looks).
COUNTS: dict[str, Any] = {
    "unverified accounts": _l("未驗證帳號"),
    "drafts": _l("申請草稿"),
    "files without a row": _l("無主檔案"),
    "sessions": _l("登入紀錄"),
    "counters": _l("次數計數"),
    "bookings not reviewed": _l("逾期未審核預約"),
    "checked deliveries": _l("檢核之收容人資料"),
    "forgotten deliveries": _l("逾時放棄之收容人資料"),
    "erased deliveries": _l("已清除之收容人資料"),
    "message_bodies": _l("通知內容"),
    "rosters": _l("清冊"),
    "visit_records": _l("接見登記資料"),
    "accounts": _l("帳號"),
    "recognition_captures": _l("接見照片"),
    "trail_values": _l("稽核軌跡內容"),
}


def words(result: str | None, is_failed: bool) -> str:
    """The result of a run that is over."""
    if is_failed:
        return _("失敗：%(error)s（詳情請查系統紀錄檔）", error=result)
    if not result:
        return _("完成，無須處理")
    parts = [part.partition("=") for part in result.split("; ")]
    said = [f"{COUNTS.get(name, name)} {number}" if number else _("%(n)s件", n=name) for name, _is, number in parts]
    return _("完成：%(what)s", what=_("、").join(said))
