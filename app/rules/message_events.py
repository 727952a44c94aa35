"""通知範本: which messages there are, and which places their texts may have.

``EVENTS`` is the one declaration: tests hold it against every queued message and against the seeded texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import _l
from app.rules.vocabulary import Channel

#: What a log shows in the place of a live link; nobody may write it into a text by hand.
HIDDEN_LINK = "［連結不顯示］"
#: The same for a code in an SMS.
HIDDEN_CODE = "［驗證碼不顯示］"
#: One-time values: in the body only, and in no log.
LIVE = ("link", "code")
#: What an SMS never says (WORDING §7): an inmate's name, a link, who comes along.
NOT_IN_SMS = ("inmate", "companions", "old", "new", "link", "address", "papers")


@dataclass(frozen=True)
class Place:
    """What stands in a place ``%(name)s``, with a sample for each language."""

    label: Any
    sample: str
    english: str


PLACES: dict[str, Place] = {
    "agency": Place(_l("機關名稱"), "桃園女子監獄", "桃園女子監獄"),
    "phone": Place(_l("機關電話"), "03-319-1119", "03-319-1119"),
    "address": Place(_l("機關地址"), "桃園市龜山區長壽路2號", "桃園市龜山區長壽路2號"),
    "inmate": Place(_l("收容人姓名（遮蔽）"), "黃○萍", "黃○萍"),
    "relation": Place(_l("與收容人關係"), "律師", "Lawyer"),
    "until": Place(_l("有效期限"), "2027/03/02", "2027/03/02"),
    "reason": Place(_l("原因"), "委任狀未簽名或未載明案由", "Mandate unsigned"),
    "kind": Place(_l("接見類型"), "預約律師現場接見", "Lawyer visit on site"),
    "date": Place(_l("接見日期"), "2026-03-10(星期二)", "2026-03-10 (Tue)"),
    "time": Place(_l("時間"), "09:30", "09:30"),
    "companions": Place(_l("其他接見人"), "林學律", "林學律"),
    "number": Place(_l("預約編號"), "L260310-4K7PQT", "L260310-4K7PQT"),
    "item": Place(_l("服務項目"), "律師接見服務項目", "Lawyer visits"),
    "papers": Place(_l("須補正之文件"), "委任狀.pdf：未簽名", "mandate.pdf: unsigned"),
    "before": Place(_l("原有效期限"), "2026/12/31", "2026/12/31"),
    "days": Place(_l("尚餘天數"), "7", "7"),
    "state": Place(_l("狀態"), "待審核", "Waiting for review"),
    "item_results": Place(
        _l("各服務項目之審核結果"),
        "預約現場接見：審核通過（有效期限：2027/03/02）",
        "On-site visit: Approved (until 2027/03/02)",
    ),
    "old": Place(_l("原預約"), "2026-03-10(星期二) 09:30", "2026-03-10 (Tue) 09:30"),
    "new": Place(_l("新預約"), "2026-03-11(星期三) 10:00", "2026-03-11 (Wed) 10:00"),
    "capacity": Place(_l("同行身分"), "學習律師", "Trainee lawyer"),
    "by": Place(_l("辦理人"), "陳律師", "陳律師"),
    "hours": Place(_l("時數"), "24", "24"),
    "minutes": Place(_l("分鐘數"), "30", "30"),
    "how": Place(
        _l("行動或遠距接見辦理方式（其他參數）"),
        "機關以您登記之聯絡方式所通知之連線方式",
        "機關以您登記之聯絡方式所通知之連線方式",
    ),
    "title": Place(_l("標題"), "給爸爸的生日祝福", "Happy birthday, Dad"),
    "next": Place(_l("下次可發佈日期"), "2026/03/13", "2026/03/13"),
    "period": Place(_l("停止辦理期間"), "2026-03-10(星期二)全日", "2026-03-10 (Tue), all day"),
    "alternatives": Place(_l("可改約時段"), "2026-03-12(星期四) 09:00", "2026-03-12 (Thu) 09:00"),
    "deadline": Place(_l("回覆期限"), "2026年3月10日（星期二）17:00", "Tuesday, 10 March 2026, 17:00"),
    "mail": Place(_l("電子郵件（遮蔽）"), "ty*****@example.com", "ty*****@example.com"),
    "mobile": Place(_l("手機（遮蔽）"), "0912***678", "0912***678"),
    "account": Place(_l("機關人員帳號"), "officer", "officer"),
    "fields": Place(_l("更正之項目"), "姓名、地址", "name, address"),
    "link": Place(_l("一次性連結"), HIDDEN_LINK, HIDDEN_LINK),
    "code": Place(_l("一次性驗證碼"), HIDDEN_CODE, HIDDEN_CODE),
}


@dataclass(frozen=True)
class Event:
    """One kind of message: what it is about, the places that it offers, and those that it cannot do without."""

    name: str
    label: Any
    places: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    #: Whether it speaks to lawyers, whom no text may send away (監獄行刑法 §72).
    is_lawyers: bool = False

    def offered(self, channel: Channel) -> tuple[str, ...]:
        """The places of a body on this channel."""
        hidden = NOT_IN_SMS if channel is Channel.SMS else ()
        return tuple(name for name in self.places if name not in hidden)


_CASE = ("agency", "inmate", "relation")
_FAMILY = (*_CASE, "until", "reason", "item_results", "papers", "state")
_GRANT = ("agency", "inmate", "item", "until")
_VISIT = ("agency", "address", "inmate", "kind", "date", "time", "companions", "number", "state", "minutes", "how")
_ENTRY = ("agency", "state", "title", "date", "next")
_WHEN = ("agency", "date", "time")
_CLOSED = (*_VISIT, "reason", "period")
_STOPPED = ("agency", "reason", "period")
_CHANGED = (*_VISIT, "old", "new", "by", "reason")
#: In the order in which headquarters finds them. A new message needs a line here.
EVENTS: dict[str, Event] = {
    event.name: event
    for event in (
        Event("verify", _l("註冊帳號驗證"), ("hours", "link"), ("link",)),
        Event("registered_before", _l("註冊：身分證號已有帳號")),
        Event("address_known", _l("註冊：電子郵件已有帳號")),
        Event("password", _l("密碼重設"), ("minutes", "link"), ("link",)),
        Event("password_changed", _l("密碼已變更")),
        Event("mail_change", _l("電子郵件變更確認"), ("agency", "hours", "link"), ("link",)),
        Event("mail_change_told", _l("電子郵件變更通知（原信箱）"), ("agency", "mail"), ("mail",)),
        Event("mail_changed", _l("電子郵件已變更"), ("time", "mail")),
        Event(
            "staff_mail_changed",
            _l("機關人員電子郵件已變更（原信箱）"),
            ("account", "time", "mail", "by"),
            ("account", "mail"),
        ),
        Event("mobile_change", _l("手機號碼變更確認"), ("agency", "mobile", "days"), ("mobile",)),
        Event("mobile_changed", _l("手機號碼已變更"), ("mobile",)),
        Event("data_corrected", _l("個人資料已由機關更正"), ("fields",), ("fields",)),
        Event("account_locked", _l("帳號鎖定")),
        Event("account_unlocked", _l("帳號解除鎖定")),
        Event("account_merged", _l("帳號合併"), ("mail", "time"), ("mail",)),
        Event("second_factor_on", _l("兩步驟驗證已開啟"), ("time",)),
        Event("second_factor_off", _l("兩步驟驗證已關閉"), ("time",)),
        Event("second_factor_codes", _l("備用碼已更新"), ("time",)),
        Event("lawyer_approved", _l("律師接見服務項目審核通過"), (*_CASE, "until", "reason"), ("agency",), True),
        Event("lawyer_rejected", _l("律師接見服務項目審核未通過"), (*_CASE, "reason"), ("agency", "reason"), True),
        Event(
            "lawyer_rejected_papers",
            _l("律師接見服務項目審核未通過（須補正文件）"),
            (*_CASE, "reason", "papers"),
            ("agency", "reason", "papers"),
            True,
        ),
        Event("lawyer_approval_undone", _l("撤銷審核通過，重新審核"), (*_CASE, "reason"), ("agency", "reason"), True),
        Event("lawyer_rejection_undone", _l("撤銷審核未通過，重新審核"), (*_CASE, "reason"), ("agency",), True),
        Event("family_approved", _l("家屬服務項目審核通過"), _FAMILY, ("agency", "item_results")),
        Event(
            "family_decided", _l("家屬服務項目審核結果（有未通過項目）"), _FAMILY, ("agency", "item_results", "reason")
        ),
        Event(
            "family_decided_papers",
            _l("家屬服務項目審核結果（須補正文件）"),
            _FAMILY,
            ("agency", "item_results", "reason", "papers"),
        ),
        Event("family_approval_undone", _l("家屬服務項目核准結果已撤銷"), (*_CASE, "reason"), ("agency", "reason")),
        Event("family_rejection_undone", _l("家屬服務項目未通過結果已撤銷"), (*_CASE, "reason"), ("agency", "reason")),
        Event("grant_suspended", _l("服務項目暫停使用"), (*_GRANT, "reason"), ("agency", "reason"), True),
        Event("grant_resumed", _l("服務項目恢復使用"), (*_GRANT, "reason"), ("agency",), True),
        Event("grant_revoked", _l("服務項目廢止"), (*_GRANT, "reason"), ("agency", "reason"), True),
        Event("grant_reinstated", _l("服務項目廢止處理已撤銷"), (*_GRANT, "reason"), ("agency",), True),
        Event("grant_confirmed", _l("服務項目確認"), (*_GRANT, "reason"), ("agency",), True),
        Event("grant_end_changed", _l("服務項目有效期限變更"), (*_GRANT, "before", "reason"), ("until",), True),
        Event("grant_expiring", _l("服務項目到期提醒"), (*_GRANT, "days"), ("agency", "until"), True),
        Event("booking_received", _l("預約接見已受理"), _VISIT, _WHEN, True),
        Event("booking_approved", _l("預約接見審核通過"), (*_VISIT, "reason"), _WHEN, True),
        Event("booking_rejected", _l("預約接見審核未通過"), (*_VISIT, "reason"), ("agency", "date", "reason"), True),
        Event("booking_changed", _l("預約接見異動"), _CHANGED, ("agency", "new"), True),
        Event("booking_changed_by_agency", _l("預約接見由機關異動"), _CHANGED, ("agency", "new", "reason"), True),
        Event("booking_cancelled", _l("預約接見取消"), (*_VISIT, "by", "reason"), _WHEN, True),
        Event(
            "booking_cancelled_by_agency",
            _l("預約接見由機關取消"),
            (*_VISIT, "by", "reason"),
            (*_WHEN, "reason"),
            True,
        ),
        Event("booking_lapsed", _l("預約接見未及審核"), _VISIT, _WHEN, True),
        Event("family_booking_received", _l("家屬預約接見已受理"), _VISIT, _WHEN),
        Event("family_booking_approved", _l("家屬預約接見審核通過"), (*_VISIT, "reason"), _WHEN),
        Event(
            "family_booking_rejected", _l("家屬預約接見審核未通過"), (*_VISIT, "reason"), ("agency", "date", "reason")
        ),
        Event("family_booking_cancelled", _l("家屬預約接見取消"), (*_VISIT, "by", "reason"), _WHEN),
        Event("family_booking_lapsed", _l("家屬預約接見逾期未審核"), _VISIT, _WHEN),
        Event("closure", _l("停止辦理接見"), (*_CLOSED, "alternatives", "deadline"), (*_STOPPED, "deadline")),
        Event("lawyer_closure", _l("停止辦理接見（律師）"), (*_CLOSED, "alternatives"), _STOPPED, True),
        Event("closure_extended", _l("停止辦理接見：延長回覆期限"), (*_CLOSED, "deadline"), ("agency", "deadline")),
        Event("closure_reopened", _l("恢復辦理接見"), _CLOSED, _WHEN, True),
        Event("closure_ended", _l("停止辦理接見：逾期未改期"), _CLOSED, ("agency", "date")),
        Event("lawyer_closure_ended", _l("停止辦理接見：原預約結束（律師）"), _CLOSED, ("agency", "date"), True),
        Event("mobile_booking_received", _l("律師行動接見預約已受理"), _VISIT, _WHEN, True),
        Event("mobile_booking_approved", _l("行動接見預約審核通過"), (*_VISIT, "reason"), (*_WHEN, "how"), True),
        Event("remote_booking_approved", _l("遠距接見預約審核通過"), (*_VISIT, "reason"), (*_WHEN, "how")),
        Event("mobile_arranged", _l("行動或遠距接見時間調整"), _VISIT, (*_WHEN, "minutes"), True),
        Event("mobile_join", _l("行動接見提醒及連線方式"), _VISIT, (*_WHEN, "how"), True),
        Event("companion_named", _l("同行接見：列為其他接見人"), (*_VISIT, "by", "capacity"), _WHEN, True),
        Event("companion_released", _l("同行接見：不再列為其他接見人"), (*_VISIT, "by", "capacity"), ("agency",), True),
        Event("visit_refused", _l("收容人不願接見"), (*_VISIT, "by"), _WHEN, True),
        Event("visit_inmate_away", _l("收容人當日不在機關"), (*_VISIT, "by"), _WHEN, True),
        Event("visit_no_show", _l("登記為當日未到"), (*_VISIT, "by"), _WHEN, True),
        Event("reminder", _l("接見提醒"), _VISIT, _WHEN, True),
        Event("entry_approved", _l("家庭聯絡簿審核通過"), _ENTRY, ("state", "title")),
        Event("entry_rejected", _l("家庭聯絡簿審核未通過"), (*_ENTRY, "reason"), ("state", "title", "reason")),
        Event("entry_expired", _l("家庭聯絡簿已過期"), ("agency", "title", "date"), ("title",)),
        Event("mobile_code", _l("手機驗證碼（簡訊）"), ("code",), ("code",)),
        Event("tail", _l("信件結尾（有機關電話）"), ("agency", "phone")),
        Event("tail_plain", _l("信件結尾（無機關電話）")),
    )
}
#: Parts of every mail rather than mails: without a subject of their own.
TAILS = ("tail", "tail_plain")
