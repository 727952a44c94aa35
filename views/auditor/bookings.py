"""預約紀錄: announced visits, across agencies."""

from __future__ import annotations

from typing import Any

from app.i18n import _, _l
from app.rules import dates
from app.rules.vocabulary import ReservationState, VisitKind
from models import Reservation
from views.auditor.filters import Days, Exactly, OneOf, of_agency, of_inmate
from views.auditor.records import RecordView
from views.auditor.shown import column, inmate, locale, person, reason


def _arrival(row: Reservation) -> str:
    return f"{dates.booking_date(row.visit_on, locale())} {row.arrives_local:%H:%M}"


def _companions(row: Reservation) -> str:
    return _("、").join(person(one.name, one.relation) for one in row.companions)


class BookingView(RecordView):
    """Who announced a visit to whom, when, and what became of it; the latest visiting day first."""

    column_list = ("number", "agency", "inmate", "visitor_name", "kind", "arrives_at", "source", "state")
    column_details_list = (
        *column_list,
        "companions",
        "requested_on",
        "decided_at",
        "decided_by",
        "rejection_reason",
        "id",
    )
    column_labels: dict[str, Any] = {
        "number": _l("預約編號"),
        "agency": _l("矯正機關"),
        "inmate": _l("收容人資訊"),
        "visitor_name": _l("接見人"),
        "kind": _l("接見類型"),
        "arrives_at": _l("預計到達"),
        "source": _l("預約方式"),
        "state": _l("狀態"),
        "companions": _l("其他接見人"),
        "requested_on": _l("申請日期"),
        "decided_at": _l("審核時間"),
        "decided_by": _l("審核人員"),
        "rejection_reason": _l("不通過原因"),
        "id": _l("資料編號"),
    }
    column_formatters = {
        "inmate": column(lambda row: inmate(row.inmate)),
        "visitor_name": column(lambda row: person(row.visitor_name, row.visitor_relation)),
        "arrives_at": column(_arrival),
        "companions": column(_companions),
        "rejection_reason": column(lambda row: reason(row.rejection_reason)),
    }
    filter_bar = (
        of_agency(Reservation.agency_id),
        Exactly("inmate", _l("呼號"), of_inmate(Reservation.inmate_id)),
        Exactly("number", _l("預約編號"), lambda number: Reservation.number == number),
        OneOf("state", _l("狀態"), Reservation.state, ReservationState.choices),
        OneOf("kind", _l("接見類型"), Reservation.kind, VisitKind.choices),
        Days("visit", _l("接見日期"), Reservation.visit_on),
    )
    newest = (Reservation.visit_on, Reservation.arrives_at, Reservation.id)
    beside = (Reservation.agency, Reservation.inmate, Reservation.decided_by)
