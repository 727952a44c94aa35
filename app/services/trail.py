"""Keeping the trail honest: sealing it in chained batches, verifying it, writing it out.

What stays undetectable: somebody who has the database *and* the index key can write a new trail; somebody with the
database alone can cut off rows that are younger than the newest head outside, if the counter is set back with them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app import clock, crypto
from app.extensions import db
from app.services.audit import facts_text, intact, values_digest
from app.transaction import transaction
from models import AuditCounter, AuditEntry, AuditSeal, AuditValues

BATCH = 1000


@dataclass(frozen=True)
class Fault:
    """The first row that is not as it was written, and in which way."""

    seq: int
    what: str


def head_file() -> Path:
    """Where the signed heads are written, outside the database; it should be copied to another machine."""
    return Path(current_app.config["TRAIL_HEADS"])


def seal() -> int:
    """Chain all rows since the newest seal and write the signed head outside; returns how many rows."""
    with transaction() as session:
        session.execute(select(AuditCounter.last).where(AuditCounter.id == 1).with_for_update())
        newest = session.scalar(select(AuditSeal).order_by(AuditSeal.last_seq.desc()).limit(1))
        after, chain, count = (newest.last_seq, newest.chain, 0) if newest else (0, "", 0)
        for entry, _values in _rows(after):
            chain, after, count = _link(chain, entry), entry.seq, count + 1
        if not count:
            return 0
        row = AuditSeal(last_seq=after, chain=chain, sealed_at=clock.now())
        session.add(row)
        session.flush()
        _write_head(row)
        return count


def _rows(
    after: int, since: datetime | None = None, until: datetime | None = None
) -> Iterator[tuple[AuditEntry, AuditValues | None]]:
    """The trail from a number on with the values that are still there, a batch at a time."""
    query = select(AuditEntry, AuditValues).outerjoin(AuditValues, AuditValues.entry_seq == AuditEntry.seq)
    query = query.where(AuditEntry.at >= since) if since else query
    query = query.where(AuditEntry.at < until) if until else query
    while True:
        batch = db.session.execute(query.where(AuditEntry.seq > after).order_by(AuditEntry.seq).limit(BATCH)).all()
        yield from ((entry, values) for entry, values in batch)
        if len(batch) < BATCH:
            return
        after = batch[-1][0].seq
        db.session.expunge_all()


def _link(chain: str, entry: AuditEntry) -> str:
    return crypto.current().digest("trail-chain", f"{chain}{entry.seq}{entry.mac}".encode())


def _signature(last_seq: int, chain: str, sealed_at: str) -> str:
    return crypto.current().digest("trail-head", f"{last_seq}|{chain}|{sealed_at}".encode())


def _write_head(row: AuditSeal) -> None:
    sealed_at = row.sealed_at.isoformat()
    line = {"last_seq": row.last_seq, "chain": row.chain, "sealed_at": sealed_at}
    line["signature"] = _signature(row.last_seq, row.chain, sealed_at)
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as handle:
        handle.write(json.dumps(line) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def verify() -> Fault | None:
    """The first broken, missing or inserted row, or None; reads the whole trail."""
    seals = {s.last_seq: s.chain for s in db.session.scalars(select(AuditSeal))}
    heads, forged = _heads()
    if forged is not None:
        return Fault(forged, "the signature of a head outside the database does not fit")
    expected, chain = 1, ""
    for entry, values in _rows(0):
        if entry.seq != expected:
            return Fault(expected, "the row is missing")
        fault = wrong(entry, values)
        if fault:
            return Fault(entry.seq, fault)
        chain, expected = _link(chain, entry), expected + 1
        if seals.get(entry.seq, chain) != chain or heads.get(entry.seq, chain) != chain:
            return Fault(entry.seq, "the chain does not lead to its seal")
    last = db.session.scalar(select(AuditCounter.last).where(AuditCounter.id == 1)) or 0
    furthest = max([last, *seals, *heads])
    return Fault(expected, "the row is missing (cut off)") if furthest >= expected else _beyond(last, expected - 1)


def _beyond(counted: int, seen: int) -> Fault | None:
    return Fault(counted + 1, "the row was never counted (inserted)") if seen > counted else None


def wrong(entry: AuditEntry, values: AuditValues | None) -> str | None:
    """What is wrong with one row taken by itself: its own MAC, or its values; None where nothing is."""
    if not intact(entry):
        return "the row was changed"
    if values is None:
        return None  # an act without values, or values that retention has erased
    try:
        facts = values.facts
    except crypto.SealBroken:
        return "the values do not open"
    return None if values_digest(facts_text(facts)) == entry.values_digest else "the values were changed"


def _heads() -> tuple[dict[int, str], int | None]:
    heads: dict[int, str] = {}
    if not head_file().exists():
        return heads, None
    for text in head_file().read_text().splitlines():
        line = json.loads(text)
        if line["signature"] != _signature(line["last_seq"], line["chain"], line["sealed_at"]):
            return heads, int(line["last_seq"])
        heads[int(line["last_seq"])] = str(line["chain"])
    return heads, None


def export(since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """The trail as JSON lines, one schema for all rows; values are included where they still exist."""
    for entry, values in _rows(0, since, until):
        line: dict[str, Any] = {
            "seq": entry.seq,
            "at": entry.at.isoformat(),
            "event": entry.event,
            "actor": {"kind": entry.actor_kind, "id": entry.actor_id, "name": entry.actor_name},
            "from": entry.remote_address,
            "agency": entry.agency_id,
            "subject": {"kind": entry.subject_kind, "id": entry.subject_id},
            "facts": values.facts if values else None,
            "mac": entry.mac,
        }
        yield json.dumps(line, ensure_ascii=False)


def size() -> int:
    """How many rows the trail has."""
    return int(db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0)
