"""稽核軌跡: one row per act, written in the act's own transaction."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app import clock, crypto
from app.security import Actor
from app.services.plain_inserts import connection_of, insert_now, insert_values
from app.transaction import noting, write_last
from models import AuditCounter, AuditEntry, AuditValues, Base, StateMove, new_id

#: As wide as the columns are.
_LONGEST_NAME, _LONGEST_ADDRESS = 50, 45
_COUNT = (
    update(AuditCounter.__table__)  # type: ignore[arg-type]
    .where(AuditCounter.id == 1)
    .values(last=AuditCounter.last + bindparam("rows"))
    .returning(AuditCounter.last)
)


def record(
    session: Session,
    event: str,
    actor: Actor,
    subject: Base | str,
    *,
    agency_id: str | None = None,
    facts: dict[str, Any] | None = None,
    subject_id: str | None = None,
) -> AuditEntry:
    """Have written into the trail who did what to which record, and return what will be.

    Its number, and with it its MAC, it has only when the act ends. ``subject`` is a row, or a word where there is
    none; ``subject_id`` then names one that is gone.
    """
    facts = facts or {}
    text = facts_text(facts)
    session.flush()  # a new row has its key now
    entry = AuditEntry(
        id=new_id(),
        at=clock.now(),
        event=event,
        actor_kind=actor.kind,
        actor_id=actor.id,
        # Who it was, the number beside tells; a name of two long parts must not keep its owner from every act.
        actor_name=actor.name[:_LONGEST_NAME] if actor.name else actor.name,
        remote_address=actor.remote_address[:_LONGEST_ADDRESS] if actor.remote_address else actor.remote_address,
        agency_id=agency_id,
        subject_kind=subject if isinstance(subject, str) else subject.__tablename__,
        subject_id=subject_id if isinstance(subject, str) else str(getattr(subject, "id", "") or "") or None,
        values_digest=values_digest(text),
    )
    write_last(session, (entry, json.loads(text)), _write)
    return entry


def _write(session: Session, waiting: list[tuple[AuditEntry, dict[str, Any]]]) -> None:
    """Number the rows of an act without gaps; the counter is locked from here to the commit."""
    key, last = crypto.current(), _count(session, len(waiting))
    for seq, (entry, _facts) in enumerate(waiting, last - len(waiting) + 1):
        entry.seq = seq
        entry.mac = key.digest("trail", canonical(entry))
    insert_now(session, *(entry for entry, _facts in waiting))
    for entry, facts in waiting:
        if facts:
            insert_values(session, AuditValues, entry_seq=entry.seq, facts=facts)


def values_digest(text: str) -> str:
    """The keyed digest of a row's values, which stays when retention erases the values."""
    return crypto.current().digest("trail-values", text.encode())


def facts_text(facts: dict[str, Any]) -> str:
    """The one way in which values are written for their digest."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)


def _count(session: Session, rows: int) -> int:
    last = connection_of(session).execute(_COUNT, {"rows": rows}).scalar()
    if last is None:
        session.add(AuditCounter(id=1, last=rows))
        session.flush()
        return rows
    return int(last)


def canonical(entry: AuditEntry) -> bytes:
    """The bytes of a trail row that its MAC covers, number included."""
    fields = (
        entry.seq,
        entry.id,
        entry.at.isoformat(),
        entry.event,
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.remote_address,
        entry.agency_id,
        entry.subject_kind,
        entry.subject_id,
        entry.values_digest,
    )
    return json.dumps(fields, ensure_ascii=False).encode()


def moved(session: Session, row: Any, move: str, before: str, actor: Actor, *, reason: str | None = None) -> None:
    """Keep who moved a record from which state to which, when and why, and write it into the trail."""
    session.flush()
    insert_values(
        session,
        StateMove,
        subject_kind=row.__tablename__,
        subject_id=row.id,
        move=move,
        from_state=str(before),
        to_state=str(row.state),
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        reason=reason,
    )
    facts: dict[str, Any] = {"state": [str(before), str(row.state)]}
    if reason:
        facts["reason"] = reason
    record(session, f"{row.__tablename__}.{move}", actor, row, agency_id=row.agency_id, facts=facts)


def read(
    event: str,
    actor: Actor,
    subject: Base | str,
    *,
    agency_id: str | None = None,
    facts: dict[str, Any] | None = None,
    subject_id: str | None = None,
) -> None:
    """Write that somebody looked at a person's record, in a short transaction of its own before the page."""
    with noting() as session:
        record(session, event, actor, subject, agency_id=agency_id, facts=facts, subject_id=subject_id)


def intact(entry: AuditEntry) -> bool:
    """Whether a row of the trail still is what was written."""
    return entry.mac == crypto.current().digest("trail", canonical(entry))
