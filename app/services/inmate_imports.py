"""Deliveries of inmates from the prison system: taken in, looked at, given up; a file speaks for one agency.

A worker checks and compares (``inmate_checking``); a person or the other system confirms (``inmate_applying``).
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import crypto
from app.adapters import file_store
from app.errors import IllegalMove, NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules import inmate_csv
from app.rules.inmate_deliveries import Delivery
from app.rules.office_vocabulary import ImportSource, ImportState
from app.security import Actor
from app.services import attachments, audit
from app.transaction import end_reading, locked, transaction
from models import Agency, InmateImport

#: Not decided yet.
OPEN_STATES = (ImportState.RECEIVED, ImportState.CHECKING, ImportState.FAULTY, ImportState.READY)
#: Still going to be checked, or waiting for the confirmation: the same file again is this delivery.
_RUNNING = (ImportState.RECEIVED, ImportState.CHECKING, ImportState.READY)
LARGEST_BYTES = 30 * 1024 * 1024
LONGEST_FILE_NAME = 120


class FileMissing(RuleError):
    """No file was chosen, or nothing is in it."""

    sentence = _l("請選擇收容人資料檔案（CSV），且檔案不可為空白。")


class FileTooLarge(RuleError):
    """More than a delivery of all agencies together would take."""

    sentence = _l("檔案超過%(n)sMB，請確認是否為收容人資料檔，或分批匯入。")
    status = 413


class AgencyUnknown(RuleError):
    """The delivery names no agency, or none that it may speak for."""

    sentence = _l("請指定這份資料所屬之矯正機關。")


class HeadingWrong(RuleError):
    """The file's heading is not that of a delivery: nothing of it was kept."""

    sentence = _l("檔案格式不符，未予收存：第%(line)s行，%(found)s；應為：%(expected)s。請下載範本對照。")

    def __init__(self, delivery: Delivery) -> None:
        first = delivery.faults[0]
        what = "" if first.found == first.column else first.found  # a name that is not known
        found = f"「{first.column}」{what}" if first.column else first.found
        super().__init__("file", line=first.line, found=found, expected=first.expected)
        self.delivery = delivery


def receive(
    agency_id: str,
    content: bytes,
    file_name: str,
    source: ImportSource,
    actor: Actor,
    *,
    officer_id: int | None = None,
    access_key_id: str | None = None,
) -> str:
    """Keep a file to be checked and return the delivery's id; the same file again is the delivery that still waits.

    Raises :class:`AgencyUnknown`, :class:`FileMissing`, :class:`FileTooLarge`, :class:`HeadingWrong`.
    """
    if not agency_id or db.session.get(Agency, agency_id) is None:
        raise AgencyUnknown("agency")
    if not content.strip():
        raise FileMissing("file")
    if len(content) > LARGEST_BYTES:
        raise FileTooLarge("file", n=LARGEST_BYTES // 2**20)
    _check_heading(content)
    digest = crypto.current().digest("inmate-import", content)
    end_reading()
    key = file_store.new_key()
    attachments.store().put(key, content)
    try:
        with transaction() as session:
            waiting = _waiting(session, agency_id, digest)
            if waiting is None:
                row = InmateImport(
                    agency_id=agency_id,
                    source=source,
                    file_name=file_name[:LONGEST_FILE_NAME] or None,
                    storage_key=key,
                    digest=digest,
                    made_by_id=officer_id,
                    access_key_id=access_key_id,
                )
                session.add(row)
                session.flush()
                audit.record(session, "inmate_import.receive", actor, row, agency_id=agency_id)
                return row.id
    except BaseException:
        attachments.discard([key])
        raise
    attachments.discard([key])
    return waiting


def _check_heading(content: bytes) -> None:
    """Refuse at the door what is no such file at all; what is wrong in its lines is for the report."""
    first = content[: 64 * 1024].splitlines(keepends=True)[:1]
    head = inmate_csv.heading(b"".join(first))
    if head.fault_count:
        raise HeadingWrong(head)


def _waiting(session: Session, agency_id: str, digest: str) -> str | None:
    found: str | None = session.scalar(
        select(InmateImport.id).where(
            InmateImport.agency_id == agency_id,
            InmateImport.digest == digest,
            InmateImport.state.in_(_RUNNING),
        )
    )
    return found


def get(import_id: str, agency_ids: frozenset[str] | None) -> InmateImport:
    """A delivery of one of these agencies (None: of any); raises ``NotFound``."""
    row = db.session.get(InmateImport, import_id)
    if row is None or not is_within(row, agency_ids):
        raise NotFound()
    return row


def is_within(row: InmateImport, agency_ids: frozenset[str] | None) -> bool:
    """Whether a delivery is of one of these agencies."""
    return agency_ids is None or row.agency_id in agency_ids


def abandon(import_id: str, agency_ids: frozenset[str] | None, actor: Actor) -> None:
    """放棄: the worker erases the file and what was staged. Raises ``NotFound``, ``IllegalMove``."""
    with transaction() as session:
        row = locked(session, InmateImport, import_id)
        if not is_within(row, agency_ids):
            raise NotFound()
        if row.state not in OPEN_STATES:
            raise IllegalMove(state=row.state.label)
        give_up(session, row, actor)


def give_up(session: Session, row: InmateImport, actor: Actor) -> None:
    """Mark a delivery as given up, in the caller's transaction."""
    before, row.state = row.state, ImportState.ABANDONED
    session.flush()
    audit.moved(session, row, "abandon", before, actor)


def back_to_check(session: Session, row: InmateImport) -> None:
    """Let the worker check a delivery from the beginning, in the caller's transaction."""
    row.state, row.checked = ImportState.RECEIVED, 0
    row.faults = row.added = row.changed = row.left = row.unchanged = row.restrictions = 0
    row.checked_at = None


def agency_of_code(code: str) -> str | None:
    """The id of the agency with this code, as other systems name it."""
    if not code.isprintable() or not code:
        return None
    return cast("str | None", db.session.scalar(select(Agency.id).where(Agency.code == code)))


def is_moving(row: InmateImport) -> bool:
    """Whether the worker still has something to do before anybody can decide."""
    return row.state in (ImportState.RECEIVED, ImportState.CHECKING)


def percent(row: InmateImport) -> int:
    """How far the check is."""
    if row.state is ImportState.RECEIVED or (is_moving(row) and not row.lines):
        return 0  # the file is being read: nobody knows yet of how many lines
    return min(100, row.checked * 100 // row.lines) if row.lines else 100
