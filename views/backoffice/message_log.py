"""簡訊電子郵件紀錄: what was sent, to whom, with what result; per agency, and for headquarters all of it."""

from __future__ import annotations

from flask_appbuilder import expose
from flask_login import current_user

from app.i18n import _l
from app.rules.vocabulary import Channel, MessageState
from app.security import Actor
from app.services import audit
from models import Notification
from views.backoffice import message_rows
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter
from views.backoffice.interface import UnitOfWorkInterface


class MessageLogView(AgencyScopedModelView):
    """簡訊電子郵件紀錄."""

    route_base = "/backoffice/messages"
    datamodel = UnitOfWorkInterface(Notification)
    base_permissions = ["can_list", "can_show", "can_export"]
    list_title = _l("簡訊電子郵件紀錄")
    show_title = _l("檢視通知")
    show_template = "backoffice/message.html"

    filters = (
        AgencyFilter(),
        ChoiceFilter("channel", Channel, _l("分類")),
        ChoiceFilter("state", MessageState, _l("傳送狀態")),
        DateRangeFilter("queued_at", _l("排入日期")),
    )
    order = ("queued_at",)
    descending = True
    load = ("agency", "applicant")
    columns = (
        Column(_l("機關"), message_rows.agency),
        Column(_l("收件人"), message_rows.person),
        Column(_l("分類"), "channel"),
        Column(_l("傳送時間"), message_rows.sent),
        Column(_l("傳送目的"), message_rows.recipient),
        Column(_l("主旨"), "subject", kind="wide"),
        Column(_l("內文"), message_rows.beginning, kind="wide"),
        Column(_l("傳送狀態"), "state", kind="state"),
    )
    details = (*columns[:6], columns[7], Column(_l("排入時間"), "queued_at"), Column(_l("傳送次數"), "attempts"))

    def name_of(self, row: Notification) -> str:
        return row.subject

    @expose("/list/")
    @permitted
    def list(self) -> str:
        """The messages that the filters ask for; that somebody looked is kept."""
        audit.read("notification.listed", Actor.staff(current_user), "notification")
        return super().list()

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> str:
        """One message with its text; that somebody looked is kept."""
        row = self.find(pk)
        audit.read("notification.viewed", Actor.staff(current_user), row, agency_id=row.agency_id)
        return super().show(pk)
