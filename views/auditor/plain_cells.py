"""Cells of plain lists whose stored code is no word: what a reader sees in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup
from sqlalchemy import Enum

from app.i18n import LOCALES, _l
from app.rules import closure_words
from app.rules.job_results import words
from app.rules.message_texts import event_of
from app.rules.parameters import ParameterCode
from app.rules.vocabulary import BookingSource
from app.services.jobs import JOBS
from models import Base, SessionKind
from views.auditor.shown import locale, reason
from views.auditor.subjects import KINDS, page_of
from views.auditor.trail_words import ACTORS, EVENTS, SUBJECTS

#: 嘗試次數與鎖定: what is counted.
ATTEMPTS: dict[str, Any] = {
    "portal.sign_in": _l("申請人登入"),
    "staff.sign_in": _l("機關人員登入"),
    "second_factor": _l("第二道驗證"),
    "ask_again": _l("再次確認密碼"),
    "sender.sign_in": _l("同一來源登入"),
    "sender.register": _l("同一來源註冊"),
    "sender.mail": _l("同一來源要求寄信"),
    "sender.sms": _l("同一來源要求簡訊"),
    "sender.access_key": _l("同一來源之介接金鑰錯誤"),
    "sender.sms_receipt": _l("同一來源之簡訊回報錯誤"),
    "recipient.mail": _l("寄至同一信箱"),
    "recipient.sms": _l("發至同一手機"),
    "recipient.sms_day": _l("發至同一手機（每日）"),
    "account.lookup": _l("查詢帳號"),
    "inmate.lookup": _l("查詢收容人"),
    "verification.resend": _l("重寄驗證信"),
    "mobile_code.resend": _l("重發手機驗證碼"),
    "mobile_code.tries": _l("輸入手機驗證碼"),
    "access_key.deliveries": _l("介接匯入收容人資料"),
    "access_key.results": _l("介接傳送辨識結果"),
}


def _subject(row: Any) -> Any:
    kind = KINDS.get(row.subject_kind)
    return kind.name if kind else SUBJECTS.get(row.subject_kind, row.subject_kind)


def _move(row: Any) -> Any:
    return EVENTS.get(f"{row.subject_kind}.{row.move}", row.move)


def _state(name: str) -> Callable[[Any], Any]:
    def shown(row: Any) -> Any:
        table, stored = Base.metadata.tables.get(row.subject_kind), getattr(row, name)
        kind: Any = table.c["state"].type if table is not None and "state" in table.c else None
        words: Any = kind.enum_class if isinstance(kind, Enum) else None
        return words(stored).label if words is not None and stored in words.values() else stored

    return shown


def _source(row: Any) -> Any:
    known = row.source_filter in BookingSource.values()
    return BookingSource(row.source_filter).label if known else _l("全部")


def _owner(row: Any) -> Any:
    """Whose sign-in or second factor it is."""
    return linked("applicant" if row.kind is SessionKind.APPLICANT else "ab_user", row.subject_id)


def _actor(row: Any) -> Any:
    return linked({"staff": "ab_user", "applicant": "applicant"}.get(row.actor_kind, ""), row.actor_id)


def _period(row: Any) -> str:
    return closure_words.period(row, locale())


def _kind_or_all(row: Any) -> Any:
    return row.kind.label if row.kind else _l("全部")


def _meaning(row: Any) -> Any:
    return ParameterCode(row.code).label if row.code in ParameterCode.values() else row.code


def linked(table: str, key: Any) -> Any:
    """A key that leads to the record that it names."""
    address = page_of(table, str(key)) if key else None
    return Markup('<a href="{}">{}</a>').format(address, key) if address else key


def _media(row: Any) -> str:
    return str(row.media_type).rpartition("/")[2].upper()


def _size(row: Any) -> str:
    return f"{row.size_bytes:,}"


def _reason(name: str) -> Callable[[Any], Any]:
    return lambda row: reason(getattr(row, name))


_LABELS = {job.name: job.label for job in JOBS}

#: By table and column.
CELLS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("state_move", "subject_kind"): _subject,
    ("state_move", "move"): _move,
    ("state_move", "from_state"): _state("from_state"),
    ("state_move", "to_state"): _state("to_state"),
    ("state_move", "actor_kind"): lambda row: ACTORS.get(row.actor_kind, row.actor_kind),
    ("work_item", "subject_kind"): _subject,
    ("message_template", "event"): lambda row: event_of(row.event).label,
    ("message_template", "locale"): lambda row: LOCALES.get(row.locale, row.locale),
    ("applicant", "locale"): lambda row: LOCALES.get(row.locale, row.locale),
    ("attempt_counter", "purpose"): lambda row: ATTEMPTS.get(row.purpose, row.purpose),
    ("job_run", "name"): lambda row: _LABELS.get(row.name, row.name),
    ("job_run", "result"): lambda row: words(row.result, row.is_failed) if row.finished_at else None,
    ("roster_edition", "source_filter"): _source,
    ("state_move", "subject_id"): lambda row: linked(row.subject_kind, row.subject_id),
    ("state_move", "actor_id"): _actor,
    ("work_item", "subject_id"): lambda row: linked(row.subject_kind, row.subject_id),
    ("browser_session", "subject_id"): _owner,
    ("second_factor", "subject_id"): _owner,
    ("visit_closure", "period"): _period,
    ("visit_closure", "kind"): _kind_or_all,
    ("visit_closure", "reason"): lambda row: closure_words.worded(row.reason),
    ("agency_parameter", "meaning"): _meaning,
    ("notice", "agency"): lambda row: row.agency.name if row.agency else _l("矯正署"),
    ("access_key", "agency"): lambda row: row.agency.name if row.agency else _l("全部機關"),
    ("attachment", "media_type"): _media,
    ("attachment", "size_bytes"): _size,
    ("attachment", "refusal"): _reason("refusal"),
    ("book_attachment", "media_type"): _media,
    ("book_attachment", "size_bytes"): _size,
    ("application_item", "rejection_reason"): _reason("rejection_reason"),
    ("service_grant", "reason"): _reason("reason"),
}
