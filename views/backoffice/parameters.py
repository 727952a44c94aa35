"""系統參數設定(機關): the manual's rows in the manual's order, then 其他參數."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from app.errors import RuleError
from app.i18n import _, _l
from app.rules.parameters import DEFINITIONS, MANUAL_DEFINITIONS
from app.security import Actor
from app.services import parameters
from models import AgencyParameter
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter
from views.backoffice.forms import RecordForm
from views.backoffice.interface import UnitOfWorkInterface

_MANUAL_CODES = {definition.code.value for definition in MANUAL_DEFINITIONS}


def _meaning(row: AgencyParameter) -> Any:
    return DEFINITIONS[row.code].meaning if row.code in DEFINITIONS else None


class ParameterView(AgencyScopedModelView):
    """系統參數設定(機關)."""

    route_base = "/backoffice/parameters"
    datamodel = UnitOfWorkInterface(AgencyParameter)
    base_permissions = ["can_list", "can_edit"]
    list_title = _l("系統參數設定(機關)")
    edit_title = _l("編輯系統參數")
    note = _l("各機關可設定開放到達時間，預設時間為09:00~11:00和14:00~16:00，機關可視實際情況修改")

    filters = (AgencyFilter(label=_l("機關"), required=True),)
    order = ("position",)
    load = ("agency",)
    columns = (
        Column(_l("機關名稱"), "agency.name"),
        Column(_l("類別"), "code"),
        Column(_l("參數值"), "value"),
        Column(_l("類別說明"), _meaning),
    )
    context = (columns[0], columns[1], columns[3])
    label_columns = {"value": _l("參數值")}
    edit_columns = ["value"]

    def group(self, row: AgencyParameter) -> Any:
        return None if row.code in _MANUAL_CODES else _("其他參數")

    def name_of(self, row: AgencyParameter) -> str:
        return f"{row.code} {_meaning(row) or ''}".strip()

    def prepare(self, form: RecordForm, row: AgencyParameter) -> None:
        default = DEFINITIONS[row.code].default if row.code in DEFINITIONS else ""
        if default:
            form["value"].description = _("預設值：%(value)s", value=default)

    def save(self, row: AgencyParameter, changes: dict[str, Any], version: int | None) -> None:
        try:
            parameters.change(row.id, changes["value"] or "", version, Actor.staff(current_user))
        except RuleError as error:
            for one in getattr(error, "errors", [error]):
                # The rule names the row that it is about (RAS, RFE …); this page has one field only.
                one.field = "value" if one.field else None
            raise
