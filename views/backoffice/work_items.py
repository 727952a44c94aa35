"""待辦事項: bookings, grants and applications that a move, a release or a restriction of an inmate touches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.actions import action
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.errors import RuleError, Stale
from app.extensions import db
from app.i18n import _, _l
from app.rules.masking import name_circle
from app.rules.office_vocabulary import WorkKind
from app.rules.vocabulary import ServiceItem, VisitKind
from app.security import Actor
from app.services import work_items
from models import Reservation, ServiceApplication, WorkItem
from views.backoffice import scope
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import AgencyFilter, ChoiceFilter, OptionFilter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface

#: What an item is about.
_WORDS: dict[str, Any] = {
    "reservation": _l("預約接見"),
    "service_grant": _l("已核准服務項目"),
    "service_application": _l("服務項目申請"),
}
#: Where it is opened: screen, permission, the endpoint of its page.
_Place = tuple[str, str, str]
_GRANT: _Place = ("GrantView", "can_show", "GrantView.show")
_ON_SITE: _Place = ("OnsiteBookingView", "can_show", "OnsiteBookingView.show")
_OF_FAMILY: _Place = ("DeviceVisitView", "can_show", "FamilyVisitView.show")
_BY_DEVICE: _Place = ("DeviceVisitView", "can_show", "DeviceVisitView.show")
_LAWYERS_CASE: _Place = ("LawyerApplicationView", "can_review", "ApplicationReviewView.review")
_FAMILYS_CASE: _Place = ("FamilyApplicationView", "can_review", "FamilyReviewView.review")
_VISITS = {VisitKind.LAWYER_ON_SITE: _ON_SITE, VisitKind.FAMILY_ON_SITE: _OF_FAMILY}


def _places(rows: Sequence[WorkItem]) -> dict[str, tuple[_Place, str]]:
    """Where bookings and cases are opened, and a booking's number, asked at once for all rows."""
    cases, bookings = (
        [row.subject_id for row in rows if row.subject_kind == model.__tablename__]
        for model in (ServiceApplication, Reservation)
    )
    found: dict[str, tuple[_Place, str]] = {}
    if cases:
        items = select(ServiceApplication.id, ServiceApplication.item).where(ServiceApplication.id.in_(cases))
        for key, item in db.session.execute(items):
            found[key] = (_FAMILYS_CASE if item is ServiceItem.FAMILY else _LAWYERS_CASE, "")
    if bookings:
        visits = select(Reservation.id, Reservation.kind, Reservation.number).where(Reservation.id.in_(bookings))
        for key, kind, number in db.session.execute(visits):
            found[key] = (_VISITS.get(kind, _BY_DEVICE), number)
    return found


class DoneFilter(OptionFilter):
    """未處理 until the reader asks for more."""

    label, names = _l("處理狀態"), ("done",)

    def usual(self) -> str:
        return "no"

    def options(self) -> list[tuple[str, Any]]:
        return [("all", _("全部")), ("no", _("未處理")), ("yes", _("已處理"))]

    def meant(self, model: Any, typed: str) -> list[Any]:
        return [] if typed == "all" else [model.is_done.is_(typed == "yes")]


def inmate_of(row: WorkItem) -> str:
    """呼號 and masked name."""
    return f"{row.inmate.number}{name_circle(row.inmate.name)}"


class WorkItemView(AgencyScopedModelView):
    """待辦事項."""

    route_base = "/backoffice/work-items"
    datamodel = UnitOfWorkInterface(WorkItem)
    base_permissions = ["can_list", "can_finish", "finish"]
    list_title = _l("待辦事項")
    finish_template = "backoffice/inmates/finish.html"

    filters = (
        AgencyFilter(),
        DoneFilter(),
        ChoiceFilter("kind", WorkKind, _l("事由")),
        TextFilter("inmate.number", _l("呼號")),
    )
    order = ("created_at",)
    load = ("agency", "inmate", "done_by")
    links = (RowLink(_l("處理"), "finish", "can_finish", when=lambda row: not row.is_done),)
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("收容人資訊"), inmate_of),
        Column(_l("事由"), "kind"),
        Column(_l("相關資料"), lambda row: WorkItemView.thing(row)),
        Column(_l("接見日期"), "due_on"),
        Column(_l("列入時間"), "created_at"),
        Column(_l("處理人員"), "done_by.full_name"),
        Column(_l("處理時間"), "done_at"),
    )
    details = (*columns, Column(_l("處理說明"), "note", kind="wide"))

    def name_of(self, row: WorkItem) -> str:
        return f"{inmate_of(row)} {row.kind.label}"

    @staticmethod
    def thing(row: WorkItem) -> Any:
        """What the item is about, with a link for whoever may open it."""
        (screen, permission, endpoint), number = g.work_places.get(row.subject_id, (_GRANT, ""))
        word = f"{_WORDS[row.subject_kind]} {number}".strip()
        if not current_app.appbuilder.sm.has_access(permission, screen):
            return word
        return Markup('<a href="{}">{}</a>').format(url_for(endpoint, pk=row.subject_id), word)

    def render(self, template: str, title: Any, **values: Any) -> str:
        rows = values["page"].rows if "page" in values else [values["row"]] if "row" in values else values["rows"]
        g.work_places = _places(rows)
        return super().render(template, title, **values)

    @expose("/finish/<pk>", methods=["GET", "POST"])
    @permitted
    def finish(self, pk: str) -> Answer:
        """What was done about it (GET asks, POST keeps)."""
        row, refused, note = self.find(pk), None, request.form.get("note", "")
        if request.method == "POST":
            try:
                self._finish([row.id], note, self._version(row))
                return self._done(_("已標示為處理完成。"))
            except RuleError as error:
                refused = error
                row = self.find(pk)
        page = self.render(
            self.finish_template,
            _("處理待辦事項"),
            row=row,
            refused=refused,
            note=note,
            is_stale=isinstance(refused, Stale),
        )
        return page, refused.status if refused else 200

    @action("finish", _l("標示為已處理"), _l("確認將下列待辦事項標示為已處理？"), single=False)
    def finish_all(self, rows: list[WorkItem]) -> Response:
        """Several at once, all or none."""
        count = self._finish([row.id for row in rows], "", None)
        flash(_("已將%(n)s件標示為已處理。", n=count), "success")
        return redirect(self.back_url())

    def _finish(self, ids: list[str], note: str, version: int | None) -> int:
        by = Actor.staff(current_user)
        return work_items.finish(ids, note, version, scope.agency_ids(), current_user.id, by)
