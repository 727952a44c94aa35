"""Papers: cleaned, sealed into the file store, shown as images to those who may see them."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app
from sqlalchemy.orm import Session

from app import clock
from app.adapters import uploads
from app.adapters.file_store import FileStore
from app.adapters.uploads import CleanFile
from app.rules.vocabulary import AttachmentKind
from models import Attachment, new_id


def store() -> FileStore:
    """The file store that this program was set up with."""
    return cast(FileStore, current_app.extensions["file_store"])


def clean(file_name: str, data: bytes) -> CleanFile:
    """Decide by content what a file is and rebuild it; slow, so before any transaction.

    Raises the errors of ``app.adapters.uploads``.
    """
    return uploads.accept(data, file_name)


def keep(session: Session, owner: dict[str, str], kind: AttachmentKind, file: CleanFile) -> Attachment:
    """Seal a cleaned file and add its row to the caller's transaction; ``owner`` is ``{"draft_id": …}``.

    The bytes are written before the commit: a file without a row is swept later, a row without a file would be a
    lost paper.
    """
    storage_key = new_id().replace("-", "")
    store().put(storage_key, file.content)
    attachment = Attachment(
        **owner,
        kind=kind,
        file_name=file.file_name,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        pages=file.pages,
        storage_key=storage_key,
        created_at=clock.now(),
    )
    session.add(attachment)
    return attachment


def forget(session: Session, attachment: Attachment) -> None:
    """Delete a paper's row, then its bytes."""
    storage_key = attachment.storage_key
    session.delete(attachment)
    session.flush()
    store().delete(storage_key)


def content(attachment: Any) -> bytes:
    """The cleaned bytes of a paper; raises ``FileMissing`` or ``SealBroken``."""
    return store().get(attachment.storage_key)
