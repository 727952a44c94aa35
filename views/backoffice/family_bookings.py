"""家屬及行動接見預約查詢: families' visits by session in every state, and which of them somebody has to look at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name

from app.i18n import _l
from app.rules.vocabulary import VisitKind
from app.services.session_bookings import LETTERS
from models import Reservation
from views.backoffice import booking_facts
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.booking_states import state_filter
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter, ChoiceFilter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface
from views.backoffice.onsite_bookings import AttentionFilter, FromTodayFilter

#: What is booked by session, a lawyer's mobile visit among it.
KINDS = tuple(LETTERS)


class FamilyBookingView(AgencyScopedModelView):
    """家屬及行動接見預約查詢; a row opens where its kind is handled."""

    route_base = "/backoffice/desk/sessions"
    datamodel = UnitOfWorkInterface(Reservation)
    base_permissions = ["can_list", "can_export"]
    list_title = _l("家屬及行動接見預約查詢")

    filters = (
        AgencyFilter(),
        FromTodayFilter("visit_on", _l("接見日期")),
        ChoiceFilter("kind", VisitKind, _l("接見類型"), among=KINDS),
        TextFilter("inmate.number", _l("呼號"), name="inmate"),
        TextFilter("number", _l("預約編號")),
        state_filter(),
        AttentionFilter(),
    )
    order = ("visit_on", "arrives_at")
    load = ("agency", "inmate", "companions")
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("預約編號"), "number"),
        Column(_l("接見類型"), "kind"),
        Column(_l("接見日期及時間"), booking_facts.arrival, sort=("visit_on", "arrives_at")),
        Column(_l("呼號"), "inmate.number"),
        Column(_l("收容人"), "inmate.name"),
        Column(_l("接見人"), booking_facts.visitor),
        Column(_l("其他接見人"), booking_facts.guest_names, kind="wide"),
        Column(_l("狀態"), booking_facts.state_badge),
    )

    links = (RowLink(_l("檢視"), "open", "can_list", is_main=False),)

    @expose("/open/<uuid:pk>")
    @permitted
    @permission_name("list")
    def open(self, pk: UUID) -> Answer:
        """On to the page of its kind, where it is reviewed, prepared and noted."""
        row = self.find(str(pk))
        place = "FamilyVisitView" if row.kind is VisitKind.FAMILY_ON_SITE else "DeviceVisitView"
        return redirect(url_for(f"{place}.show", pk=row.id))

    def conditions(self) -> list[Any]:
        return [Reservation.kind.in_(KINDS)]

    def name_of(self, row: Reservation) -> str:
        return row.number
