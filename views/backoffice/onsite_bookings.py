"""預約現場律師接見查詢維護 (CJALF223F): the list, the search for a person, one booking, its slip."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, request, send_file
from flask_appbuilder import expose
from flask_login import current_user

from app import clock
from app.i18n import _l
from app.rules.vocabulary import Attention, BookingSource, VisitKind
from app.security import Actor
from app.services import audit, state_moves
from app.transaction import end_reading
from models import Reservation
from reports.slip import render_slip
from views.backoffice import booking_facts, booking_search, booking_slips
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.booking_states import CancelledLateFilter, state_filter
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, OptionFilter, Reading, TextFilter
from views.backoffice.interface import UnitOfWorkInterface


class FromTodayFilter(DateRangeFilter):
    """Days from today on, until the reader asks for others."""

    def read(self, model: Any, args: Mapping[str, str]) -> Reading:
        """As any range; an address that says nothing about it begins today."""
        asked = args if any(name in args for name in self.names) else {self.names[0]: clock.today().isoformat()}
        return super().read(model, asked)


class AttentionFilter(OptionFilter):
    """注意事項: bookings that somebody has to look at."""

    label, names = _l("注意事項"), ("attention",)

    def options(self) -> list[tuple[str, Any]]:
        return [("", _l("全部")), ("any", _l("有注意事項")), *Attention.choices()]

    def meant(self, model: Any, typed: str) -> list[Any]:
        if typed == "any":
            return [model.attention.is_not(None)]
        return [model.attention == Attention(typed)] if typed else []


class OnsiteBookingView(AgencyScopedModelView):
    """CJALF223F."""

    route_base = "/backoffice/desk/onsite"
    datamodel = UnitOfWorkInterface(Reservation)
    only = {"kind": VisitKind.LAWYER_ON_SITE}
    base_permissions = ["can_list", "can_show", "can_search", "can_slip", "can_enter", "can_maintain", "can_export"]
    list_title = _l("預約現場律師接見查詢維護(CJALF223F)")
    show_title = _l("預約現場律師接見明細")
    list_template = "backoffice/desk/onsite_list.html"

    filters = (
        AgencyFilter(),
        FromTodayFilter("visit_on", _l("接見日期")),
        TextFilter("inmate.number", _l("呼號"), name="inmate"),
        TextFilter("number", _l("預約編號")),
        state_filter(),
        ChoiceFilter("source", BookingSource, _l("預約方式")),
        AttentionFilter(),
        CancelledLateFilter(),
    )
    order = ("visit_on", "arrives_at")
    load = ("agency", "inmate", "companions")
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("預約編號"), "number"),
        Column(_l("接見日期及預計到達"), booking_facts.arrival, sort=("visit_on", "arrives_at")),
        Column(_l("呼號"), "inmate.number"),
        Column(_l("收容人"), "inmate.name"),
        Column(_l("接見人"), booking_facts.visitor),
        Column(_l("其他接見人"), booking_facts.guest_names, kind="wide"),
        Column(_l("預約方式"), "source"),
        Column(_l("狀態"), booking_facts.state_badge),
    )

    def name_of(self, row: Reservation) -> str:
        return row.number

    @expose("/search/", methods=["GET", "POST"])
    @permitted
    def search(self) -> str | tuple[str, int]:
        """Bookings of one person, by name or ID number; neither of them ever stands in an address."""
        asked = booking_search.Asked.sent(request.form) if request.method == "POST" else booking_search.Asked()
        rows: list[Reservation] = []
        if request.method == "POST" and not asked.errors:
            reader = Actor.staff(current_user)
            audit.read("reservation.search", reader, "reservation", agency_id=asked.agency or None)
            rows = booking_search.found(asked)
        page = self.render(
            "backoffice/desk/onsite_search.html",
            _l("以接見人查詢預約"),
            asked=asked,
            rows=rows,
            most=booking_search.MOST_FOUND,
            is_result=request.method == "POST" and not asked.errors,
        )
        return (page, 422) if asked.errors else page

    @expose("/show/<uuid:pk>")
    @permitted
    def show(self, pk: UUID) -> str:
        """One booking in full; the look is written down."""
        row = self._read(pk, "reservation.opened")
        moves = state_moves.moves_of(booking_facts.session(), row)
        return self.render(
            "backoffice/desk/onsite_show.html",
            self.show_title,
            row=row,
            blocks=booking_facts.blocks(row),
            guests=booking_facts.guests(row),
            remarks=booking_facts.remarks(row),
            moves=booking_facts.move_lines(moves),
            messages=booking_facts.message_lines(row),
            acts=booking_facts.offered_acts(row) if self.may("can_maintain") else [],
        )

    @expose("/slip/<uuid:pk>.pdf")
    @permitted
    def slip(self, pk: UUID) -> Response:
        """預約接見明細 of one booking."""
        row = self._read(pk, "reservation.slip")
        slip, name = booking_slips.slip_of(row), booking_slips.file_name(row)
        end_reading()  # drawing takes a while and needs no database
        return send_file(BytesIO(render_slip(slip)), "application/pdf", download_name=name, max_age=0)

    def _read(self, pk: UUID, event: str) -> Reservation:
        row = self.find(str(pk))
        audit.read(event, Actor.staff(current_user), row, agency_id=row.agency_id)
        found: Reservation = self.find(str(pk))
        return found
