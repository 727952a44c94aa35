"""The texts of messages as they stand, kept in memory: queueing a message costs its own row and nothing else."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.i18n import DEFAULT_LOCALE
from app.rules.vocabulary import Channel
from models import MessageTemplate

#: An edited text is used by every process after this many seconds at the latest; by the one that saved it, at once.
FRESH_FOR = 30.0


class TemplateMissing(LookupError):
    """No text for this event: the reference data have not been seeded."""


@dataclass(frozen=True)
class Text:
    """Subject and body with their places still open."""

    subject: str
    body: str


_Texts = dict[tuple[str, Channel, str], Text]
_kept: WeakKeyDictionary[Engine, tuple[float, _Texts]] = WeakKeyDictionary()


def text_of(session: Session, name: str, channel: Channel, locale: str) -> Text:
    """The text of an event in this language, else in Chinese; raises :class:`TemplateMissing`."""
    texts = _texts(session)
    for wanted in (locale, DEFAULT_LOCALE):
        found = texts.get((name, channel, wanted))
        if found is not None:
            return found
    raise TemplateMissing(name)


def _texts(session: Session) -> _Texts:
    engine = session.get_bind(MessageTemplate).engine
    read_at, texts = _kept.get(engine, (0.0, {}))
    if not texts or time.monotonic() - read_at > FRESH_FOR:
        rows = session.execute(
            select(
                MessageTemplate.event,
                MessageTemplate.channel,
                MessageTemplate.locale,
                MessageTemplate.subject,
                MessageTemplate.body,
            )
        )
        texts = {(name, channel, locale): Text(subject, body) for name, channel, locale, subject, body in rows}
        _kept[engine] = time.monotonic(), texts
    return texts


@event.listens_for(MessageTemplate, "after_insert")
@event.listens_for(MessageTemplate, "after_update")
@event.listens_for(MessageTemplate, "after_delete")
def _forget_changed(mapper: Any, connection: Any, template: MessageTemplate) -> None:
    _kept.pop(connection.engine, None)


@event.listens_for(Engine, "engine_disposed")
def _forget_all(engine: Engine) -> None:
    _kept.pop(engine, None)  # another database may stand at this address next time
