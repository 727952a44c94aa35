"""The words of the trail: who acts, on what, and what is done. What is not listed here is shown by its own name.

``tests/views/auditor/test_trail_words.py`` reads the services and names every event that lacks a word.
"""

from __future__ import annotations

from typing import Any

from app.i18n import _l

ACTORS: dict[str, Any] = {
    "staff": _l("機關人員"),
    "applicant": _l("申請人"),
    "anonymous": _l("未登入者"),
    "system": _l("系統"),
}

SUBJECTS: dict[str, Any] = {
    "service_application": _l("服務項目申請"),
    "service_grant": _l("取得之服務項目"),
    "reservation": _l("預約"),
    "notification": _l("通知"),
    "roster_edition": _l("清冊"),
    "applicant": _l("申請人"),
    "inmate": _l("收容人"),
    "attachment": _l("附件"),
    "ab_user": _l("機關人員"),
    "agency": _l("矯正機關"),
    "agency_parameter": _l("系統參數"),
    "calendar_day": _l("辦公日曆"),
    "message_template": _l("通知範本"),
    "privacy_notice": _l("個資聲明版本"),
    "rejection_reason": _l("不通過原因"),
    "audit_entry": _l("稽核軌跡"),
}

EVENTS: dict[str, Any] = {
    "applicant.register": _l("申請人註冊帳號"),
    "applicant.register_known": _l("以既有身分證號註冊"),
    "applicant.verify": _l("申請人完成帳號驗證"),
    "applicant.resend": _l("重新寄送驗證信"),
    "applicant.correct_mail": _l("更正註冊電子郵件"),
    "applicant.sign_in": _l("申請人登入"),
    "applicant.sign_in_failed": _l("申請人登入失敗"),
    "service_application.submit": _l("送出服務項目申請"),
    "service_application.opened": _l("開啟申請案件"),
    "service_application.approve": _l("申請審核通過"),
    "service_application.reject": _l("申請審核未通過"),
    "service_application.withdraw": _l("撤回申請"),
    "service_application.expire": _l("申請過期"),
    "reservation.book": _l("預約接見"),
    "reservation.review_list": _l("查看待審核預約清單"),
    "reservation.approve": _l("預約審核通過"),
    "reservation.reject": _l("預約審核未通過"),
    "reservation.change": _l("變更預約"),
    "reservation.cancel": _l("取消預約"),
    "reservation.lapse": _l("預約逾期未審核"),
    "reservation.close": _l("停止辦理，預約待改期"),
    "reservation.choose": _l("改期選定新時間"),
    "reservation.check_in": _l("接見報到"),
    "reservation.start": _l("開始接見"),
    "reservation.finish": _l("結束接見"),
    "reservation.no_show": _l("登記未到"),
    "reservation.refuse": _l("收容人拒絕接見"),
    "reservation.away": _l("收容人不在監（所）"),
    "inmate.looked_up": _l("查詢收容人"),
    "roster.download": _l("下載清冊"),
    "roster.print": _l("列印清冊"),
    "notification.failed": _l("通知未送達"),
    "officer.create": _l("新增機關人員帳號"),
    "officer.sign_in": _l("機關人員登入"),
    "officer.sign_in_failed": _l("機關人員登入失敗"),
    "parameter.change": _l("修改系統參數"),
    "agency.add": _l("新增機關資料"),
    "agency.edit": _l("修改機關資料"),
    "agency.delete": _l("刪除機關資料"),
    "calendar_day.add": _l("新增辦公日曆"),
    "calendar_day.edit": _l("修改辦公日曆"),
    "calendar_day.delete": _l("刪除辦公日曆"),
    "message_template.add": _l("新增通知範本"),
    "message_template.edit": _l("修改通知範本"),
    "message_template.delete": _l("刪除通知範本"),
    "rejection_reason.add": _l("新增不通過原因"),
    "rejection_reason.edit": _l("修改不通過原因"),
    "rejection_reason.delete": _l("刪除不通過原因"),
    "audit.listed": _l("稽核人員查詢清單"),
    "audit.viewed": _l("稽核人員檢視明細"),
}

#: Names of values that are more than a column of their record.
FACTS: dict[str, Any] = {
    "state": _l("狀態"),
    "reason": _l("不通過原因"),
    "code": _l("參數類別"),
    "value": _l("參數值"),
    "roles": _l("角色"),
    "visit_on": _l("接見日期"),
    "edition": _l("版次"),
    "rows": _l("筆數"),
    "name": _l("名稱"),
    "full_name": _l("全名"),
    "phone": _l("電話"),
    "address": _l("地址"),
    "username": _l("帳號名稱"),
}
