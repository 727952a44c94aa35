"""通知範本維護: headquarters edits a text; every wording is kept, and an old one can be taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.errors import NotFound, Stale
from app.extensions import db
from app.i18n import DEFAULT_LOCALE
from app.rules import message_events, sms
from app.rules import message_texts as rules
from app.rules.vocabulary import Channel
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import MessageTemplate, MessageTemplateEdition


@dataclass(frozen=True)
class Preview:
    """A text with samples in its places, as its reader would get it; ``length`` of an SMS only."""

    subject: str
    body: str
    length: sms.Length | None


def listed() -> list[MessageTemplate]:
    """All texts: by message in the order of the declaration, then channel and language."""
    order = {name: place for place, name in enumerate(message_events.EVENTS)}
    rows = db.session.scalars(select(MessageTemplate))

    def place(row: MessageTemplate) -> tuple[Any, ...]:
        return order.get(row.event, len(order)), row.event, row.channel, row.locale != DEFAULT_LOCALE, row.locale

    return sorted(rows, key=place)


def get(template_id: str) -> MessageTemplate:
    """One text; raises ``NotFound``."""
    row = db.session.get(MessageTemplate, template_id)
    if row is None:
        raise NotFound()
    return row


def event_of(template: MessageTemplate) -> message_events.Event:
    """The declaration of a text's message."""
    return rules.event_of(template.event, template.subject + template.body)


def history(template_id: str) -> Sequence[MessageTemplateEdition]:
    """Every wording of a text, the newest first; none as long as nobody has changed it."""
    return db.session.scalars(
        select(MessageTemplateEdition)
        .where(MessageTemplateEdition.template_id == template_id)
        .order_by(MessageTemplateEdition.number.desc())
        .options(selectinload(MessageTemplateEdition.saved_by))
    ).all()


def preview(template: MessageTemplate, subject: str, body: str) -> Preview:
    """What a reader would get; never raises, whatever was typed."""
    values = rules.samples(template.locale)
    text = rules.filled(_clean(body, template.channel), values)
    if template.channel is Channel.SMS:
        return Preview("", text, sms.length(text))
    if template.event not in message_events.TAILS:
        tail = db.session.scalar(
            select(MessageTemplate.body).where(
                MessageTemplate.event == "tail",
                MessageTemplate.channel == Channel.MAIL,
                MessageTemplate.locale == template.locale,
            )
        )
        text += "\n" + rules.filled(tail or "", values)
    return Preview(rules.filled(" ".join(subject.split()), values), text, None)


def change(template_id: str, subject: str, body: str, version: int, officer_id: int, actor: Actor) -> None:
    """Save a text; raises ``RuleErrors`` of ``app.rules.message_texts``, ``Stale``, ``NotFound``."""
    with transaction() as session:
        template = _open(session, template_id, version)
        _write(session, template, subject, body, officer_id)
        _record(session, template, actor, {})


def restore(template_id: str, number: int, version: int, officer_id: int, actor: Actor) -> None:
    """Take up an earlier wording again, as a new edition; raises what :func:`change` raises."""
    with transaction() as session:
        template = _open(session, template_id, version)
        old = session.scalar(
            select(MessageTemplateEdition).where(
                MessageTemplateEdition.template_id == template_id, MessageTemplateEdition.number == number
            )
        )
        if old is None:
            raise NotFound()
        _write(session, template, old.subject, old.body, officer_id)
        _record(session, template, actor, {"edition": number})


def _open(session: Session, template_id: str, version: int) -> MessageTemplate:
    template = locked(session, MessageTemplate, template_id)
    if template.version != version:
        raise Stale()
    return template


def _write(session: Session, template: MessageTemplate, subject: str, body: str, officer_id: int) -> None:
    """Check and set a text, and keep both wordings: the one that goes, if it was never kept, and the one that comes."""
    subject, body = " ".join(subject.split()), _clean(body, template.channel)
    rules.check(event_of(template), template.channel, subject, body)
    if template.channel is Channel.SMS or template.event in message_events.TAILS:
        subject = ""
    if (subject, body) == (template.subject, template.body):
        return
    last = session.scalar(
        select(func.max(MessageTemplateEdition.number)).where(MessageTemplateEdition.template_id == template.id)
    )
    if last is None:
        last = 1
        session.add(_edition(template, 1, template.created_at, None))
    template.subject, template.body = subject, body
    session.flush()
    session.add(_edition(template, last + 1, clock.now(), officer_id))


def _edition(
    template: MessageTemplate, number: int, saved_at: datetime, officer_id: int | None
) -> MessageTemplateEdition:
    return MessageTemplateEdition(
        template_id=template.id,
        number=number,
        subject=template.subject,
        body=template.body,
        saved_at=saved_at,
        saved_by_id=officer_id,
    )


def _record(session: Session, template: MessageTemplate, actor: Actor, facts: dict[str, object]) -> None:
    facts |= {"event": template.event, "channel": str(template.channel), "locale": template.locale}
    event = "message_template.restore" if "edition" in facts else "message_template.edit"
    audit.record(session, event, actor, template, facts=facts)


def _clean(body: str, channel: Channel) -> str:
    """The lines of a text without blanks at their ends; a mail ends with a line break, an SMS is what it is."""
    lines = "\n".join(line.rstrip() for line in body.strip().splitlines())
    return lines if channel is Channel.SMS else f"{lines}\n"
