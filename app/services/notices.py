"""訊息公告及申辦流程: what headquarters and agencies publish, and which of it stands on the portal today."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.office_vocabulary import NoticeKind
from app.security import Actor
from app.services import records
from models import Notice

#: Longer than the longest procedure by far.
LONGEST_BODY = 10_000
#: More notices in force than anybody reads.
MOST_SHOWN = 100


class SpanCrossed(RuleError):
    """A notice cannot end before it begins."""

    sentence = _l("刊登迄日不可早於刊登起日，請重新填寫。")


class EnglishHalf(RuleError):
    """English is a title and a text, or neither."""

    sentence = _l("英文標題與英文內文請一併填寫，或均留空（留空者，英文版顯示中文）。")


class BodyTooLong(RuleError):
    """A notice is read on a telephone."""

    sentence = _l("內文至多%(n)s個字，請縮短。")


class NotOwnAgency(RuleError):
    """Whoever has no such agency publishes nothing for it."""

    sentence = _l("請選擇您所屬之機關。")


def check(values: dict[str, Any]) -> None:
    """The rules of a notice; raises :class:`SpanCrossed`, :class:`EnglishHalf`, :class:`BodyTooLong`."""
    if values["until_on"] and values["until_on"] < values["published_on"]:
        raise SpanCrossed("until_on")
    if bool(values["title_en"]) != bool(values["body_en"]):
        raise EnglishHalf("body_en" if values["title_en"] else "title_en")
    for name in ("body", "body_en"):
        if len(values[name] or "") > LONGEST_BODY:
            raise BodyTooLong(name, n=LONGEST_BODY)


def add(values: dict[str, Any], scope: frozenset[str] | None, officer_id: int, actor: Actor) -> str:
    """Publish a notice and return its id; only headquarters (``scope`` None) publishes for everybody.

    Raises :class:`NotOwnAgency` and what :func:`check` raises.
    """
    if scope is not None and values["agency_id"] not in scope:
        raise NotOwnAgency("agency_id")
    check(values)
    return records.add(Notice(**values, made_by_id=officer_id), actor)


def _in_force(kind: NoticeKind) -> Any:
    today = clock.today()
    return (
        select(Notice)
        .where(
            Notice.kind == kind, Notice.published_on <= today, or_(Notice.until_on.is_(None), Notice.until_on >= today)
        )
        .options(selectinload(Notice.agency))
    )


def in_force(kind: NoticeKind, limit: int = MOST_SHOWN) -> list[Notice]:
    """What is published today: headquarters' first, then the newest."""
    ours_first = case((Notice.agency_id.is_(None), 0), else_=1)
    ordered = _in_force(kind).order_by(ours_first, Notice.published_on.desc(), Notice.created_at, Notice.id)
    return list(db.session.scalars(ordered.limit(limit)))


def published(notice_id: str) -> Notice:
    """One notice that is published today; raises ``NotFound``."""
    for kind in NoticeKind:
        row: Notice | None = db.session.scalar(_in_force(kind).where(Notice.id == notice_id))
        if row is not None:
            return row
    raise NotFound()
