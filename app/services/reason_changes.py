"""不通過原因維護: headquarters adds, words, orders and stops reasons; what was decided with one keeps its words.

Decisions keep the Chinese words themselves. So other Chinese words are another reason: the old one stays, stopped, and
its English is still found for the decisions made with it. For the same reason nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules.characters import are_typed
from app.rules.vocabulary import ReasonScope
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import RejectionReason

LONGEST, LONGEST_EN = 60, 120


class ReasonText(RuleError):
    """A reason has words in both languages."""

    sentence = _l("請填寫原因，至多%(n)s個字，且不含換行。")


class ReasonTaken(RuleError):
    """The list has these words already."""

    sentence = _l("清單中已有「%(text)s」。已停用者，請改按「啟用」。")
    status = 409


class LastReason(RuleError):
    """Without a reason nobody could refuse anything."""

    sentence = _l("「%(scope)s」至少須有一項使用中的原因，無法停用。請先新增其他原因。")
    status = 409


@dataclass(frozen=True)
class Words:
    """A reason in both languages."""

    text: str
    text_en: str

    def checked(self) -> Words:
        """The words as they are kept; raises :class:`ReasonText`."""
        clean = Words(" ".join(self.text.split()), " ".join(self.text_en.split()))
        for field, longest in (("text", LONGEST), ("text_en", LONGEST_EN)):
            said = getattr(clean, field)
            if not 0 < len(said) <= longest or not are_typed(said):
                raise ReasonText(field, n=longest)
        return clean


def listed(scope: ReasonScope) -> list[RejectionReason]:
    """The reasons of one kind of review: those in use in their order, then the stopped ones."""
    rows = db.session.scalars(select(RejectionReason).where(RejectionReason.scope == scope))
    return sorted(rows, key=lambda row: (not row.is_active, row.position, row.id))


def get(reason_id: str) -> RejectionReason:
    """One reason; raises ``NotFound``."""
    row = db.session.get(RejectionReason, reason_id)
    if row is None:
        raise NotFound()
    return row


def add(scope: ReasonScope, words: Words, actor: Actor) -> str:
    """A new reason, last in its list; raises :class:`ReasonText`, :class:`ReasonTaken`."""
    clean = words.checked()
    try:
        with transaction() as session:
            row = _new(session, scope, clean, len(_active(session, scope)))
            session.flush()
            audit.record(session, "rejection_reason.add", actor, row, facts=_facts(row))
            return row.id
    except IntegrityError as error:
        raise ReasonTaken("text", text=clean.text) from error


def change(reason_id: str, words: Words, version: int, actor: Actor) -> None:
    """Other words; with other Chinese words the old reason is stopped and a new one takes its place.

    Raises :class:`ReasonText`, :class:`ReasonTaken`, ``Stale``.
    """
    clean = words.checked()
    try:
        with transaction() as session:
            row = _opened(session, reason_id, version)
            facts = {"text": [row.text, clean.text], "text_en": [row.text_en, clean.text_en]}
            if clean == Words(row.text, row.text_en):
                return
            if clean.text != row.text and row.is_active:
                row.is_active = False
                session.flush()
                row = _new(session, row.scope, clean, row.position)
            else:
                row.text, row.text_en = clean.text if not row.is_active else row.text, clean.text_en
            session.flush()
            audit.record(session, "rejection_reason.edit", actor, row, facts=facts)
    except IntegrityError as error:
        raise ReasonTaken("text", text=clean.text) from error


def set_active(reason_id: str, is_active: bool, version: int, actor: Actor) -> None:
    """停用 or 啟用 (last in its list again); raises :class:`LastReason`, ``Stale``."""
    with transaction() as session:
        row = _opened(session, reason_id, version)
        active = _active(session, row.scope)
        if row.is_active == is_active:
            return
        if not is_active and len(active) == 1:
            raise LastReason(scope=row.scope.label)
        row.is_active, row.position = is_active, len(active)
        _renumber([one for one in active if one.id != row.id])
        audit.record(session, f"rejection_reason.{'start' if is_active else 'stop'}", actor, row, facts=_facts(row))


def move(reason_id: str, steps: int, version: int, actor: Actor) -> None:
    """One place up (-1) or down (1) among those in use; at the end of the list nothing happens. Raises ``Stale``."""
    with transaction() as session:
        row = _opened(session, reason_id, version)
        active = _active(session, row.scope)
        place = next((n for n, one in enumerate(active) if one.id == row.id), None)
        if place is None or not 0 <= place + steps < len(active):
            return
        active.insert(place + steps, active.pop(place))
        _renumber(active)
        audit.record(session, "rejection_reason.move", actor, row, facts={"place": [place + 1, place + steps + 1]})


def _opened(session: Session, reason_id: str, version: int) -> RejectionReason:
    row = locked(session, RejectionReason, reason_id)
    if row.version != version:
        raise Stale()
    return row


def _active(session: Session, scope: ReasonScope) -> list[RejectionReason]:
    wanted = select(RejectionReason).where(RejectionReason.scope == scope, RejectionReason.is_active)
    ordered = wanted.order_by(RejectionReason.position, RejectionReason.id)
    return list(session.scalars(ordered.with_for_update()))


def _new(session: Session, scope: ReasonScope, words: Words, position: int) -> RejectionReason:
    """A row with these words: a new one, or the stopped one that has had them before."""
    known = session.scalar(
        select(RejectionReason).where(RejectionReason.scope == scope, RejectionReason.text == words.text)
    )
    if known is not None:
        if known.is_active:
            raise ReasonTaken("text", text=words.text)
        known.is_active, known.position, known.text_en = True, position, words.text_en
        return known
    row = RejectionReason(scope=scope, position=position, text=words.text, text_en=words.text_en)
    session.add(row)
    return row


def _renumber(rows: list[RejectionReason]) -> None:
    for place, row in enumerate(rows):
        if row.position != place:
            row.position = place


def _facts(row: RejectionReason) -> dict[str, str]:
    return {"scope": row.scope.value, "text": row.text, "text_en": row.text_en}
