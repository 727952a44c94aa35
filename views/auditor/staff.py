"""機關人員: who works where, as what, until when; names are masked, accounts told apart by their number."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import false

from app.i18n import _, _l
from app.rules.vocabulary import StaffRole
from models import Agency, Officer
from views.auditor.filters import AGENCY, Exactly, Having, agencies
from views.auditor.records import RecordView
from views.auditor.shown import column, staff


def _roles(row: Officer) -> str:
    known = StaffRole.values()
    return _("、").join(str(StaffRole(role.name).label) if role.name in known else role.name for role in row.roles)


class StaffView(RecordView):
    """Accounts with their roles and agencies; no sign-in name, no address, no password."""

    column_list = ("id", "full_name", "roles", "agencies", "active", "valid_until", "signed_in_at")
    column_details_list = (*column_list, "must_change_password", "password_set_at")
    column_labels: dict[str, Any] = {
        "id": _l("人員編號"),
        "full_name": _l("姓名"),
        "roles": _l("角色"),
        "agencies": _l("機關"),
        "active": _l("啟用"),
        "valid_until": _l("使用期限"),
        "signed_in_at": _l("最近登入"),
        "must_change_password": _l("須變更密碼"),
        "password_set_at": _l("密碼設定時間"),
    }
    column_formatters = {
        "full_name": column(lambda row: staff(row.full_name, row.id)),
        "roles": column(_roles),
        "agencies": column(lambda row: _("、").join(agency.name for agency in row.agencies)),
    }
    filter_bar = (
        Having(AGENCY, _l("機關名稱"), agencies, lambda agency: Officer.agencies.any(Agency.id == agency)),
        Having("role", _l("角色"), StaffRole.choices, lambda role: Officer.roles.any(Role.name == role)),
        Exactly("person", _l("人員編號"), lambda typed: _numbered(typed)),
    )
    newest = (Officer.id,)
    beside = (Officer.roles, Officer.agencies)


def _numbered(typed: str) -> Any:
    return Officer.id == int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else false()
