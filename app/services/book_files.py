"""附件 of both contact books: at most three files, 20 MB together, cleaned and sealed like any other paper."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.adapters.uploads import CleanFile
from app.rules import documents
from app.rules.family_book import FILES_LIMIT_BYTES, MOST_FILES, TooManyBookFiles
from app.services import attachments
from models import BookAttachment, new_id


def of(session: Session, owner: dict[str, str]) -> list[BookAttachment]:
    """The attachments of an entry as they are now; ``owner`` is ``{"entry_id": …}`` or ``{"agency_entry_id": …}``."""
    ((name, value),) = owner.items()
    column = getattr(BookAttachment, name)
    return list(session.scalars(select(BookAttachment).where(column == value).order_by(BookAttachment.position)))


def keep(session: Session, owner: dict[str, str], file: CleanFile) -> BookAttachment:
    """Seal a cleaned file and add it at the first free place, in the caller's transaction, which has locked the entry.

    Raises ``TooManyBookFiles``, ``FilesTooBig``.
    """
    there = of(session, owner)
    if len(there) >= MOST_FILES:
        raise TooManyBookFiles("file", limit=MOST_FILES, count=len(there))
    documents.check_budget(sum(one.size_bytes for one in there), file.size_bytes, FILES_LIMIT_BYTES)
    taken = {one.position for one in there}
    storage_key = new_id().replace("-", "")
    attachments.store().put(storage_key, file.content)
    attachment = BookAttachment(
        **owner,
        position=next(place for place in range(1, MOST_FILES + 1) if place not in taken),
        file_name=file.file_name,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        pages=file.pages,
        storage_key=storage_key,
        created_at=clock.now(),
    )
    session.add(attachment)
    session.flush()
    return attachment


def forget(session: Session, attachment: BookAttachment) -> str:
    """Delete an attachment's row in the caller's transaction; returns the file to discard after its commit."""
    key = attachment.storage_key
    session.delete(attachment)
    session.flush()
    return key


def is_picture(attachment: BookAttachment) -> bool:
    """Whether it is a photograph, and not a document."""
    return attachment.media_type.startswith("image/")
