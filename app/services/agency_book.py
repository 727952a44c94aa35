"""機關聯絡簿: what an agency, or headquarters, tells all families or one; what is deleted is kept 30 days for audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.adapters.uploads import CleanFile
from app.errors import NotFound, RuleError, RuleErrors, Stale
from app.extensions import db
from app.i18n import _l
from app.rules.family_book import LONGEST_TITLE, EntryTooLong, TextMissing, TitleMissing, TitleTooLong, length
from app.rules.vocabulary import Audience
from app.security import SYSTEM, Actor
from app.services import attachments, audit, book_files
from app.transaction import locked, transaction
from models import AgencyBookEntry, AgencyBookReading, BookAttachment, Inmate

LONGEST_TEXT = 5000
KEPT_DELETED = timedelta(days=30)
BATCH = 50


class AudienceMissing(RuleError):
    """A message is for all families or for one."""

    sentence = _l("請選擇發佈類型。")


class AddresseeMissing(RuleError):
    """A message to one family names an inmate by 呼號."""

    sentence = _l("發佈類型為「指定家屬」時，請輸入發佈對象之呼號。")


@dataclass(frozen=True)
class Message:
    """What an officer typed: ``inmate_id`` of the one whose family is meant, none for a notice."""

    agency_id: str | None
    audience: str
    inmate_id: str | None
    title: str
    text: str

    @property
    def words(self) -> tuple[str, str]:
        """Title and text as they are kept."""
        return " ".join(self.title.split()), self.text.replace("\r\n", "\n").strip()


def errors_of(message: Message) -> list[RuleError]:
    """What is wrong about a message, in the order of the form."""
    title, text = message.words
    errors: list[RuleError] = []
    if message.audience not in Audience.values():
        errors.append(AudienceMissing("audience"))
    elif message.audience == Audience.ONE_FAMILY and message.inmate_id is None:
        errors.append(AddresseeMissing("number"))
    if not title:
        errors.append(TitleMissing("title"))
    elif len(title) > LONGEST_TITLE:
        errors.append(TitleTooLong("title", count=len(title), limit=LONGEST_TITLE))
    if not text:
        errors.append(TextMissing("text"))
    elif length(text) > LONGEST_TEXT:
        errors.append(EntryTooLong("text", count=length(text), limit=LONGEST_TEXT))
    return errors


def add(message: Message, files: Sequence[CleanFile], officer_id: int, actor: Actor) -> str:
    """Publish a message with its files; returns its id.

    Raises ``RuleErrors`` of :func:`errors_of`, ``TooManyBookFiles``, ``FilesTooBig``.
    """
    _check(message)
    with transaction() as session:
        entry = AgencyBookEntry(agency_id=message.agency_id, published_at=clock.now(), published_by_id=officer_id)
        _write(session, entry, message)
        session.add(entry)
        session.flush()
        _keep(session, entry, files)
        audit.record(session, "agency_book_entry.add", actor, entry, agency_id=entry.agency_id)
        return entry.id


def change(
    entry_id: str,
    message: Message,
    removed: Sequence[str],
    files: Sequence[CleanFile],
    version: int,
    actor: Actor,
) -> None:
    """Change a message: words, addressee, single files taken out (``removed``) and put in.

    Raises what :func:`add` raises, ``Stale``, ``NotFound`` where it has been deleted.
    """
    _check(message)
    with transaction() as session:
        entry = _opened(session, entry_id, version)
        _write(session, entry, message)
        there = {one.id: one for one in book_files.of(session, {"agency_entry_id": entry.id})}
        keys = [book_files.forget(session, there[one]) for one in dict.fromkeys(removed) if one in there]
        _keep(session, entry, files)
        entry.updated_at = clock.now()  # a change of files alone is a new version too
        session.flush()
        audit.record(session, "agency_book_entry.edit", actor, entry, agency_id=entry.agency_id)
    attachments.discard(keys)


def remove(entry_id: str, actor: Actor) -> None:
    """Take a message off every screen; it is kept for audit. Raises ``NotFound``."""
    with transaction() as session:
        entry = _opened(session, entry_id, 0)
        entry.deleted_at = clock.now()
        audit.record(session, "agency_book_entry.delete", actor, entry, agency_id=entry.agency_id)


def erase() -> int:
    """Erase messages deleted thirty days ago, with their files; returns how many."""
    due = list(
        db.session.scalars(
            select(AgencyBookEntry.id).where(AgencyBookEntry.deleted_at <= clock.now() - KEPT_DELETED).limit(BATCH)
        )
    )
    return sum(_erase(entry_id) for entry_id in due)


def _erase(entry_id: str) -> int:
    with transaction() as session:
        entry = session.get(AgencyBookEntry, entry_id, with_for_update=True)
        if entry is None or entry.deleted_at is None:
            return 0
        keys = [one.storage_key for one in book_files.of(session, {"agency_entry_id": entry_id})]
        audit.record(session, "agency_book_entry.erase", SYSTEM, entry, agency_id=entry.agency_id)
        session.execute(delete(AgencyBookReading).where(AgencyBookReading.entry_id == entry_id))
        session.execute(delete(BookAttachment).where(BookAttachment.agency_entry_id == entry_id))
        session.execute(delete(AgencyBookEntry).where(AgencyBookEntry.id == entry_id))
    attachments.discard(keys)
    return 1


def _check(message: Message) -> None:
    if errors := errors_of(message):
        raise RuleErrors(errors)


def _opened(session: Session, entry_id: str, version: int) -> AgencyBookEntry:
    entry = locked(session, AgencyBookEntry, entry_id)
    if entry.deleted_at is not None:
        raise NotFound()
    if version and entry.version != version:
        raise Stale()
    return entry


def _write(session: Session, entry: AgencyBookEntry, message: Message) -> None:
    entry.audience = Audience(message.audience)
    entry.inmate_id = message.inmate_id if entry.audience is Audience.ONE_FAMILY else None
    if entry.inmate_id is not None:
        inmate = session.get_one(Inmate, entry.inmate_id)
        entry.agency_id = inmate.agency_id
    entry.title, entry.text = message.words


def _keep(session: Session, entry: AgencyBookEntry, files: Sequence[CleanFile]) -> None:
    for file in files:
        book_files.keep(session, {"agency_entry_id": entry.id}, file)
