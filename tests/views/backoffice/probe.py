"""A screen that offers everything a screen can offer, over inmates: hostile tests knock at each of its routes."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.actions import action

from app.i18n import _l
from app.rules.vocabulary import StaffRole
from models import Inmate
from views.backoffice import scope
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface

#: Keys of the rows that actions were run on.
acted_on: list[str] = []


class InmateProbe(AgencyScopedModelView):
    """All of it: list, page, forms, deletion, actions."""

    route_base = "/backoffice/probe"
    datamodel = UnitOfWorkInterface(Inmate)
    base_permissions = ["can_list", "can_show", "can_add", "can_edit", "can_delete", "wave", "bow"]
    list_title = _l("收容人")

    filters = (AgencyFilter(), TextFilter("number", _l("呼號")))
    order = ("number",)
    load = ("agency",)
    columns = (
        Column(_l("呼號"), "number", sort=("number",)),
        Column(_l("收容人"), "name"),
        Column(_l("矯正機關"), "agency.name"),
    )
    label_columns = {
        "agency_id": _l("矯正機關"),
        "number": _l("呼號"),
        "name": _l("收容人"),
        "is_juvenile": _l("少年"),
        "status": _l("狀態"),
        "admitted_on": _l("入監所日期"),
    }
    add_columns = ["agency_id", "number", "name", "is_juvenile", "status", "admitted_on"]
    edit_columns = ["agency_id", "number", "name", "is_juvenile", "status", "admitted_on"]
    options = {"agency_id": lambda row: scope.agencies()}

    @action("wave", _l("揮手"))
    def wave(self, rows: list[Any]) -> None:
        """An action that runs at once."""
        acted_on.extend(row.id for row in rows)

    @action("bow", _l("鞠躬"), confirmation=_l("確認鞠躬?"))
    def bow(self, rows: list[Any]) -> None:
        """An action that asks first."""
        acted_on.extend(row.id for row in rows)


#: What officers and the desk may do with the probe: the desk looks only.
GRANTS = {
    StaffRole.OFFICER.value: ["^InmateProbe$", "^(can_list|can_show|can_add|can_edit|can_delete|wave|bow)$"],
    StaffRole.VISIT_DESK.value: ["^InmateProbe$", "^can_list$"],
    StaffRole.HEADQUARTERS.value: ["^InmateProbe$", "^(can_list|can_show)$"],
}
