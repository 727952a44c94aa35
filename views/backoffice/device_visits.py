"""行動接見申請: visits by telephone or computer, reviewed, prepared, noted; 家屬現場接見 has the same pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_appbuilder import expose
from flask_login import current_user

from app.i18n import _l
from app.rules.device_visits import DEVICE_KINDS
from app.rules.vocabulary import ReservationState, VisitKind
from app.security import Actor
from app.services import audit, state_moves
from models import Reservation
from views.backoffice import booking_facts, device_visit_facts
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface


def _is_pending(row: Reservation) -> bool:
    return row.state is ReservationState.PENDING


class SessionVisitView(AgencyScopedModelView):
    """What both lists of visits by session share; each says which ``kinds`` it is about."""

    kinds: tuple[VisitKind, ...]
    datamodel = UnitOfWorkInterface(Reservation)
    base_permissions = ["can_list", "can_show", "can_review", "can_maintain", "can_export"]
    show_title = _l("接見預約明細")
    list_template = "backoffice/desk/device_list.html"
    order = ("visit_on", "arrives_at")
    load = ("agency", "inmate", "companions")
    links = (RowLink(_l("審核"), "review", "can_review", when=_is_pending),)

    def conditions(self) -> list[Any]:
        return [Reservation.kind.in_(self.kinds)]

    def name_of(self, row: Reservation) -> str:
        return row.number

    @expose("/show/<uuid:pk>")
    @permitted
    def show(self, pk: UUID) -> str:
        """One visit in full; the look is written down."""
        row = self.find(str(pk))
        audit.read("reservation.opened", Actor.staff(current_user), row, agency_id=row.agency_id)
        row = self.find(str(pk))
        return self.render(
            "backoffice/desk/device_show.html",
            self.show_title,
            row=row,
            show=device_visit_facts,
            remarks=device_visit_facts.remarks(row),
            moves=booking_facts.move_lines(state_moves.moves_of(booking_facts.session(), row)),
            messages=booking_facts.message_lines(row),
            acts=device_visit_facts.offered_acts(row) if self.may("can_maintain") else [],
        )


def _filters(*more: Any) -> tuple[Any, ...]:
    """The manual's filters: what has not been reviewed, unless another state is asked for."""
    return (
        AgencyFilter(),
        TextFilter("inmate.number", _l("呼號"), name="inmate"),
        ChoiceFilter("state", ReservationState, _l("審核狀態"), default=ReservationState.PENDING),
        DateRangeFilter("visit_on", _l("接見日期")),
        *more,
    )


def _columns(*more: Column) -> tuple[Column, ...]:
    return (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("預約編號"), "number"),
        Column(_l("接見時段"), device_visit_facts.session_words, sort=("visit_on", "arrives_at")),
        Column(_l("收容人資訊"), device_visit_facts.inmate),
        Column(_l("申請人資訊"), device_visit_facts.visitor, kind="wide"),
        *more,
        Column(_l("審核狀態"), booking_facts.state_badge),
    )


class DeviceVisitView(SessionVisitView):
    """行動接見申請."""

    route_base = "/backoffice/mobile-visits"
    kinds = DEVICE_KINDS
    list_title = _l("行動接見申請")
    filters = _filters(ChoiceFilter("kind", VisitKind, _l("接見類型"), among=DEVICE_KINDS))
    columns = _columns(
        Column(_l("接見類型"), "kind"),
        Column(_l("設備室"), device_visit_facts.room),
    )


class FamilyVisitView(SessionVisitView):
    """家屬現場接見: the same review and outcome for relatives who come."""

    route_base = "/backoffice/desk/family-visits"
    kinds = (VisitKind.FAMILY_ON_SITE,)
    class_permission_name = DeviceVisitView.__name__
    list_title = _l("家屬現場接見查詢維護")
    filters = _filters()
    columns = _columns()
