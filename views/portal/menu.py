"""The portal's menu in the manual's words; the site map shows the same entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, request, url_for

from app.i18n import _l
from app.rules.family_items import applied_as
from app.rules.vocabulary import ServiceItem


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, its word, a sentence about it, the entries below it."""

    endpoint: str
    label: Any
    about: Any = ""
    children: tuple[Entry, ...] = field(default=())

    @property
    def href(self) -> str:
        return url_for(self.endpoint)

    @property
    def endpoints(self) -> set[str]:
        """This entry's page and all below it."""
        return {self.endpoint}.union(*(child.endpoints for child in self.children))


REGISTER = Entry("portal.register_notice", _l("註冊帳號"), _l("第一次使用者，請先註冊並完成電子郵件驗證。"))
LAWYER_APPLICATION = Entry(
    "portal.application_start",
    _l("律師接見服務項目申請"),
    _l("律師、辯護人等檢附證明文件，申請對特定收容人之律師接見服務項目。"),
)
FAMILY_APPLICATION = Entry(
    "portal.application_family_start",
    _l("服務項目申請"),
    _l("家屬及親友檢附證明文件，申請對特定收容人之接見預約及家庭聯絡簿。"),
)
STATUS = Entry("portal.applications", _l("服務項目狀態查詢"), _l("查看已送出申請之審核狀態及結果。"))
ONLINE_BOOKING = Entry(
    "portal.booking_kind", _l("線上預約接見"), _l("申請項目審核通過後，預約接見日期及預計到達時間。")
)
MY_BOOKINGS = Entry("portal.bookings", _l("預約紀錄查詢及異動"), _l("查看預約之審核狀態，變更或取消預約。"))
PUBLISH_ENTRY = Entry(
    "portal.entries", _l("發佈家庭聯絡簿"), _l("發佈照片或留言給收容人，經機關派員審核後交由收容人查閱。")
)
READ_AGENCY_BOOK = Entry(
    "portal.agency_messages_page", _l("查看機關聯絡簿"), _l("查看機關發佈給家屬的公告及訊息，並下載附件。")
)
MESSAGE_LOG = Entry("portal.messages", _l("簡訊電子郵件紀錄"), _l("查看本入口網傳送給您的訊息。"))
CHANGE_PASSWORD = Entry("portal.password_change", _l("變更密碼"), _l("變更登入密碼；變更後，其他裝置均會登出。"))
MY_SESSIONS = Entry("portal.my_sessions", _l("我的登入裝置"), _l("查看目前登入中的裝置，並登出不認識的裝置。"))
SECOND_FACTOR = Entry("portal.second_factor", _l("兩步驟驗證"), _l("登入時除密碼外，另以手機驗證碼確認身分（選用）。"))
SMS = Entry("portal.sms", _l("簡訊通知設定"), _l("驗證手機號碼，並選擇是否以簡訊接收通知。"))
LOOKS = Entry("portal.looks", _l("個人資料查閱紀錄"), _l("查看哪些機關人員於何時、為何查閱您的資料。"))

MENU = (
    Entry("portal.home", _l("首頁")),
    Entry("portal.account", _l("帳號與服務"), children=(REGISTER, FAMILY_APPLICATION, LAWYER_APPLICATION, STATUS)),
    Entry("portal.visits", _l("預約接見"), children=(ONLINE_BOOKING, MY_BOOKINGS)),
    Entry("portal.family_book", _l("家庭聯絡簿"), children=(PUBLISH_ENTRY, READ_AGENCY_BOOK)),
    Entry("portal.procedures", _l("訊息及流程公告")),
    Entry("portal.hours", _l("機關接見時段查詢")),
    Entry(
        "portal.other",
        _l("使用者其他功能"),
        children=(MESSAGE_LOG, SMS, CHANGE_PASSWORD, MY_SESSIONS, SECOND_FACTOR, LOOKS),
    ),
    Entry("portal.privacy_notice", _l("個資收集聲明")),
)
#: Pages without an entry of their own, by the entry under which they stand.
_BELOW = {
    "portal.application_": "portal.account",
    "portal.register": "portal.account",
    "portal.verif": "portal.account",
    "portal.booking_": "portal.visits",
    "portal.entry_": "portal.family_book",
    "portal.agency_": "portal.family_book",
    "portal.notice": "portal.procedures",
    "portal.second_factor": "portal.other",
    "portal.confirm_password": "portal.other",
    "portal.sms_": "portal.other",
    "portal.mobile_": "portal.other",
}


def start_of(item: ServiceItem) -> Entry:
    """Where an application for an item, or for the item of a grant, begins."""
    return FAMILY_APPLICATION if applied_as(item) is ServiceItem.FAMILY else LAWYER_APPLICATION


def shown_menu() -> tuple[Entry, ...]:
    """The entries that lead somewhere for this reader."""
    if g.get("applicant") is None:
        return tuple(entry for entry in MENU if entry.endpoint != "portal.other")
    return MENU


def shown_children(entry: Entry) -> tuple[Entry, ...]:
    """The entries below one; nobody who has an account is asked to register."""
    signed_in = g.get("applicant") is not None
    return tuple(child for child in entry.children if not (signed_in and child is REGISTER))


def is_current(entry: Entry) -> bool:
    """Whether the page that is shown stands under this entry."""
    endpoint = request.endpoint or ""
    if endpoint in entry.endpoints:
        return True
    return any(endpoint.startswith(start) and entry.endpoint == parent for start, parent in _BELOW.items())


def shows_outbox() -> bool:
    """Whether this is a demonstration, whose mails can be read on a page."""
    return bool(current_app.config["SHOW_OUTBOX"])
