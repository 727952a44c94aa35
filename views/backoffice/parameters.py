"""系統參數設定(機關): the manual's rows in the manual's order, then 其他參數; a change at once or from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from markupsafe import Markup

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules.dates import list_date
from app.rules.effective import WINDOW_CODES
from app.rules.parameters import DEFINITIONS, MANUAL_DEFINITIONS, SCREEN_CODE
from app.security import Actor
from app.services import parameters
from app.services.parameters import ParameterBreaks
from models import AgencyParameter
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter
from views.backoffice.forms import RecordForm
from views.backoffice.interface import UnitOfWorkInterface

#: The button 恢復預設: the default in the place of what was typed, from the day that was typed.
RESTORE = "restore"
_MANUAL_CODES = {definition.code.value for definition in MANUAL_DEFINITIONS}


def _meaning(row: AgencyParameter) -> Any:
    return DEFINITIONS[row.code].meaning if row.code in DEFINITIONS else None


def _value(row: AgencyParameter) -> str:
    """The value in force today, and the one that is planned."""
    now = row.value_on(clock.today())
    if not is_planned(row):
        return now
    return _("%(value)s（%(date)s起：%(next)s）", value=now or "－", date=_start(row), next=row.next_value or "－")


def _default_of(code: str) -> str:
    return DEFINITIONS[code].default if code in DEFINITIONS else ""


def _default(row: AgencyParameter) -> Any:
    """The value of an agency that never set it, marked where this one has another."""
    default = _default_of(row.code)
    if row.value_on(clock.today()) == default:
        return default
    mark = Markup(' <span class="ab-state ab-state-pending">{}</span>').format(_("已調整"))
    return Markup("{}{}").format(default or "－", mark)


def _start(row: AgencyParameter) -> str:
    return list_date(row.next_from_on) if row.next_from_on else ""


def is_planned(row: AgencyParameter) -> bool:
    """Whether another value is planned and not yet in force."""
    return row.next_from_on is not None and row.next_from_on > clock.today()


class ParameterView(AgencyScopedModelView):
    """系統參數設定(機關)."""

    route_base = "/backoffice/parameters"
    datamodel = UnitOfWorkInterface(AgencyParameter)
    base_permissions = ["can_list", "can_edit"]
    list_title = _l("系統參數設定(機關)")
    edit_title = _l("編輯系統參數")
    note = _l("各機關可設定開放到達時間，預設時間為09:00~11:00和14:00~16:00，機關可視實際情況修改")
    edit_template = "backoffice/parameter_form.html"

    filters = (AgencyFilter(label=_l("機關"), required=True),)
    order = ("position",)
    load = ("agency",)
    columns = (
        Column(_l("機關名稱"), "agency.name"),
        Column(_l("類別"), "code"),
        Column(_l("參數值"), _value),
        Column(_l("類別說明"), _meaning),
        Column(_l("預設值"), _default),
    )
    context = columns
    label_columns = {"value": _l("參數值"), "next_from_on": _l("生效日期")}
    description_columns = {
        "next_from_on": _l("留空或輸入今日為立即生效；輸入以後之日期者，自該日起適用，之前仍依原參數值。")
    }
    edit_columns = ["value", "next_from_on"]

    def conditions(self) -> list[Any]:
        return [AgencyParameter.code != SCREEN_CODE]

    def group(self, row: AgencyParameter) -> Any:
        return None if row.code in _MANUAL_CODES else _("其他參數")

    def name_of(self, row: AgencyParameter) -> str:
        return f"{row.code} {_meaning(row) or ''}".strip()

    def prepare(self, form: RecordForm, row: AgencyParameter) -> None:
        if request.method != "POST":
            form["value"].data, form["next_from_on"].data = row.value_on(clock.today()), None
        hints = []
        default = _default_of(row.code)
        if RESTORE in request.form:
            form["value"].data = default
        if default:
            hints.append(_("預設值：%(value)s", value=default))
        if row.code in WINDOW_CODES:
            hints.append(
                _(
                    "四項到達時間逐日合併檢查：時段延後時先改「迄」再改「起」（下午先於上午），提前時先改「起」再改「迄」"
                    "（上午先於下午）；以相同生效日期分次儲存，即於該日一併生效。"
                )
            )
        form["value"].description = " ".join(hints)

    def save(self, row: AgencyParameter, changes: dict[str, Any], version: int | None) -> None:
        start: date | None = changes["next_from_on"]
        accepted = request.form.get("accepted", "")
        try:
            reader = Actor.staff(current_user)
            parameters.change(row.id, changes["value"] or "", version, reader, from_on=start, accepted=accepted)
        except RuleError as error:
            for one in getattr(error, "errors", [error]):
                # The rule names the row that it is about (RAS, RFE …); this page has one field for it.
                one.field = one.field if one.field in (None, "next_from_on") else "value"
            raise

    @expose("/withdraw/<pk>", methods=["POST"])
    @permitted
    @permission_name("edit")
    def withdraw(self, pk: str) -> Answer:
        """Take a planned change back."""
        row = self.find(pk)
        try:
            accepted = request.form.get("accepted", "")
            parameters.withdraw(row.id, self._version(row), Actor.staff(current_user), accepted=accepted)
        except RuleError as error:
            error.field = None
            form = self.edit_form(formdata=None, obj=row)
            form.back.data = request.form.get("back", "")
            form["value"].data, form["next_from_on"].data = row.value_on(clock.today()), None
            return self._answer(self.edit_template, self.edit_title, form, error, row=row, is_withdrawing=True)
        flash(_("已取消預定之變更。"), "success")
        return redirect(self.back_url())

    def _answer(
        self, template: str, title: Any, form: RecordForm, refused: RuleError | None, **values: Any
    ) -> tuple[str, int]:
        breaks = refused if isinstance(refused, ParameterBreaks) else None
        row = values["row"]
        return super()._answer(
            template,
            title,
            form,
            refused,
            breaks=breaks,
            is_planned=is_planned(row),
            is_default=row.value_on(clock.today()) == _default_of(row.code),
            start=_start(row),
            may_review=self.appbuilder.sm.has_access("can_list", "BookingReviewView"),
            may_show=self.appbuilder.sm.has_access("can_show", "OnsiteBookingView"),
            **values,
        )
