"""收容人資料: the copy of what the prison system keeps; looked at, never edited here."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.i18n import _, _l
from app.rules import masking
from app.rules.dates import birth_date_shown, list_date
from app.rules.inmate_cells import CUSTODY_TYPES
from app.rules.vocabulary import InmateStatus
from app.security import Actor
from app.services import audit
from models import Inmate, InmateRestriction
from views.backoffice import inmate_search, looks
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.case_facts import custody, grade, locale
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, OptionFilter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface


class CustodyFilter(OptionFilter):
    """處分種類: the words that a delivery may use."""

    label, names = _l("處分種類"), ("custody",)

    def options(self) -> list[tuple[str, Any]]:
        return [("", _("全部")), *((word, custody(word)) for word in CUSTODY_TYPES)]

    def meant(self, model: Any, typed: str) -> list[Any]:
        return [model.custody_type == typed] if typed else []


def sex(row: Any) -> str | None:
    """性別 in words."""
    return {"M": _("男"), "F": _("女")}.get(row.sex or "")


class InmateView(AgencyScopedModelView):
    """收容人資料."""

    route_base = "/backoffice/inmates"
    datamodel = UnitOfWorkInterface(Inmate)
    base_permissions = ["can_list", "can_show"]
    list_title = _l("收容人資料")
    show_title = _l("收容人資料")
    list_template = "backoffice/inmates/list.html"
    show_template = "backoffice/inmates/show.html"
    note = _l("資料來自獄政系統之匯入，本系統不提供修改；資料有誤時，請於獄政系統更正後重新匯入。")

    filters = (
        AgencyFilter(),
        TextFilter("number", _l("呼號")),
        ChoiceFilter("status", InmateStatus, _l("狀態"), default=InmateStatus.PRESENT),
        CustodyFilter(),
    )
    order = ("number",)
    load = ("agency",)
    columns = (
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("呼號"), "number", sort=("number",)),
        Column(_l("姓名"), lambda row: masking.name_circle(row.name)),
        Column(_l("處分種類"), lambda row: custody(row.custody_type)),
        Column(_l("教化等級"), lambda row: grade(row.treatment_grade)),
        Column(_l("場舍"), "unit"),
        Column(_l("入本監日期"), "transferred_in_on"),
        Column(_l("狀態"), "status", kind="state"),
    )
    details = (
        *(Column(_l("矯正機關"), "agency.name"), Column(_l("呼號"), "number"), Column(_l("姓名"), "name")),
        Column(_l("性別"), sex),
        Column(_l("出生日期"), lambda row: birth_date_shown(row.birth_date, locale()) if row.birth_date else None),
        Column(_l("身分證號"), lambda row: masking.id_number(row.id_number) if row.id_number else None),
        Column(_l("處分種類"), lambda row: custody(row.custody_type)),
        Column(_l("教化等級"), lambda row: grade(row.treatment_grade)),
        Column(_l("少年"), "is_juvenile"),
        Column(_l("場舍"), "unit"),
        Column(_l("入監所日期"), "admitted_on"),
        Column(_l("入本監日期"), "transferred_in_on"),
        Column(_l("狀態"), "status", kind="state"),
        Column(_l("資料更新時間"), "updated_at"),
    )

    def name_of(self, row: Inmate) -> str:
        return f"{row.number}{masking.name_circle(row.name)}"

    @expose("/search/", methods=["GET", "POST"])
    @permitted
    @permission_name("list")
    def search(self) -> Answer:
        """By name or ID number, neither of which ever stands in an address; the look is written down."""
        is_asked = request.method == "POST"
        asked = inmate_search.Asked.sent(request.form) if is_asked else inmate_search.Asked()
        rows: list[Inmate] = []
        if is_asked and not asked.errors:
            audit.read("inmate.search", Actor.staff(current_user), "inmate")
            rows = inmate_search.found(asked)
        page = self.render(
            "backoffice/inmates/search.html",
            _("以姓名或身分證號查詢"),
            asked=asked,
            rows=rows,
            most=inmate_search.MOST_FOUND,
            is_result=is_asked and not asked.errors,
        )
        return page, 422 if asked.errors else 200

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> str:
        """One inmate in full with the restrictions; the look is logged once."""
        row, reader = self.find(pk), Actor.staff(current_user)
        looks.note(row, reader, looks.lately(Inmate, row.id))
        found = select(InmateRestriction).where(InmateRestriction.inmate_id == row.id)
        rows = db.session.scalars(found.order_by(InmateRestriction.from_on.desc(), InmateRestriction.id))
        today = clock.today()
        restrictions = [
            (one.kind.label, list_date(one.from_on), one.until_on, one.details, one.holds_on(today)) for one in rows
        ]
        return self.render(
            self.show_template,
            self.show_title,
            row=row,
            restrictions=restrictions,
            day=list_date,
            back=request.args.get("back"),
        )
