"""辨識結果: captures taken in by a system or by hand, compared where a comparison is connected, decided by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.adapters import uploads
from app.adapters.face_comparison import FaceComparison
from app.adapters.file_errors import FileEmpty
from app.adapters.file_store import FileMissing
from app.adapters.uploads import CleanFile
from app.crypto import SealBroken
from app.errors import NotFound, Stale
from app.extensions import db
from app.rules.device_visits import MOBILE_KINDS
from app.rules.office_vocabulary import RecognitionSource, RecognitionVerdict
from app.rules.recognition import LONGEST_EXTERNAL, LONGEST_REASON, Result, judged
from app.rules.recognition_refusals import (
    CaptureMissing,
    CaptureTooLarge,
    ExternalMissing,
    NoSuchVisit,
    OverrideWrong,
    ReasonMissing,
    TimeWrong,
)
from app.rules.vocabulary import AttachmentKind
from app.security import Actor
from app.services import attachments, audit, throttle
from app.transaction import end_reading, locked, transaction
from models import Attachment, RecognitionResult, Reservation, ServiceApplication, ServiceGrant, new_id

Scope = frozenset[str] | None
LARGEST_BYTES = 10 * 1024 * 1024
#: Results of one key.
RESULTS = throttle.Limit("access_key.results", 1200, timedelta(hours=1))
_EARLY = timedelta(minutes=5)


@dataclass(frozen=True)
class Delivered:
    """What another system hands in: the visit's number, its own name for the result, when, and what it found."""

    number: str
    external_id: str
    captured_at: datetime | None
    result: Result | None


def comparison() -> FaceComparison:
    """The comparison that this program was set up with."""
    return cast(FaceComparison, current_app.extensions["face_comparison"])


def visit(number: str, scope: Scope) -> Reservation:
    """A mobile visit by its number, in scope; raises :class:`NoSuchVisit`."""
    typed = number.strip().upper()
    found = select(Reservation).where(Reservation.number == typed, Reservation.kind.in_(MOBILE_KINDS))
    row = (
        db.session.scalar(found.where(_within(Reservation.agency_id, scope)))
        if 0 < len(typed) <= 16 and typed.isprintable()
        else None
    )
    if row is None:
        raise NoSuchVisit("number")
    return row


def get(result_id: str, scope: Scope) -> RecognitionResult:
    """A result in scope; raises ``NotFound``."""
    found = select(RecognitionResult).where(
        RecognitionResult.id == result_id, _within(RecognitionResult.agency_id, scope)
    )
    row = db.session.scalar(found)
    if row is None:
        raise NotFound()
    return row


def _within(column: Any, scope: Scope) -> ColumnElement[bool]:
    return true() if scope is None else column.in_(sorted(scope))


def receive(told: Delivered, image: bytes, scope: Scope, key_id: str, actor: Actor) -> tuple[str, bool]:
    """Keep what a system has found; returns the result's id and whether it is new (the same name twice is one).

    Raises the errors above and those of ``attachments.clean``.
    """
    if not 0 < len(told.external_id) <= LONGEST_EXTERNAL or not told.external_id.isprintable():
        raise ExternalMissing("external_id", most=LONGEST_EXTERNAL)
    row, known = visit(told.number, scope), _known(key_id, told.external_id)
    if known is not None:
        return known, False
    if told.captured_at is None or told.captured_at > clock.now() + _EARLY:
        raise TimeWrong("captured_at")
    reservation_id, agency_id, portrait_id = row.id, row.agency_id, _portrait(row)
    file = _clean("capture.png" if image.startswith(b"\x89PNG") else "capture.jpg", image)
    found = told.result or _compared(portrait_id, file.content)
    result = _row(reservation_id, agency_id, portrait_id, told.captured_at, file, found, RecognitionSource.API)
    result.access_key_id, result.external_id = key_id, told.external_id
    try:
        return _kept(result, "recognition_result.received", actor), True
    except IntegrityError:
        attachments.discard([result.storage_key])
        known = _known(key_id, told.external_id)  # the same was handed in at the same moment
        if known is None:
            raise
        return known, False


def upload(number: str, file_name: str, image: bytes, scope: Scope, actor: Actor) -> str:
    """Keep what an officer has taken at a visit and compare it where that can be done; returns the result's id.

    Raises :class:`NoSuchVisit`, :class:`CaptureMissing`, :class:`CaptureTooLarge`, the errors of ``attachments.clean``.
    """
    row = visit(number, scope)
    if not file_name:
        raise CaptureMissing("file")
    reservation_id, agency_id, portrait_id = row.id, row.agency_id, _portrait(row)
    file = _clean(file_name, image)
    found = _compared(portrait_id, file.content)
    result = _row(reservation_id, agency_id, portrait_id, clock.now(), file, found, RecognitionSource.UPLOAD)
    return _kept(result, "recognition_result.upload", actor)


def override(
    result_id: str, version: int, verdict: str, reason: str, officer_id: int, scope: Scope, actor: Actor
) -> None:
    """人工認定. Raises :class:`OverrideWrong`, :class:`ReasonMissing`, ``Stale``, ``NotFound``."""
    if verdict not in (RecognitionVerdict.MATCH, RecognitionVerdict.MISMATCH):
        raise OverrideWrong("verdict")
    words = " ".join(reason.split())
    if not 0 < len(words) <= LONGEST_REASON:
        raise ReasonMissing("reason", most=LONGEST_REASON)
    with transaction() as session:
        row = locked(session, RecognitionResult, get(result_id, scope).id)
        if row.version != version:
            raise Stale()
        before = row.override
        row.override, row.override_reason = RecognitionVerdict(verdict), words
        row.overridden_at, row.overridden_by_id = clock.now(), officer_id
        session.flush()
        facts = {"override": [before.value if before else None, verdict], "reason": words}
        audit.record(session, "recognition_result.override", actor, row, agency_id=row.agency_id, facts=facts)


def erase(session: Session, before: datetime, batch: int) -> int:
    """Retention, in its transaction: forget captures taken before a moment; the sweep deletes their files."""
    old = select(RecognitionResult).where(
        RecognitionResult.captured_at < before, RecognitionResult.storage_key.is_not(None)
    )
    rows = session.scalars(old.order_by(RecognitionResult.captured_at, RecognitionResult.id).limit(batch)).all()
    for row in rows:
        row.storage_key = row.media_type = row.size_bytes = row.score = row.portrait_id = None
    return len(rows)


def _known(key_id: str, external_id: str) -> str | None:
    same = select(RecognitionResult.id).where(
        RecognitionResult.access_key_id == key_id, RecognitionResult.external_id == external_id
    )
    return db.session.scalar(same)


def _clean(file_name: str, image: bytes) -> CleanFile:
    if not image:
        raise FileEmpty("file", file=uploads.display_name(file_name))
    if len(image) > LARGEST_BYTES:
        raise CaptureTooLarge("file", most=LARGEST_BYTES // 1024 // 1024)
    end_reading()  # cleaning takes a while and needs no database
    return attachments.clean(file_name, image, images_only=True)


def _portrait(row: Reservation) -> str | None:
    """The photograph of the application behind a visit; else the person's newest one at this agency."""
    photographs = (
        select(Attachment.id)
        .join(ServiceApplication, ServiceApplication.id == Attachment.application_id)
        .where(Attachment.kind == AttachmentKind.PORTRAIT)
    )
    newest = photographs.order_by(Attachment.created_at.desc(), Attachment.id).limit(1)
    of_grant = select(ServiceGrant.application_id).where(ServiceGrant.id == row.grant_id)
    found = db.session.scalar(newest.where(ServiceApplication.id.in_(of_grant)))
    if found is not None or row.applicant_id is None:
        return found
    mine = (ServiceApplication.applicant_id == row.applicant_id, ServiceApplication.agency_id == row.agency_id)
    return db.session.scalar(newest.where(*mine))


def _compared(portrait_id: str | None, capture: bytes) -> Result:
    """What the connected comparison says; 未比對 without one, and where there is no photograph."""
    portrait = db.session.get(Attachment, portrait_id) if portrait_id else None
    if portrait is None:
        return Result(RecognitionVerdict.NOT_COMPARED)
    try:
        content = attachments.content(portrait)
    except (FileMissing, SealBroken):
        return Result(RecognitionVerdict.NOT_COMPARED)
    end_reading()
    found = comparison().compare(content, capture)
    return judged("", found.score, found.threshold) if found else Result(RecognitionVerdict.NOT_COMPARED)


def _row(
    reservation_id: str,
    agency_id: str,
    portrait_id: str | None,
    captured_at: datetime,
    file: CleanFile,
    found: Result,
    source: RecognitionSource,
) -> RecognitionResult:
    return RecognitionResult(
        id=new_id(),
        agency_id=agency_id,
        reservation_id=reservation_id,
        portrait_id=portrait_id,
        captured_at=captured_at,
        storage_key=attachments.put(file.content),
        media_type=file.media_type,
        size_bytes=len(file.content),
        score=found.score,
        threshold=found.threshold,
        verdict=found.verdict,
        source=source,
    )


def _kept(result: RecognitionResult, event: str, actor: Actor) -> str:
    with transaction() as session:
        session.add(result)
        session.flush()
        facts = {"verdict": result.verdict.value}
        audit.record(session, event, actor, result, agency_id=result.agency_id, facts=facts)
        return result.id
