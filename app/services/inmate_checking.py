"""The worker's part of a delivery: read, check, compare, stage in batches; after a crash it goes on where it was.

Each batch is a short transaction of its own, so that people go on working; nothing of it shows outside the delivery.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice
from typing import Any, cast

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session, aliased

from app import clock, crypto
from app.adapters.file_store import FileMissing
from app.crypto import SealBroken
from app.extensions import db
from app.rules import inmate_columns, inmate_csv
from app.rules.inmate_deliveries import Delivery, Fault, Line
from app.rules.office_vocabulary import ImportState, StagedAct
from app.rules.vocabulary import InmateStatus
from app.said import kept, said
from app.security import SYSTEM
from app.services import attachments, audit, inmate_erasing, inmate_imports
from app.services.inmate_comparing import Compared, Whole, compare, whole
from app.transaction import end_reading, locked, transaction
from models import Agency, ImportFault, Inmate, InmateImport, StagedInmate, StagedRestriction, new_id

log = logging.getLogger(__name__)

#: Lines in one transaction.
BATCH = 1000
_OPEN = (ImportState.RECEIVED, ImportState.CHECKING)


def has_work() -> bool:
    """Whether a delivery waits to be checked, or one that is over to be erased."""
    waits = db.session.scalar(select(InmateImport.id).where(InmateImport.state.in_(_OPEN)).limit(1))
    return waits is not None or inmate_erasing.has_work()


def run(is_stopping: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Check what waits, oldest first, and erase what is over; returns how many deliveries of each."""
    checked = 0
    while not is_stopping() and (import_id := _next()) is not None:
        check(import_id, is_stopping)
        checked += not is_stopping()
    return {"checked deliveries": checked, **inmate_erasing.run(is_stopping)}


def _next() -> str | None:
    oldest = select(InmateImport.id).where(InmateImport.state.in_(_OPEN)).order_by(InmateImport.created_at)
    found = db.session.scalar(oldest.limit(1))
    end_reading()
    return found


def check(import_id: str, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Check one delivery to its end: 有錯誤 with a report, or 待確認匯入 with everything staged."""
    started = _begin(import_id)
    if started is None:
        return
    agency_id, key, done = started
    try:
        content = attachments.store().get(key)
    except (FileMissing, SealBroken):
        log.error("the file of delivery %s cannot be read", import_id)
        with transaction() as session:
            inmate_imports.give_up(session, locked(session, InmateImport, import_id), SYSTEM)
        return
    delivery = inmate_csv.read(content, clock.today())
    if delivery.fault_count:
        _finish(import_id, delivery)
        return
    _count_lines(import_id, delivery.count)
    known = whole(import_id, agency_id, delivery.lines)
    known.taken |= _staged_before(import_id)
    lines = iter(delivery.lines[done:])
    while batch := list(islice(lines, BATCH)):
        if is_stopping() or not _stage(known, batch):
            return
    _finish(import_id, Delivery())


def _begin(import_id: str) -> tuple[str, str, int] | None:
    """Begin, or go on after a crash: the agency, the file's key and how many lines are done."""
    row = db.session.get(InmateImport, import_id)
    is_new = row is not None and row.state is ImportState.RECEIVED
    end_reading()
    if is_new:
        inmate_erasing.erase_staged(import_id)  # of a comparison that is out of date
    with transaction() as session:
        row = locked(session, InmateImport, import_id)
        if row.state not in _OPEN or row.storage_key is None:
            return None
        if row.state is ImportState.RECEIVED:
            # An import of this agency that is on its way is waited for: later ones are newer than this moment.
            session.get(Agency, row.agency_id, with_for_update={"key_share": True})
            row.state, row.checked, row.checked_at = ImportState.CHECKING, 0, clock.now()
        return row.agency_id, row.storage_key, row.checked


def _count_lines(import_id: str, count: int) -> None:
    with transaction() as session:
        session.execute(_row(import_id).values(lines=count))


def _staged_before(import_id: str) -> dict[str, int]:
    staged = select(StagedInmate.inmate_id, StagedInmate.line).where(StagedInmate.import_id == import_id)
    found = {inmate_id: line for inmate_id, line in db.session.execute(staged)}
    end_reading()
    return found


def _stage(known: Whole, batch: list[Line]) -> bool:
    """Compare and stage one batch; False where the delivery was given up meanwhile.

    Reading, comparing and sealing lock nothing: what changes after the beginning is found when it is confirmed.
    """
    compared = compare(cast(Session, db.session), known, batch)
    end_reading()
    with transaction() as session:
        counted = session.execute(_row(known.import_id).values(_counts(compared, len(batch))))
        if not counted.rowcount:  # type: ignore[attr-defined]
            return False
        for model, rows in ((StagedInmate, compared.rows), (StagedRestriction, compared.restrictions)):
            if rows:
                session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
        _keep_faults(session, known.import_id, compared.faults.faults)
    return True


def _row(import_id: str) -> Any:
    """An update of the delivery while it is being checked; progress is no change that a reader could overwrite."""
    table: Any = InmateImport.__table__
    return update(table).where(table.c.id == import_id, table.c.state == ImportState.CHECKING)


def _counts(compared: Compared, lines: int) -> dict[str, Any]:
    table: Any = InmateImport.__table__
    more = {
        "checked": lines,
        "faults": compared.faults.fault_count,
        "added": compared.counts[StagedAct.ADD],
        "changed": compared.counts[StagedAct.CHANGE],
        "left": compared.counts[StagedAct.LEAVE],
        "unchanged": compared.counts[StagedAct.NOTHING],
        "restrictions": len(compared.restrictions),
    }
    return {name: table.c[name] + number for name, number in more.items()}


def _keep_faults(session: Session, import_id: str, faults: list[Fault]) -> None:
    rows = [_fault(import_id, fault) for fault in faults]
    if rows:
        session.execute(insert(ImportFault.__table__), rows)  # type: ignore[arg-type]


def _fault(import_id: str, fault: Fault) -> dict[str, Any]:
    fault_id = new_id()
    return {
        "id": fault_id,
        "import_id": import_id,
        "line": fault.line,
        "column": fault.column[:40],
        "found_sealed": crypto.current().seal(kept(fault.found).encode(), f"import_fault.found_sealed.{fault_id}"),
        "expected": fault.expected,
    }


def _finish(import_id: str, delivery: Delivery) -> None:
    """Close the check: what the lines say together with those who stand, then the delivery's state."""
    with transaction() as session:
        row = locked(session, InmateImport, import_id)
        if row.state is not ImportState.CHECKING:
            return
        for line, number in _clashes(session, import_id, row.agency_id):
            delivery.blame(
                line, inmate_columns.NUMBER, number, said("未由另一名在監收容人使用之呼號；或同檔將該員列為移監、出監")
            )
        _keep_faults(session, import_id, delivery.faults)
        if delivery.count:
            row.lines = row.checked = delivery.count
        row.faults += delivery.fault_count
        row.state = ImportState.FAULTY if row.faults else ImportState.READY
        session.flush()
        facts = {name: getattr(row, name) for name in ("lines", "faults", "added", "changed", "left", "unchanged")}
        audit.record(session, "inmate_import.check", SYSTEM, row, agency_id=row.agency_id, facts=facts)


def _clashes(session: Session, import_id: str, agency_id: str) -> list[Any]:
    """Lines whose 呼號 belongs to somebody who stays, and of whom the delivery says nothing."""
    other = aliased(StagedInmate)
    is_told = exists().where(other.import_id == import_id, other.inmate_id == Inmate.id)
    found = (
        select(StagedInmate.line, StagedInmate.number)
        .join(Inmate, (Inmate.agency_id == agency_id) & (Inmate.number == StagedInmate.number))
        .where(
            StagedInmate.import_id == import_id,
            StagedInmate.status == InmateStatus.PRESENT,
            Inmate.status == InmateStatus.PRESENT,
            Inmate.id != StagedInmate.inmate_id,
            ~is_told,
        )
        .order_by(StagedInmate.line)
    )
    return list(session.execute(found))
