"""The outbox: texts from the templates, queued in the same commit as the decision that they tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from app import clock
from app.extensions import db
from app.i18n import DEFAULT_LOCALE
from app.rules.messages import HAS_DATE, REMINDERS, life_of
from app.rules.vocabulary import Channel, MessageState
from app.services import short_messages
from app.services.text_cache import TemplateMissing, Text, text_of
from models import Agency, Applicant, Base, Notification, Officer, Reservation

__all__ = [
    "HIDDEN_LINK",
    "TemplateMissing",
    "Text",
    "about",
    "address",
    "compose",
    "enqueue",
    "enqueue_to_staff",
    "letter",
    "log_of",
    "not_arrived",
    "undelivered",
    "undelivered_for",
]

#: What a log shows in the place of a live link.
HIDDEN_LINK = "［連結不顯示］"
#: What a 32-bit column holds; numbers beyond it only tell notices apart, they are no versions.
_HIGHEST_VERSION = 2**31 - 1


def enqueue(
    session: Session,
    event: str,
    applicant: Applicant,
    subject: Base,
    *,
    version: int = 1,
    agency: Agency | None = None,
    values: dict[str, Any] | None = None,
    link: str | None = None,
    give_up_at: datetime | None = None,
) -> Notification:
    """Queue a mail about ``subject`` in the caller's transaction, and its SMS where there is to be one.

    ``link`` is a live one-time link: the text that is kept says ［連結不顯示］, the link itself is sealed beside it and
    wiped once sent. One event on one version of a record is queued once. After ``give_up_at`` (default: by the event,
    see ``app.rules.messages``) it is no longer tried and goes to 未送達通知處理.
    """
    shown = {**(values or {}), **({"link": HIDDEN_LINK} if link else {})}
    text = compose(session, event, applicant.locale, agency, shown)
    agency_id = agency.id if agency else None
    message = letter(event, applicant, subject, text, version=version, agency_id=agency_id, give_up_at=give_up_at)
    if link:
        message.secret = {"link": link}
    session.add(message)
    short = short_messages.beside(session, applicant, message, shown)
    if short is not None:
        session.add(short)
    return message


def enqueue_to_staff(
    session: Session, event: str, officer: Officer, recipient: str, *, version: int, values: dict[str, Any]
) -> Notification:
    """Queue a mail to a member of staff in the caller's transaction; no SMS, and nobody's 簡訊電子郵件紀錄 but ours."""
    text = compose(session, event, DEFAULT_LOCALE, None, values)
    message = letter(event, None, officer, text, version=version, recipient=recipient)
    session.add(message)
    return message


def compose(session: Session, event: str, locale: str, agency: Agency | None, values: dict[str, Any]) -> Text:
    """The text of an event in a language, with the tail that names the agency where it can be called."""
    shown = values
    if not all(type(value) is str for value in values.values()):
        with force_locale(locale):
            shown = {name: str(value) for name, value in values.items()}
    text = text_of(session, event, Channel.MAIL, locale)
    tail = text_of(session, "tail" if agency and agency.phone else "tail_plain", Channel.MAIL, locale)
    asks = {"agency": agency.name if agency else "", "phone": agency.phone if agency else ""}
    return Text(text.subject % shown, f"{text.body % shown}\n{tail.body % asks}")


def letter(
    event: str,
    applicant: Applicant | None,
    subject: Any,
    text: Text,
    *,
    version: int = 1,
    agency_id: str | None = None,
    give_up_at: datetime | None = None,
    recipient: str | None = None,
) -> Notification:
    """A mail with this text, ready to be queued; to ``recipient`` where it goes to no applicant."""
    now, reader = clock.now(), applicant.id if applicant else "staff"
    return Notification(
        dedupe_key=f"{event}:{subject.id}:{version}:{reader}{short_messages.MAIL_KEY}",
        event=event,
        channel=Channel.MAIL,
        agency_id=agency_id,
        applicant_id=applicant.id if applicant else None,
        subject_kind=subject.__tablename__,
        subject_id=str(subject.id),
        subject_version=min(version, _HIGHEST_VERSION),
        subject=text.subject,
        queued_at=now,
        due_at=now,
        give_up_at=give_up_at or _give_up_at(event, subject, now),
        has_calendar=event in HAS_DATE and _is_reservation(subject),
        recipient=applicant.mail if applicant else recipient,
        body=text.body,
    )


def _give_up_at(event: str, subject: Any, now: datetime) -> datetime:
    if event in REMINDERS and _is_reservation(subject):
        return subject.arrives_at
    return now + life_of(event)


def _is_reservation(subject: Any) -> bool:
    # Not by type: a save of many rows reads only the columns that it needs.
    return bool(subject.__tablename__ == Reservation.__tablename__)


def address(path: str) -> str:
    """A link into the portal, from the configured address and never from the request's Host."""
    return f"{current_app.config['BASE_URL']}{path}"


def log_of(applicant_id: str, limit: int = 100) -> list[Notification]:
    """簡訊電子郵件紀錄 of one applicant, newest first."""
    return list(
        db.session.scalars(
            select(Notification)
            .where(Notification.applicant_id == applicant_id)
            .order_by(Notification.queued_at.desc(), Notification.id)
            .limit(limit)
        )
    )


def about(subject: Base, limit: int = 50) -> list[Notification]:
    """The messages about a record, newest first."""
    mine = (Notification.subject_kind == subject.__tablename__, Notification.subject_id == str(subject.id))
    return list(
        db.session.scalars(
            select(Notification).where(*mine).order_by(Notification.queued_at.desc(), Notification.id).limit(limit)
        )
    )


def not_arrived() -> ColumnElement[bool]:
    """The condition of a message that did not, or not certainly, arrive and that nobody has dealt with yet."""
    return and_(Notification.state.in_((MessageState.FAILED, MessageState.UNKNOWN)), Notification.handled_at.is_(None))


def undelivered() -> ColumnElement[bool]:
    """As :func:`not_arrived`, where the same news has not come to the person as an SMS, either."""
    return and_(not_arrived(), ~_arrived_by_sms())


def _arrived_by_sms() -> ColumnElement[bool]:
    """Whether the SMS of a mail has arrived: the gateway's receipt says so, a mere acceptance does not."""
    short, mail = aliased(Notification), Notification.dedupe_key
    key = func.substr(mail, 1, func.length(mail) - len(short_messages.MAIL_KEY)).concat(short_messages.SMS_KEY)
    arrived = exists().where(short.dedupe_key == key, short.state == MessageState.DELIVERED).correlate(Notification)
    return and_(Notification.channel == Channel.MAIL, arrived)


def undelivered_for(subject_ids: Iterable[str]) -> set[str]:
    """Those records about which a message did not arrive: somebody has to telephone."""
    wanted = Notification.subject_id.in_(list(subject_ids))
    return set(db.session.scalars(select(Notification.subject_id).where(wanted, undelivered())))
