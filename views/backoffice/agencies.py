"""機關資料維護: telephone, address, dates and host of an agency; headquarters only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.errors import RuleError
from app.i18n import _l
from models import Agency
from views.backoffice import scope
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.filters import TextFilter
from views.backoffice.forms import RecordForm
from views.backoffice.interface import UnitOfWorkInterface


class DatesCrossed(RuleError):
    """An agency cannot end before it begins."""

    sentence = _l("啟用日期不可晚於停用日期，請重新填寫。")


def _other_agencies(row: Agency | None) -> Sequence[tuple[str, Any]]:
    return [(id_, label) for id_, label in scope.agencies() if row is None or id_ != row.id]


class AgencyView(AgencyScopedModelView):
    """機關資料維護."""

    route_base = "/backoffice/agencies"
    datamodel = UnitOfWorkInterface(Agency)
    scope_column = "id"
    base_permissions = ["can_list", "can_show", "can_edit"]
    list_title = _l("機關資料維護")
    show_title = _l("檢視機關資料")
    edit_title = _l("編輯機關資料")

    filters = (TextFilter("code", _l("機關代碼")), TextFilter("name", _l("機關名稱")))
    order = ("name",)
    load = ("host",)
    columns = (
        Column(_l("機關代碼"), "code"),
        Column(_l("機關名稱"), "name", sort=("name",)),
        Column(_l("電話"), "phone"),
        Column(_l("地址"), "address", kind="wide"),
        Column(_l("啟用日期"), "active_from"),
        Column(_l("停用日期"), "active_until"),
        Column(_l("管轄機關"), "host.name"),
    )
    details = (
        *columns[:2],
        Column(_l("機關全銜"), "full_name"),
        Column(_l("機關類別"), "kind"),
        Column(_l("縣市"), "county"),
        *columns[2:],
        Column(_l("最後更新"), "updated_at"),
    )
    context = details[:3]
    label_columns = {
        "phone": _l("電話"),
        "address": _l("地址"),
        "active_from": _l("啟用日期"),
        "active_until": _l("停用日期"),
        "host_id": _l("管轄機關"),
    }
    description_columns = {
        "phone": _l("顯示於入口網及通知信，供申請人洽詢。"),
        "host_id": _l("管轄機關之承辦人員可審核本機關案件；無則選「無」。"),
    }
    edit_columns = ["phone", "address", "active_from", "active_until", "host_id"]
    options = {"host_id": _other_agencies}

    def name_of(self, row: Agency) -> str:
        return row.name

    def check(self, form: RecordForm, row: Any) -> None:
        first, last = form["active_from"].data, form["active_until"].data
        if first and last and first > last:
            raise DatesCrossed("active_until")
