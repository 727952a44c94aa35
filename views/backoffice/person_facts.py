"""What the page of a person tells: the account in full, its cases at the officer's agencies, its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from app import clock
from app.extensions import db
from app.i18n import _, _l
from app.rules import masking
from app.rules.dates import birth_date_shown, list_date, log_time
from app.services import mail_changes, mobile_changes, persons
from app.services.state_moves import Moved, moves_of
from models import Applicant, FamilyBookEntry, Notification, Reservation, ServiceApplication, ServiceGrant
from views.backoffice import case_facts, scope
from views.backoffice.case_facts import NONE, Facts, locale, moment

MOVES: dict[str, Any] = {"lock": _l("鎖定帳號"), "unlock": _l("解除鎖定"), "merge": _l("併入其他帳號")}


@dataclass(frozen=True)
class Part:
    """One table of the page: heading, head of the columns, lines of cells."""

    title: str
    head: tuple[str, ...]
    lines: list[tuple[Any, ...]]


def found(person: Applicant) -> tuple[str, str, str, str, Any]:
    """A person in the list of what was found: masked."""
    return (
        masking.name_circle(person.name),
        masking.id_number(person.id_number),
        masking.mobile(person.mobile),
        masking.mail(person.mail),
        person.state.label,
    )


def account(person: Applicant) -> Facts:
    """The account in full."""
    verified = _("（已驗證）") if person.mobile_verified_at else _("（未驗證）")
    mail = _("（已驗證）") if person.mail_verified_at else _("（未驗證）")
    bounced = _("　近日寄送之郵件遭退回") if person.mail_bounced_at else ""
    return [
        (_("姓名"), person.name),
        (_("身分證號"), f"{person.id_number}　{person.id_kind.label}"),
        (_("身分確認"), moment(person.id_bound_at) if person.id_bound_at else _("尚未確認")),
        (_("出生日期"), birth_date_shown(person.birth_date, locale())),
        (_("手機"), f"{person.mobile}{verified}"),
        (_("市內電話"), person.landline or NONE),
        (_("電子郵件"), f"{person.mail}{mail}{bounced}"),
        (_("地址"), person.address),
        (_("職業"), person.occupation),
        (_("帳號狀態"), str(person.state.label)),
        (_("註冊時間"), moment(person.created_at)),
    ]


def proposals(person: Applicant) -> list[str]:
    """What is proposed and waits for the owner, in sentences."""
    found = []
    for waiting, sentence in (
        (mail_changes.waiting_for(person.id), _l("已提出新的電子郵件%(value)s，待當事人於%(time)s前確認。")),
        (mobile_changes.waiting_for(person.id), _l("已提出新的手機號碼%(value)s，待當事人於%(time)s前確認。")),
    ):
        if waiting is not None:
            hide = masking.mail if "@" in waiting.value else masking.mobile
            found.append(sentence % {"value": hide(waiting.value), "time": moment(waiting.expires_at)})
    return found


def moves(person: Applicant) -> list[Moved]:
    """Who locked, unlocked or merged the account."""
    return moves_of(db.session(), person)


def parts(person: Applicant) -> list[Part]:
    """Cases, grants, bookings, entries at the officer's agencies, and messages."""
    ids = scope.agency_ids()
    cases = persons.cases_of(person.id, ServiceApplication, ids, ServiceApplication.submitted_at)
    grants = persons.cases_of(person.id, ServiceGrant, ids, ServiceGrant.until_on)
    visits = persons.cases_of(person.id, Reservation, ids, Reservation.arrives_at)
    entries = persons.cases_of(person.id, FamilyBookEntry, ids, FamilyBookEntry.published_at)
    at, who = _("矯正機關"), _("收容人資訊")
    return [
        Part(
            _("服務項目申請"),
            (at, who, _("服務項目"), _("申請日期"), _("狀態")),
            [(*_about(r), case_facts.asked_for(r), list_date(r.applied_on), r.state.label) for r in cases],
        ),
        Part(
            _("已核准服務項目"),
            (at, who, _("服務項目"), _("有效期限"), _("狀態")),
            [
                (*_about(r), r.item.label, case_facts.span(r.from_on, r.until_on), case_facts.standing(r).label)
                for r in grants
            ],
        ),
        Part(
            _("預約接見"),
            (at, who, _("接見類型"), _("接見時間"), _("狀態")),
            [(*_about(r), r.kind.label, f"{r.arrives_local:%Y/%m/%d %H:%M}", r.stood.label) for r in visits],
        ),
        Part(
            _("家庭聯絡簿"),
            (at, who, _("發佈日期"), _("狀態")),
            [(*_about(r), moment(r.published_at), r.state.label) for r in entries],
        ),
        Part(
            _("簡訊電子郵件紀錄"),
            (_("分類"), _("傳送時間"), _("主旨"), _("傳送狀態")),
            [(m.channel.label, _time(m), m.subject or NONE, m.state.label) for m in _messages(person)],
        ),
    ]


def _about(row: Any) -> tuple[str, str]:
    return row.agency.name, f"{row.inmate.number}{masking.name_circle(row.inmate.name)}"


def _time(message: Notification) -> str:
    return log_time(clock.local(message.sent_at or message.queued_at), locale())


def _messages(person: Applicant) -> list[Notification]:
    ids = scope.agency_ids()
    mine = select(Notification).where(Notification.applicant_id == person.id)
    if ids is not None:  # what other agencies told is not this officer's to read
        mine = mine.where(or_(Notification.agency_id.in_(sorted(ids)), Notification.agency_id.is_(None)))
    return list(db.session.scalars(mine.order_by(Notification.queued_at.desc(), Notification.id).limit(20)))
