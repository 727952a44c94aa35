"""The outbox: texts from the templates, queued in the same commit as the decision that they tell."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.i18n import DEFAULT_LOCALE
from app.rules.vocabulary import Channel
from models import Agency, Applicant, Base, MessageTemplate, Notification

#: What a log shows in the place of a live link.
HIDDEN_LINK = "［連結不顯示］"


class TemplateMissing(LookupError):
    """No text for this event: the reference data have not been seeded."""


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
) -> Notification:
    """Queue a mail about ``subject`` in the caller's transaction.

    ``link`` is a live one-time link: the text that is kept says ［連結不顯示］, the link itself is sealed beside it and
    wiped once sent. One event on one version of a record is queued once.
    """
    shown = {**(values or {}), **({"link": HIDDEN_LINK} if link else {})}
    subject_line, body = worded(session, event, applicant.locale, agency, shown)
    now = clock.now()
    message = Notification(
        dedupe_key=f"{event}:{subject.id}:{version}:{applicant.id}:mail",
        event=event,
        channel=Channel.MAIL,
        agency_id=agency.id if agency else None,
        applicant_id=applicant.id,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        subject=subject_line,
        queued_at=now,
        due_at=now,
        recipient=applicant.mail,
        body=body,
    )
    if link:
        message.secret = {"link": link}
    session.add(message)
    return message


def worded(session: Session, event: str, locale: str, agency: Agency | None, values: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of a message, tail included, in a reader's language."""
    with force_locale(locale):
        shown = {name: str(value) for name, value in values.items()}
    text = _template(session, event, locale)
    tail = _template(session, "tail" if agency and agency.phone else "tail_plain", locale)
    ending = tail.body % {"agency": agency.name if agency else "", "phone": agency.phone if agency else ""}
    return text.subject % shown, f"{text.body % shown}\n{ending}"


def _template(session: Session, event: str, locale: str) -> MessageTemplate:
    for wanted in (locale, DEFAULT_LOCALE):
        found = session.scalar(
            select(MessageTemplate).where(
                MessageTemplate.event == event,
                MessageTemplate.channel == Channel.MAIL,
                MessageTemplate.locale == wanted,
            )
        )
        if found is not None:
            return found
    raise TemplateMissing(event)


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
