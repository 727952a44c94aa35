"""The kinds of record that have a story of their own here, and which of them can be shown in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import inspect, select

from app.extensions import db
from app.i18n import _l
from models import (
    AgencyBookEntry,
    Applicant,
    AuditEntry,
    FamilyBookEntry,
    Inmate,
    Notification,
    Officer,
    Reservation,
    ServiceApplication,
)
from views.auditor import pages


@dataclass(frozen=True)
class Kind:
    """One kind of record: its model, its words, and its own page in this door, if it has one."""

    model: Any
    name: Any
    page: str | None = None

    def find(self, record_id: str) -> Any:
        """The record of this key, or None; also for what is no key at all."""
        column = inspect(self.model).primary_key[0]
        value = pages.parsed(column, record_id)
        return None if value is None else db.session.scalar(select(self.model).where(column == value))

    def page_of(self, record_id: str | None) -> str | None:
        """The address of a record's own page."""
        return url_for(self.page, record_id=record_id) if self.page and record_id else None


#: By table, as the trail names them.
KINDS: dict[str, Kind] = {
    "service_application": Kind(ServiceApplication, _l("申請案件"), "auditor_applications.details_view"),
    "reservation": Kind(Reservation, _l("預約紀錄"), "auditor_bookings.details_view"),
    "family_book_entry": Kind(FamilyBookEntry, _l("家庭聯絡簿"), "auditor_entries.details_view"),
    "agency_book_entry": Kind(AgencyBookEntry, _l("機關聯絡簿"), "auditor_agency_book.details_view"),
    "notification": Kind(Notification, _l("通知紀錄"), "auditor_messages.details_view"),
    "applicant": Kind(Applicant, _l("申請人")),
    "inmate": Kind(Inmate, _l("收容人")),
    "ab_user": Kind(Officer, _l("機關人員")),
    "audit_entry": Kind(AuditEntry, _l("稽核軌跡"), "auditor_trail.details_view"),
}


def page_of(kind: str, record_id: str | None) -> str | None:
    """The address of a record's own page; a trail row is named in the trail by another number than in addresses."""
    return KINDS[kind].page_of(record_id) if kind in KINDS and kind != "audit_entry" else None


def story_of(kind: str, record_id: str | None) -> str | None:
    """The address of everything that the trail tells about a record."""
    if kind not in KINDS or kind == "audit_entry" or not record_id:
        return None
    return url_for("auditor.timeline", kind=kind, record_id=record_id)
