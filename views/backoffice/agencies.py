"""機關資料維護: agencies and sub-units with code, names, telephone, address, dates and host; headquarters only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_login import current_user

from app.i18n import _, _l
from app.security import Actor
from app.services import agencies, agency_changes
from models import Agency
from views.backoffice import scope
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.filters import TextFilter
from views.backoffice.interface import UnitOfWorkInterface


class AgencyInterface(UnitOfWorkInterface):
    """Agencies have rules of their own: code, host, what is still open."""

    def add(self, item: Any, commit: bool = True) -> None:
        """Add an agency; raises what ``agency_changes.add`` raises."""
        agency_changes.add(item, Actor.staff(current_user))

    def save(self, item: Any, changes: dict[str, Any], version: int | None) -> None:
        """Correct an agency; raises what ``agency_changes.save`` raises."""
        agency_changes.save(item.id, changes, version, Actor.staff(current_user))


def _other_agencies(row: Agency | None) -> Sequence[tuple[str, Any]]:
    return [(id_, label) for id_, label in scope.agencies() if row is None or id_ != row.id]


def _known(column: str) -> Any:
    """The words that agencies have in a column already."""
    return lambda row: [(word, word) for word in agencies.words_of(column)]


class AgencyView(AgencyScopedModelView):
    """機關資料維護."""

    route_base = "/backoffice/agencies"
    datamodel = AgencyInterface(Agency)
    scope_column = None  # headquarters' own screen: every agency, and those that nobody works at yet
    base_permissions = ["can_list", "can_show", "can_add", "can_edit"]
    list_title = _l("機關資料維護")
    show_title = _l("檢視機關資料")
    add_title = _l("新增機關或附設單位")
    edit_title = _l("編輯機關資料")
    note = _l("附設單位（分監、附設看守所等）請設定「管轄機關」：管轄機關之承辦人員可審核其案件。停用前須無未結事項。")

    filters = (TextFilter("code", _l("機關代碼")), TextFilter("name", _l("機關名稱")))
    order = ("name",)
    load = ("host",)
    columns = (
        Column(_l("機關代碼"), lambda row: row.code or _("未設定")),
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
        Column(_l("區域"), "region"),
        Column(_l("縣市"), "county"),
        *columns[2:],
        Column(_l("最後更新"), "updated_at"),
    )
    label_columns = {
        "code": _l("機關代碼"),
        "name": _l("機關名稱"),
        "full_name": _l("機關全銜"),
        "kind": _l("機關類別"),
        "region": _l("區域"),
        "county": _l("縣市"),
        "phone": _l("電話"),
        "address": _l("地址"),
        "active_from": _l("啟用日期"),
        "active_until": _l("停用日期"),
        "host_id": _l("管轄機關"),
    }
    description_columns = {
        "code": _l("4至8碼之數字或大寫英文字母，例如2477；尚未取得代碼者留空。其他系統以代碼指明傳送何機關之資料。"),
        "name": _l("畫面及清單所列之簡稱，例如桃園女子監獄。"),
        "full_name": _l("清冊及公文書所列之全銜，例如法務部矯正署桃園女子監獄。"),
        "phone": _l("顯示於入口網及通知信，供申請人洽詢。"),
        "active_until": _l("機關辦理案件之最後一日；尚有預約、未審核案件或收容人者，無法停用。"),
        "host_id": _l("管轄機關之承辦人員可審核本機關案件；無則選「無」。"),
    }
    add_columns = edit_columns = [
        "code",
        "name",
        "full_name",
        "kind",
        "region",
        "county",
        "phone",
        "address",
        "active_from",
        "active_until",
        "host_id",
    ]
    options = {
        "host_id": _other_agencies,
        "kind": _known("kind"),
        "region": _known("region"),
        "county": _known("county"),
    }

    def name_of(self, row: Agency) -> str:
        return row.name
