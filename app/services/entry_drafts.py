"""The draft of an entry: kept on the server while it is written, published when nothing stands in the way."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFound, RuleErrors
from app.rules import family_book as rules
from app.rules.vocabulary import EntryState
from app.security import Actor
from app.services import attachments, audit, book_files, family_book
from app.transaction import locked, transaction
from models import Applicant, BookAttachment, FamilyBookEntry


def start(applicant_id: str, grant_id: str, actor: Actor) -> str:
    """Begin an entry (or take up the draft that waits) for the inmate of a grant; returns its id.

    Raises ``BookGrantMissing`` where the grant is not one's own or allows no entries today.
    """
    if grant_id not in {grant.id for grant in family_book.grants(applicant_id)}:
        raise family_book.BookGrantMissing("grant_id")
    with transaction() as session:
        locked(session, Applicant, applicant_id)  # two windows begin one draft
        grant = next(grant for grant in family_book.grants(applicant_id) if grant.id == grant_id)
        draft = session.scalar(
            select(FamilyBookEntry).where(
                FamilyBookEntry.applicant_id == applicant_id,
                FamilyBookEntry.inmate_id == grant.inmate_id,
                FamilyBookEntry.state == EntryState.DRAFT,
            )
        )
        if draft is None:
            draft = FamilyBookEntry(applicant_id=applicant_id, inmate_id=grant.inmate_id)
            session.add(draft)
        # The grant of today: an older one may have ended since the draft was begun.
        draft.grant_id, draft.agency_id = grant.id, grant.agency_id
        session.flush()
        return draft.id


def again(applicant_id: str, entry_id: str, actor: Actor) -> tuple[str, bool]:
    """Begin an entry with the words of one that did not get through; the draft's id, and whether they were taken.

    A draft that holds words already keeps its own. Raises ``NotFound``, ``BookGrantMissing``.
    """
    old = family_book.get(applicant_id, entry_id)
    if old.state not in (EntryState.REJECTED, EntryState.EXPIRED):
        raise NotFound()
    words, inmate_id = (old.title, old.text), old.inmate_id
    grant = next((grant for grant in family_book.grants(applicant_id) if grant.inmate_id == inmate_id), None)
    draft_id = start(applicant_id, grant.id if grant else "", actor)
    with transaction() as session:
        draft = _locked(session, applicant_id, draft_id)
        if (draft.title or draft.text) and (draft.title, draft.text) != words:
            return draft_id, False
        draft.title, draft.text = words
        return draft_id, True


def get(applicant_id: str, entry_id: str) -> FamilyBookEntry:
    """One's own draft; raises ``NotFound``, also where it has been published."""
    entry = family_book.get(applicant_id, entry_id)
    if entry.state != EntryState.DRAFT:
        raise NotFound()
    return entry


def save(applicant_id: str, entry_id: str, title: str, text: str) -> None:
    """Keep what was typed, whatever it is like; raises ``NotFound``."""
    with transaction() as session:
        _write(_locked(session, applicant_id, entry_id), title, text)


def add_file(applicant_id: str, entry_id: str, file_name: str, data: bytes) -> None:
    """Put one file into the draft; raises the errors of the upload, of the three places and of the 20 MB."""
    get(applicant_id, entry_id)
    file = attachments.clean(file_name, data)
    with transaction() as session:
        entry = _locked(session, applicant_id, entry_id)
        book_files.keep(session, {"entry_id": entry.id}, file)


def remove_file(applicant_id: str, entry_id: str, attachment_id: str) -> None:
    """Take one file out of the draft; raises ``NotFound``."""
    with transaction() as session:
        entry = _locked(session, applicant_id, entry_id)
        attachment = locked(session, BookAttachment, attachment_id)
        if attachment.entry_id != entry.id:
            raise NotFound()
        key = book_files.forget(session, attachment)
    attachments.discard([key])


def discard(applicant_id: str, entry_id: str, actor: Actor) -> None:
    """Delete a draft with its files; raises ``NotFound``."""
    with transaction() as session:
        entry = _locked(session, applicant_id, entry_id)
        keys = [book_files.forget(session, one) for one in book_files.of(session, {"entry_id": entry.id})]
        audit.record(session, "family_book_entry.discard", actor, entry, agency_id=entry.agency_id)
        session.expire(entry, ["attachments"])
        session.delete(entry)
    attachments.discard(keys)


def publish(applicant_id: str, entry_id: str, title: str, text: str, actor: Actor) -> None:
    """Keep what was typed, check it, and send it to the agency; sent twice, it is one entry.

    Raises ``RuleErrors`` with what is wrong in the form, then whatever ``family_book.obstacle`` names; what was typed
    is kept in either case.
    """
    if family_book.get(applicant_id, entry_id).state != EntryState.DRAFT:
        return
    save(applicant_id, entry_id, title, text)
    with transaction() as session:
        locked(session, Applicant, applicant_id)  # entries of one writer are counted one after the other
        entry = _locked(session, applicant_id, entry_id)
        limits = family_book.rules_of(entry)
        files = book_files.of(session, {"entry_id": entry.id})
        errors = rules.check_words(limits, entry.title or "", entry.text or "")
        errors += rules.check_pictures(limits, sum(map(book_files.is_picture, files)))
        if errors:
            raise RuleErrors(errors)
        refused = family_book.obstacle(session, entry)
        if refused is not None:
            raise refused
        before = entry.move("publish")
        entry.published_at = clock.now()
        audit.moved(session, entry, "publish", before, actor)


def _locked(session: Session, applicant_id: str, entry_id: str) -> FamilyBookEntry:
    entry = locked(session, FamilyBookEntry, entry_id)
    if entry.applicant_id != applicant_id or entry.state != EntryState.DRAFT:
        raise NotFound()
    return entry


def _write(entry: FamilyBookEntry, title: str, text: str) -> None:
    entry.title = " ".join(title.split())[: rules.LONGEST_TITLE * 4] or None
    entry.text = text.replace("\r\n", "\n").strip()[: rules.LONGEST_DRAFT] or None
