"""What is left of a delivery when it is over, or was forgotten: file, staged rows and report are erased in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select

from app import clock
from app.extensions import db
from app.rules.office_vocabulary import ImportState
from app.security import SYSTEM
from app.services import attachments, audit, inmate_imports, retention
from app.transaction import end_reading, locked, transaction
from models import ImportFault, InmateImport, StagedInmate, StagedRestriction

BATCH = 2000
_OVER = (ImportState.APPLIED, ImportState.ABANDONED)


def has_work() -> bool:
    """Whether something of a delivery that is over still lies about."""
    return _next_over() is not None


def run(is_stopping: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Give up what nobody decided in its term, erase what is over; returns how many deliveries of each."""
    forgotten, erased = _give_up_forgotten(), 0
    while not is_stopping() and (import_id := _next_over()) is not None:
        end_reading()
        erase(import_id)
        erased += 1
    return {"forgotten deliveries": forgotten, "erased deliveries": erased}


def erase(import_id: str) -> None:
    """Erase all that a delivery holds of people; what was counted stays, and the row in the trail."""
    erase_staged(import_id)
    with transaction() as session:
        row = locked(session, InmateImport, import_id)
        key, row.storage_key, row.file_name = row.storage_key, None, None
        audit.record(session, "inmate_import.erase", SYSTEM, row, agency_id=row.agency_id)
    attachments.discard([key])


def erase_staged(import_id: str) -> None:
    """Delete staged rows and the report, batch by batch."""
    for model in (StagedInmate, StagedRestriction, ImportFault):
        while _erase_batch(model, import_id) == BATCH:
            pass


def _erase_batch(model: Any, import_id: str) -> int:
    with transaction() as session:
        batch = select(model.id).where(model.import_id == import_id).limit(BATCH)
        gone = session.execute(delete(model).where(model.id.in_(batch)).execution_options(synchronize_session=False))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _next_over() -> str | None:
    over = select(InmateImport.id).where(InmateImport.state.in_(_OVER), InmateImport.storage_key.is_not(None))
    return db.session.scalar(over.limit(1))


def _give_up_forgotten() -> int:
    before = clock.now() - retention.terms()["inmate_deliveries"]
    old = (InmateImport.state.in_(inmate_imports.OPEN_STATES), InmateImport.updated_at < before)
    ids = list(db.session.scalars(select(InmateImport.id).where(*old)))
    end_reading()
    for import_id in ids:
        with transaction() as session:
            row = locked(session, InmateImport, import_id)
            if row.state in inmate_imports.OPEN_STATES:
                inmate_imports.give_up(session, row, SYSTEM)
    return len(ids)
