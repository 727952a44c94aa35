"""A record as it is, field by field, without masks: only for the answer to a request with a purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from app.crypto import SealBroken
from app.extensions import db
from app.i18n import _, _l
from app.rules import dates
from app.rules.visit_words import CUSTODY
from app.rules.vocabulary import Word
from models import AuditValues, Inmate, Reservation, ServiceApplication
from views.auditor.shown import agency_name, broken, locale, reason

Field = tuple[Any, Callable[[Any], Any]]


def fields(kind: str, row: Any) -> list[tuple[Any, str]]:
    """Label and full value of every field of a record of this kind."""
    return [(label, _read(get, row)) for label, get in _FIELDS[kind]]


def knows(kind: str) -> bool:
    """Whether records of this kind have more to show than their masked page."""
    return kind in _FIELDS


def _read(get: Callable[[Any], Any], row: Any) -> str:
    try:
        return _text(get(row))
    except SealBroken:
        return broken()


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Word):
        return str(value.label)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return dates.log_time(value, locale())
    if isinstance(value, date):
        return dates.list_date(value)
    if isinstance(value, list):
        return "；".join(_text(one) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{name}：{_text(one)}" for name, one in value.items())
    return str(value)


def _of(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, name)


def _inmate(row: Any) -> str:
    who: Inmate = row.inmate
    return f"{who.number}{who.name}"


def _papers(row: ServiceApplication) -> list[str]:
    return [f"{paper.kind.label}：{paper.file_name}" for paper in row.attachments]


def _companions(row: Reservation) -> list[str]:
    return [f"{one.name}（{one.relation.label}）{one.id_number}" for one in row.companions]


def _restrictions(row: Inmate) -> list[str]:
    return [
        f"{one.kind.label}：{one.from_on}－{one.until_on or ''} {one.details or ''}".strip() for one in row.restrictions
    ]


def _facts(row: Any) -> Any:
    values = db.session.query(AuditValues).filter_by(entry_seq=row.seq).one_or_none()
    return values.facts if values else None


_AGENCY: Field = (_l("矯正機關"), lambda row: agency_name(row.agency_id))
_NUMBER: Field = (_l("資料編號"), _of("id"))
_REASONS: tuple[Field, ...] = (
    (_l("不通過原因"), lambda row: reason(row.rejection_reason)),
    (_l("補充說明"), _of("rejection_note")),
)

_FIELDS: dict[str, tuple[Field, ...]] = {
    "service_application": (
        _AGENCY,
        (_l("收容人資訊"), _inmate),
        (_l("申請人資訊"), lambda row: row.applicant.name),
        (_l("與收容人關係"), _of("relation")),
        (_l("服務項目"), _of("item")),
        (_l("律師證號"), _of("certificate_number")),
        (_l("指導律師"), _of("supervising_lawyer")),
        (_l("送出時間"), _of("submitted_at")),
        (_l("附件"), _papers),
        (_l("審核狀態"), _of("state")),
        (_l("審核時間"), _of("decided_at")),
        (_l("審核人員"), _of("decided_by")),
        *_REASONS,
        _NUMBER,
    ),
    "reservation": (
        (_l("預約編號"), _of("number")),
        _AGENCY,
        (_l("收容人資訊"), _inmate),
        (_l("接見人"), _of("visitor_name")),
        (_l("與收容人關係"), _of("visitor_relation")),
        (_l("其他接見人"), _companions),
        (_l("接見類型"), _of("kind")),
        (_l("預計到達"), _of("arrives_at")),
        (_l("預約方式"), _of("source")),
        (_l("狀態"), _of("state")),
        (_l("審核人員"), _of("decided_by")),
        *_REASONS,
        _NUMBER,
    ),
    "service_grant": (
        _AGENCY,
        (_l("收容人資訊"), _inmate),
        (_l("申請人資訊"), lambda row: row.applicant.name),
        (_l("與收容人關係"), _of("relation")),
        (_l("服務項目"), _of("item")),
        (_l("起"), _of("from_on")),
        (_l("迄"), _of("until_on")),
        (_l("狀態"), _of("state")),
        (_l("原因"), lambda row: reason(row.reason)),
        (_l("補充說明"), _of("reason_note")),
        _NUMBER,
    ),
    "companion": (
        (_l("姓名"), _of("name")),
        (_l("身分證字號"), _of("id_number")),
        (_l("與收容人關係"), _of("relation")),
        (_l("預約資料編號"), _of("reservation_id")),
        _NUMBER,
    ),
    "family_book_entry": (  # what a letter says is no matter of record
        _AGENCY,
        (_l("收容人資訊"), _inmate),
        (_l("申請人資訊"), lambda row: row.applicant.name),
        (_l("發佈日期"), _of("published_at")),
        (_l("審核狀態"), _of("state")),
        (_l("審核人員"), _of("decided_by")),
        *_REASONS,
        _NUMBER,
    ),
    "agency_book_entry": (
        _AGENCY,
        (_l("收容人資訊"), lambda row: _inmate(row) if row.inmate else None),
        (_l("發佈日期"), _of("published_at")),
        (_l("發佈人員"), _of("published_by")),
        _NUMBER,
    ),
    "notification": (
        _AGENCY,
        (_l("收件人"), lambda row: row.applicant.name if row.applicant else None),
        (_l("分類"), _of("channel")),
        (_l("傳送目的"), _of("recipient")),
        (_l("主旨"), _of("subject")),
        (_l("內文"), _of("body")),  # live links and codes are never in it
        (_l("傳送時間"), _of("sent_at")),
        (_l("傳送狀態"), _of("state")),
        (_l("失敗原因"), _of("last_error")),
        _NUMBER,
    ),
    "applicant": (
        (_l("姓名"), _of("name")),
        (_l("身分證字號"), _of("id_number")),
        (_l("出生日期"), _of("birth_date")),
        (_l("電子郵件"), _of("mail")),
        (_l("行動電話"), _of("mobile")),
        (_l("市內電話"), _of("landline")),
        (_l("地址"), _of("address")),
        (_l("職業"), _of("occupation")),
        (_l("帳號狀態"), _of("state")),
        _NUMBER,
    ),
    "inmate": (
        _AGENCY,
        (_l("呼號"), _of("number")),
        (_l("姓名"), _of("name")),
        (_l("身分證字號"), _of("id_number")),
        (_l("出生日期"), _of("birth_date")),
        (_l("處分種類"), lambda row: CUSTODY.get(row.custody_type, row.custody_type)),
        (_l("場舍"), _of("unit")),
        (_l("限制事項"), _restrictions),
        _NUMBER,
    ),
    "ab_user": (
        (_l("帳號名稱"), _of("username")),
        (_l("姓名"), _of("full_name")),
        (_l("電子郵件"), _of("email")),
        (_l("角色"), lambda row: [role.name for role in row.roles]),
        (_l("矯正機關"), lambda row: [agency.name for agency in row.agencies]),
        (_l("啟用"), _of("active")),
        (_l("使用期限"), _of("valid_until")),
        _NUMBER,
    ),
    "audit_entry": (
        (_l("序號"), _of("seq")),
        (_l("時間"), _of("at")),
        (_l("人員"), _of("actor_name")),
        (_l("作業"), _of("event")),
        (_l("來源位址"), _of("remote_address")),
        (_l("資料種類"), _of("subject_kind")),
        (_l("資料編號"), _of("subject_id")),
        (_l("作業內容"), _facts),
    ),
}
