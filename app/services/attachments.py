"""Papers: scanned, cleaned, sealed into the file store, shown as images to those who may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, cast

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.adapters import uploads
from app.adapters.file_store import FileStore
from app.adapters.uploads import CleanFile
from app.adapters.virus_scan import Scanner
from app.extensions import db
from app.rules.vocabulary import AttachmentKind
from app.transaction import end_reading
from models import Attachment, BookAttachment, InmateImport, RecognitionResult, new_id

#: Of these the upload itself is kept too: who disputes a mandate disputes the paper as it was sent.
KEEPS_ORIGINAL = frozenset({AttachmentKind.MANDATE})
#: A file without a row is younger than this while its upload may still be on the way.
SWEPT_AFTER = timedelta(days=1)
_SWEPT_AT_ONCE = 500


def store() -> FileStore:
    """The file store that this program was set up with."""
    return cast(FileStore, current_app.extensions["file_store"])


def scanner() -> Scanner:
    """The virus scanner that this program was set up with."""
    return cast(Scanner, current_app.extensions["scanner"])


def clean(file_name: str, data: bytes, images_only: bool = False) -> CleanFile:
    """Look for viruses, decide by content what a file is and rebuild it; slow, so before any transaction.

    Raises the errors of ``app.adapters.virus_scan`` and ``app.adapters.uploads``.
    """
    scanner().scan(data, uploads.display_name(file_name))
    return uploads.accept(data, file_name, images_only)


def keep(session: Session, owner: dict[str, str], kind: AttachmentKind, file: CleanFile) -> Attachment:
    """Seal a cleaned file and add its row to the caller's transaction; ``owner`` is ``{"draft_id": …}``.

    The bytes are written before the commit: a file without a row is swept later, a row without a file would be a
    lost paper.
    """
    attachment = Attachment(
        **owner,
        kind=kind,
        file_name=file.file_name,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        pages=file.pages,
        storage_key=put(file.content),
        original_key=put(file.original) if kind in KEEPS_ORIGINAL else None,
        created_at=clock.now(),
    )
    session.add(attachment)
    return attachment


def put(content: bytes) -> str:
    """Seal bytes into the file store and return their key; a key that no row names is swept."""
    storage_key = new_id().replace("-", "")
    store().put(storage_key, content)
    return storage_key


def copied(attachment: Attachment) -> dict[str, str | None]:
    """Copy the files of a paper under keys of their own, sealed anew; before the transaction that makes the row.

    Raises ``FileMissing``. Where no row comes of it, :func:`discard` the values.
    """
    copies: dict[str, str | None] = {"storage_key": put(store().get(attachment.storage_key)), "original_key": None}
    if attachment.original_key:
        copies["original_key"] = put(store().get(attachment.original_key))
    return copies


def keep_copy(session: Session, owner: dict[str, str], source: Attachment, files: dict[str, str | None]) -> Attachment:
    """Add the row of a copied paper to the caller's transaction; it is as old as the paper it was made of."""
    attachment = Attachment(
        **owner,
        **files,
        kind=source.kind,
        file_name=source.file_name,
        media_type=source.media_type,
        size_bytes=source.size_bytes,
        pages=source.pages,
        created_at=source.created_at,
    )
    session.add(attachment)
    return attachment


def likeness(attachment: Attachment) -> tuple[str, str, int, int]:
    """By what two papers are taken for copies of one another."""
    return (attachment.kind.value, attachment.file_name, attachment.size_bytes, attachment.pages)


def forget(session: Session, attachment: Attachment) -> list[str]:
    """Delete a paper's row in the caller's transaction; returns the files to :func:`discard` after its commit.

    Deleted before the commit, they would be missing where the commit fails.
    """
    keys = attachment.file_keys
    session.delete(attachment)
    session.flush()
    return keys


def discard(keys: Iterable[str | None]) -> None:
    """Delete files whose rows are gone; what a crash leaves over is swept."""
    for key in keys:
        if key is not None:
            store().delete(key)


def content(attachment: Any) -> bytes:
    """The cleaned bytes of a paper; raises ``FileMissing`` or ``SealBroken``."""
    return store().get(attachment.storage_key)


def sweep() -> int:
    """Delete files that no row names (a crash between writing and commit), once a day old; returns how many."""
    swept = 0
    for keys in _batches(store().keys_before(clock.now() - SWEPT_AFTER)):
        columns = (
            *(Attachment.storage_key, Attachment.original_key, BookAttachment.storage_key),
            *(InmateImport.storage_key, RecognitionResult.storage_key),
        )
        named = {key for column in columns for key in db.session.scalars(select(column).where(column.in_(keys)))}
        end_reading()
        orphans = [key for key in keys if key not in named]
        discard(orphans)
        swept += len(orphans)
    return swept


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _SWEPT_AT_ONCE)):
        yield batch
