"""The kinds of record that this door shows: one line each gives a list, pages, a story, a place on the front page.

What is not shown stands in :data:`NOT_SHOWN` with the reason; a guard test fails on a table that is in neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import inspect, select

import models
from app.extensions import db
from app.i18n import _l
from views.auditor import pages

CASES, VISITS, BOOKS, PEOPLE = _l("申請與核准"), _l("預約與接見"), _l("聯絡簿"), _l("申請人與收容人")
MESSAGES, STAFF, SETTINGS, SYSTEM = _l("通知"), _l("人員與登入"), _l("設定與公告"), _l("系統與稽核")


@dataclass(frozen=True)
class Kind:
    """One kind of record: its model, its words, the name in addresses, and the group that it stands in."""

    model: Any
    name: Any
    url: str
    group: Any
    #: Whether it stands in the menu of every page, too.
    in_menu: bool = False

    @property
    def table(self) -> str:
        """As the trail names it."""
        return str(self.model.__tablename__)

    @property
    def endpoint(self) -> str:
        """Of its list and pages."""
        return f"auditor_{self.url.replace('-', '_')}"

    def find(self, record_id: str) -> Any:
        """The record of this key, or None; also for what is no key at all."""
        column = inspect(self.model).primary_key[0]
        value = pages.parsed(column, record_id)
        return None if value is None else db.session.scalar(select(self.model).where(column == value))

    def page_of(self, record_id: str | None) -> str | None:
        """The address of a record's own page."""
        return url_for(f"{self.endpoint}.details_view", record_id=record_id) if record_id else None


ALL = (
    Kind(models.ServiceApplication, _l("申請案件"), "applications", CASES, in_menu=True),
    Kind(models.ApplicationItem, _l("家屬申請之服務項目"), "application-items", CASES),
    Kind(models.Attachment, _l("申請附件"), "attachments", CASES),
    Kind(models.ServiceGrant, _l("取得之服務項目"), "grants", CASES),
    Kind(models.Reservation, _l("預約紀錄"), "bookings", VISITS, in_menu=True),
    Kind(models.Companion, _l("其他接見人"), "companions", VISITS),
    Kind(models.VisitSession, _l("接見梯次"), "sessions", VISITS),
    Kind(models.PlaceHold, _l("暫留名額"), "holds", VISITS),
    Kind(models.RosterEdition, _l("清冊版次"), "rosters", VISITS),
    Kind(models.RosterSupplement, _l("補充清冊"), "supplements", VISITS),
    Kind(models.RecognitionResult, _l("辨識結果"), "recognition", VISITS),
    Kind(models.FamilyBookEntry, _l("家庭聯絡簿"), "entries", BOOKS),
    Kind(models.BookAttachment, _l("聯絡簿附件"), "book-attachments", BOOKS),
    Kind(models.BookPrint, _l("家庭聯絡簿列印批次"), "book-prints", BOOKS),
    Kind(models.AgencyBookEntry, _l("機關聯絡簿"), "agency-book", BOOKS),
    Kind(models.AgencyBookReading, _l("機關聯絡簿閱讀紀錄"), "readings", BOOKS),
    Kind(models.Applicant, _l("申請人"), "applicants", PEOPLE),
    Kind(models.Consent, _l("個資聲明同意紀錄"), "consents", PEOPLE),
    Kind(models.Inmate, _l("收容人"), "inmates", PEOPLE),
    Kind(models.InmateRestriction, _l("收容人限制事項"), "restrictions", PEOPLE),
    Kind(models.InmateImport, _l("收容人資料匯入批次"), "imports", PEOPLE),
    Kind(models.ImportFault, _l("匯入資料錯誤"), "import-faults", PEOPLE),
    Kind(models.WorkItem, _l("待辦事項"), "work-items", PEOPLE),
    Kind(models.Notification, _l("通知紀錄"), "messages", MESSAGES, in_menu=True),
    Kind(models.MessageTemplate, _l("通知範本"), "templates", MESSAGES),
    Kind(models.MessageTemplateEdition, _l("通知範本歷次版本"), "template-editions", MESSAGES),
    Kind(models.Officer, _l("機關人員"), "staff", STAFF, in_menu=True),
    Kind(models.BrowserSession, _l("登入中的裝置"), "browser-sessions", STAFF),
    Kind(models.SecondFactor, _l("兩步驟驗證設定"), "second-factors", STAFF),
    Kind(models.AttemptCounter, _l("嘗試次數與鎖定"), "attempts", STAFF),
    Kind(models.AccessKey, _l("系統介接金鑰"), "access-keys", STAFF),
    Kind(models.Agency, _l("矯正機關"), "agencies", SETTINGS),
    Kind(models.AgencyParameter, _l("系統參數"), "parameters", SETTINGS),
    Kind(models.VisitRules, _l("接見時段規則"), "visit-rules", SETTINGS),
    Kind(models.VisitClosure, _l("停止辦理接見"), "closures", SETTINGS),
    Kind(models.CalendarDay, _l("辦公日曆"), "calendar", SETTINGS),
    Kind(models.RejectionReason, _l("不通過原因"), "reasons", SETTINGS),
    Kind(models.PrivacyNotice, _l("個資聲明版本"), "privacy-notices", SETTINGS),
    Kind(models.Notice, _l("訊息公告及申辦流程"), "notices", SETTINGS),
    Kind(models.StateMove, _l("狀態異動紀錄"), "state-moves", SYSTEM),
    Kind(models.JobRun, _l("排程工作"), "jobs", SYSTEM),
    Kind(models.WorkerBeat, _l("背景程式"), "workers", SYSTEM),
    Kind(models.AuditSeal, _l("稽核軌跡封存"), "seals", SYSTEM),
    Kind(models.AuditEntry, _l("稽核軌跡"), "trail", SYSTEM, in_menu=True),
)

#: By table, as the trail names them.
KINDS: dict[str, Kind] = {kind.table: kind for kind in ALL}

#: Tables without a list of their own, and why.
NOT_SHOWN: dict[str, str] = {
    "application_draft": "what has not been handed in is its writer's alone",
    "audit_counter": "one number, the last one of the trail",
    "audit_values": "shown with their trail row",
    "former_password": "hashes of passwords, nothing else",
    "one_time_token": "digests of live links and codes",
    "recovery_code": "digests of codes that open an account",
    "staged_inmate": "lines on their way into the inmates' table; the delivery's figures tell of them",
    "staged_restriction": "lines on their way into the restrictions' table",
    "officer_agency": "shown with each member of staff",
}


def page_of(kind: str, record_id: str | None) -> str | None:
    """The address of a record's own page; a trail row is named in the trail by another number than in addresses."""
    return KINDS[kind].page_of(record_id) if kind in KINDS and kind != "audit_entry" else None


def story_of(kind: str, record_id: str | None) -> str | None:
    """The address of everything that the trail tells about a record."""
    if kind not in KINDS or kind == "audit_entry" or not record_id:
        return None
    return url_for("auditor.timeline", kind=kind, record_id=record_id)
