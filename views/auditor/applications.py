"""申請案件: applications for service items, across agencies."""

from __future__ import annotations

from typing import Any

from app.i18n import _, _l
from app.rules.vocabulary import ApplicationState, ServiceItem
from models import ServiceApplication as Application
from views.auditor.filters import Days, Exactly, OneOf, of_agency, of_inmate
from views.auditor.records import RecordView
from views.auditor.shown import column, inmate, person, reason


def _papers(row: Application) -> list[str]:
    return [str(paper.kind.label) for paper in row.attachments]


class ApplicationView(RecordView):
    """Who asked for what with whom, and what became of it; no paper, number or note is shown."""

    column_list = ("agency", "inmate", "applicant", "item", "applied_on", "state")
    column_details_list = (
        *column_list,
        "submitted_at",
        "papers",
        "supervising_lawyer",
        "decided_at",
        "decided_by",
        "rejection_reason",
        "id",
    )
    column_labels: dict[str, Any] = {
        "agency": _l("矯正機關"),
        "inmate": _l("收容人資訊"),
        "applicant": _l("申請人資訊"),
        "item": _l("服務項目"),
        "applied_on": _l("申請日期"),
        "state": _l("審核狀態"),
        "submitted_at": _l("送出時間"),
        "papers": _l("附件種類"),
        "supervising_lawyer": _l("指導律師"),
        "decided_at": _l("審核時間"),
        "decided_by": _l("審核人員"),
        "rejection_reason": _l("不通過原因"),
        "id": _l("資料編號"),
    }
    column_formatters = {
        "inmate": column(lambda row: inmate(row.inmate)),
        "applicant": column(lambda row: person(row.applicant.name, row.relation)),
        "rejection_reason": column(lambda row: reason(row.rejection_reason)),
        "papers": column(lambda row: _("、").join(_papers(row))),
        "supervising_lawyer": column(lambda row: person(row.supervising_lawyer) if row.supervising_lawyer else None),
    }
    filter_bar = (
        of_agency(Application.agency_id),
        Exactly("number", _l("呼號"), of_inmate(Application.inmate_id)),
        OneOf("state", _l("審核狀態"), Application.state, ApplicationState.choices),
        OneOf("item", _l("服務項目"), Application.item, ServiceItem.choices),
        Days("applied", _l("申請日期"), Application.submitted_at),
    )
    newest = (Application.submitted_at, Application.id)
    beside = (Application.agency, Application.inmate, Application.applicant, Application.decided_by)
