"""家庭聯絡簿 and 機關聯絡簿: that something was written, by whom to whom, and what became of it; never what it says."""

from __future__ import annotations

from typing import Any

from app.i18n import _, _l
from app.rules.vocabulary import Audience, EntryState
from models import AgencyBookEntry, FamilyBookEntry
from views.auditor.filters import Days, Exactly, OneOf, of_agency, of_inmate
from views.auditor.records import RecordView
from views.auditor.shown import column, inmate, person, reason


class FamilyEntryView(RecordView):
    """Entries of families; drafts are their writers' alone. Titles, texts, notes and files' names are not shown."""

    column_list = ("agency", "inmate", "applicant", "published_at", "state", "handed_over_at")
    column_details_list = (
        *column_list,
        "files",
        "decided_at",
        "decided_by",
        "rejection_reason",
        "handed_over_by",
        "id",
    )
    column_labels: dict[str, Any] = {
        "agency": _l("矯正機關"),
        "inmate": _l("收容人資訊"),
        "applicant": _l("申請人資訊"),
        "published_at": _l("發佈日期"),
        "state": _l("審核狀態"),
        "handed_over_at": _l("交付時間"),
        "files": _l("附件數"),
        "decided_at": _l("審核時間"),
        "decided_by": _l("審核人員"),
        "rejection_reason": _l("不通過原因"),
        "handed_over_by": _l("交付人員"),
        "id": _l("資料編號"),
    }
    column_formatters = {
        "inmate": column(lambda row: inmate(row.inmate)),
        "applicant": column(lambda row: person(row.applicant.name, row.grant.relation)),
        "files": column(lambda row: len(row.attachments)),
        "rejection_reason": column(lambda row: reason(row.rejection_reason)),
    }
    filter_bar = (
        of_agency(FamilyBookEntry.agency_id),
        Exactly("number", _l("呼號"), of_inmate(FamilyBookEntry.inmate_id)),
        OneOf("state", _l("審核狀態"), FamilyBookEntry.state, EntryState.choices),
        Days("published", _l("發佈日期"), FamilyBookEntry.published_at),
    )
    always = (FamilyBookEntry.state != EntryState.DRAFT,)
    newest = (FamilyBookEntry.published_at, FamilyBookEntry.id)
    beside = (
        FamilyBookEntry.agency,
        FamilyBookEntry.inmate,
        FamilyBookEntry.applicant,
        FamilyBookEntry.grant,
        FamilyBookEntry.decided_by,
        FamilyBookEntry.handed_over_by,
    )


class AgencyMessageView(RecordView):
    """Messages of agencies and headquarters to families, deleted ones too; titles and texts are not shown."""

    column_list = ("agency", "audience", "inmate", "published_at", "published_by", "deleted_at")
    column_details_list = (*column_list, "files", "id")
    column_labels: dict[str, Any] = {
        "agency": _l("矯正機關"),
        "audience": _l("發佈對象"),
        "inmate": _l("收容人資訊"),
        "published_at": _l("發佈日期"),
        "published_by": _l("發佈人員"),
        "deleted_at": _l("刪除時間"),
        "files": _l("附件數"),
        "id": _l("資料編號"),
    }
    column_formatters = {
        "agency": column(lambda row: row.agency.name if row.agency else _("矯正署")),
        "inmate": column(lambda row: inmate(row.inmate) if row.inmate else None),
        "files": column(lambda row: len(row.attachments)),
    }
    filter_bar = (
        of_agency(AgencyBookEntry.agency_id),
        Exactly("number", _l("呼號"), of_inmate(AgencyBookEntry.inmate_id)),
        OneOf("audience", _l("發佈對象"), AgencyBookEntry.audience, Audience.choices),
        Days("published", _l("發佈日期"), AgencyBookEntry.published_at),
    )
    newest = (AgencyBookEntry.published_at, AgencyBookEntry.id)
    beside = (AgencyBookEntry.agency, AgencyBookEntry.inmate, AgencyBookEntry.published_by)
