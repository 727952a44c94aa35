"""通知紀錄: that a message went out, to whom and with what result; never what it said."""

from __future__ import annotations

from typing import Any

from app.i18n import _l
from app.rules.vocabulary import Channel, MessageState
from models import Notification
from views.auditor.filters import Days, OneOf, of_agency
from views.auditor.records import RecordView
from views.auditor.shown import column, person, recipient


class MessageView(RecordView):
    """The columns of the officers' log without its text; a server's complaint may hold an address and is left out."""

    column_list = ("agency", "applicant", "channel", "queued_at", "sent_at", "recipient", "subject", "state")
    column_details_list = (*column_list, "attempts", "id")
    column_labels: dict[str, Any] = {
        "agency": _l("機關"),
        "applicant": _l("收件人"),
        "channel": _l("分類"),
        "sent_at": _l("傳送時間"),
        "recipient": _l("傳送目的"),
        "subject": _l("主旨"),
        "state": _l("傳送狀態"),
        "queued_at": _l("排入時間"),
        "attempts": _l("傳送次數"),
        "id": _l("資料編號"),
    }
    column_formatters = {
        "applicant": column(lambda row: person(row.applicant.name) if row.applicant else None),
        "recipient": column(recipient),
    }
    filter_bar = (
        of_agency(Notification.agency_id),
        OneOf("channel", _l("分類"), Notification.channel, Channel.choices),
        OneOf("state", _l("傳送狀態"), Notification.state, MessageState.choices),
        Days("queued", _l("排入時間"), Notification.queued_at),
    )
    newest = (Notification.queued_at, Notification.id)
    beside = (Notification.agency, Notification.applicant)
