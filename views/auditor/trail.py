"""稽核軌跡: who did what to which record, with the sealed values of one row on its own page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.crypto import SealBroken
from app.extensions import db
from app.i18n import _, _l
from app.services import audit
from models import AuditEntry, AuditValues, RejectionReason
from views.auditor import facts
from views.auditor.exporting import Exporting
from views.auditor.filters import Bar, Days, Exactly, Having, OneOf, of_agency
from views.auditor.records import RecordView
from views.auditor.shown import actor, address, agency_name, broken, column
from views.auditor.subjects import KINDS, page_of, story_of
from views.auditor.trail_words import ACTORS, EVENTS, LOOKS, SUBJECTS, THINGS


def _subjects() -> dict[str, Any]:
    return {**{table: kind.name for table, kind in KINDS.items()}, **SUBJECTS, **THINGS}


class TrailView(Exporting, RecordView):
    """Every act and every look, the latest first."""

    column_list = ("seq", "at", "actor_kind", "actor_name", "event", "subject_kind", "agency_id", "remote_address")
    column_details_list = (*column_list, "subject_id", "mac")
    column_labels: dict[str, Any] = {
        "seq": _l("序號"),
        "at": _l("時間"),
        "actor_kind": _l("身分"),
        "actor_name": _l("人員"),
        "event": _l("作業"),
        "subject_kind": _l("資料種類"),
        "agency_id": _l("機關"),
        "remote_address": _l("來源位址"),
        "subject_id": _l("資料編號"),
        "mac": _l("校驗結果"),
    }
    column_formatters = {
        "actor_kind": column(lambda row: ACTORS.get(row.actor_kind, row.actor_kind)),
        "actor_name": column(actor),
        "event": column(lambda row: EVENTS.get(row.event, row.event)),
        "subject_kind": column(lambda row: _subjects().get(row.subject_kind, row.subject_kind)),
        "agency_id": column(lambda row: agency_name(row.agency_id)),
        "remote_address": column(address),
        "mac": column(lambda row: _("相符") if audit.intact(row) else _("不符，本筆紀錄可能遭竄改")),
    }
    list_template = "auditor/trail_list.html"
    details_template = "auditor/trail_details.html"
    filter_bar = (
        of_agency(AuditEntry.agency_id),
        OneOf("actor", _l("身分"), AuditEntry.actor_kind, lambda: list(ACTORS.items())),
        OneOf("event", _l("作業"), AuditEntry.event, lambda: list(EVENTS.items())),
        OneOf("subject", _l("資料種類"), AuditEntry.subject_kind, lambda: list(_subjects().items())),
        Exactly("person", _l("人員編號"), lambda person: AuditEntry.actor_id == person),
        Having("looks", _l("查閱"), lambda: [("1", _l("僅列查閱"))], lambda _one: AuditEntry.event.in_(LOOKS)),
        Exactly("record", _l("資料編號"), lambda record: AuditEntry.subject_id == record),
        Days("at", _l("日期"), AuditEntry.at),
    )
    newest = (AuditEntry.seq,)

    def key_of(self, row: AuditEntry) -> str:
        return str(row.id)

    def export_address(self, bar: Bar) -> str | None:
        """The trail has a format of its own, and its own way to it below the list."""
        return None

    def more_about(self, row: AuditEntry) -> dict[str, Any]:
        """The values of the act, as far as they may be shown, and the way to the record itself."""
        values = db.session.scalar(select(AuditValues).where(AuditValues.entry_seq == row.seq))
        reasons = set(db.session.scalars(select(RejectionReason.text)))
        try:
            told, warning = (values.facts if values else {}), None
        except SealBroken:
            told, warning = {}, broken()
        return {
            "facts": facts.shown(row.subject_kind, told, reasons),
            "warning": warning,
            "record_page": page_of(row.subject_kind, row.subject_id),
            "story": story_of(row.subject_kind, row.subject_id),
        }
