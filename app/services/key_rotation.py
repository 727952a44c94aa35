"""``flask keys rotate``: everything sealed under an older key is sealed again under the active one, while people work.

Batches are small and each row is replaced only if nobody changed it meanwhile; stopped anywhere, the next run goes on
where the old key is still found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapper

from app import crypto
from app.extensions import db
from app.security import SYSTEM
from app.services import attachments, audit
from app.transaction import end_reading, transaction
from models import Attachment, Base, BookAttachment, InmateImport, RecognitionResult
from models.base import Sealed

BATCH = 200


def sealed_columns() -> Iterator[tuple[type, str]]:
    """Every sealed column of every model."""
    for mapper in Base.registry.mappers:
        for name in _columns(mapper):
            yield mapper.class_, name


def _columns(mapper: Mapper[Any]) -> list[str]:
    return sorted(_sealed(mapper.class_))


def _sealed(model: type) -> dict[str, Sealed]:
    return {value.column: value for value in vars(model).values() if isinstance(value, Sealed)}


def remaining() -> int:
    """How many values are not yet under the active key."""
    counts = (db.session.scalar(_old(model, name, func.count())) for model, name in sealed_columns())
    return sum(int(count or 0) for count in counts)


def rotate() -> int:
    """Seal everything again under the active key; returns how many values and files were replaced."""
    replaced = sum(_rotate_column(model, name) for model, name in sealed_columns())
    replaced += _rotate_files()
    with transaction() as session:
        facts = {"active": crypto.current().active, "replaced": replaced}
        audit.record(session, "keys.rotate", SYSTEM, "keys", facts=facts)
    return replaced


def _prefix() -> bytes:
    active = crypto.current().active.encode()
    return bytes([1, len(active)]) + active


def _old(model: Any, name: str, *what: Any) -> Any:
    column = getattr(model, name)
    prefix = _prefix()
    return select(*what).where(column.is_not(None), func.substr(column, 1, len(prefix)) != prefix)


def _rotate_column(model: Any, name: str) -> int:
    keyring, column, done = crypto.current(), getattr(model, name), 0
    table, owner = _sealed(model)[name].place or (model.__tablename__, "id")
    while True:
        rows = db.session.execute(_old(model, name, model.id, getattr(model, owner), column).limit(BATCH)).all()
        end_reading()
        if not rows:
            return done
        with transaction() as session:
            for row_id, owner_id, sealed in rows:
                place = f"{table}.{name}.{owner_id}"
                fresh = keyring.seal(keyring.open(sealed, place), place)
                changed = session.execute(
                    update(model)
                    .where(model.id == row_id, column == sealed)
                    .values({name: fresh})
                    .execution_options(synchronize_session=False)
                )
                done += changed.rowcount  # type: ignore[attr-defined]


def _rotate_files() -> int:
    """Files are few enough to be read and written whole; a paper deleted meanwhile is passed over."""
    done, store = 0, attachments.store()
    files = (
        *(Attachment.storage_key, Attachment.original_key, BookAttachment.storage_key),
        *(InmateImport.storage_key, RecognitionResult.storage_key),
    )
    for column in files:
        for key in db.session.scalars(select(column).where(column.is_not(None))).all():
            end_reading()
            if key and store.exists(key) and not store.is_current(key):
                store.put(key, store.get(key))
                done += 1
    return done
