"""The outbox: texts from the templates, queued in the same commit as the decision that they tell."""

from __future__ import annotations

from dataclasses import dataclass
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
    text = compose(
        session, event, applicant.locale, agency, {**(values or {}), **({"link": HIDDEN_LINK} if link else {})}
    )
    message = letter(event, applicant, subject, text, version=version, agency_id=agency.id if agency else None)
    if link:
        message.secret = {"link": link}
    session.add(message)
    return message


@dataclass(frozen=True)
class Text:
    """A finished message: its subject line and its body."""

    subject: str
    body: str


#: Templates by event and language, for a caller who writes many messages in a row.
Templates = dict[tuple[str, str], MessageTemplate]


def compose(
    session: Session,
    event: str,
    locale: str,
    agency: Agency | None,
    values: dict[str, Any],
    templates: Templates | None = None,
) -> Text:
    """The text of an event in a language, with the tail that names the agency where it can be called."""
    templates = {} if templates is None else templates
    with force_locale(locale):
        shown = {name: str(value) for name, value in values.items()}
        text = _template(session, event, locale, templates)
        tail = _template(session, "tail" if agency and agency.phone else "tail_plain", locale, templates)
        names = {"agency": agency.name if agency else "", "phone": agency.phone if agency else ""}
        return Text(text.subject % shown, text.body % shown + "\n" + tail.body % names)


def letter(
    event: str, applicant: Applicant, subject: Any, text: Text, *, version: int = 1, agency_id: str | None = None
) -> Notification:
    """A mail with this text, ready to be queued."""
    now = clock.now()
    return Notification(
        dedupe_key=f"{event}:{subject.id}:{version}:{applicant.id}:mail",
        event=event,
        channel=Channel.MAIL,
        agency_id=agency_id,
        applicant_id=applicant.id,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        subject=text.subject,
        queued_at=now,
        due_at=now,
        recipient=applicant.mail,
        body=text.body,
    )


def _template(session: Session, event: str, locale: str, known: Templates) -> MessageTemplate:
    if (event, locale) in known:
        return known[event, locale]
    for wanted in (locale, DEFAULT_LOCALE):
        found = session.scalar(
            select(MessageTemplate).where(
                MessageTemplate.event == event,
                MessageTemplate.channel == Channel.MAIL,
                MessageTemplate.locale == wanted,
            )
        )
        if found is not None:
            known[event, locale] = found
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
