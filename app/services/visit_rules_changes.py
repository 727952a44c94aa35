"""公告時段管理: an agency's rules for one kind of visit are changed, after a look at what the change would break."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import visit_documents
from app.rules.visit_rules import VisitRulesDocument
from app.rules.visit_timetable import slots_on
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import audit, visit_rules, visiting
from app.transaction import transaction
from models import Agency, Reservation, VisitRules
from models.reservation import LIVE_STATES

#: Longer than any agency's rules; what is read is a text that a person edits.
LONGEST_TEXT = 100_000
#: How many bookings a sentence names.
MOST_NAMED = 5


class TextTooLong(RuleError):
    """Nobody edits rules of this length by hand."""

    sentence = _l("內容過長（上限%(longest)s字），請確認是否貼上了正確的檔案。")


class BookingsWouldBreak(RuleError):
    """Bookings stand in sessions that the new timetable does not have."""

    sentence = _l(
        "有%(n)s件預約之時段不在新的時段表內（%(numbers)s）。請先與預約人聯繫或辦理停止接見，或勾選「仍要儲存」，該等預約將維持有效。"
    )
    status = 409


def read(kind: VisitKind, text: str) -> dict[str, Any]:
    """The document of one kind in an edited text; raises what is wrong with its form, its values or its sense."""
    document = _documents(text).get(kind.value)
    if document is None:
        raise visit_documents.DocumentInvalid("document", place=kind.value, fault=_l("此欄位必填"))
    visit_documents.check(visit_documents.parse(kind, document))
    return visit_documents.normal(document)


def _documents(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_TEXT:
        raise TextTooLong("document", longest=LONGEST_TEXT)
    return visit_documents.read_yaml(text)


def stranded(agency_id: str, rules: VisitRulesDocument) -> list[str]:
    """The numbers of coming bookings whose session these rules do not hold, in order."""
    calendar = visiting.calendar()
    booked = db.session.execute(
        select(Reservation.number, Reservation.visit_on, Reservation.arrives_at)
        .where(
            Reservation.agency_id == agency_id,
            Reservation.kind == rules.kind,
            Reservation.session_id.is_not(None),
            Reservation.state.in_(LIVE_STATES),
            Reservation.visit_on >= clock.today(),
        )
        .order_by(Reservation.arrives_at, Reservation.id)
    ).all()
    held = {
        day: {slot.starts_at for slot in slots_on(rules, day, calendar)} for day in {row.visit_on for row in booked}
    }
    return [row.number for row in booked if row.arrives_at not in held[row.visit_on]]


def save(agency_id: str, kind: VisitKind, text: str, version: int, actor: Actor, *, confirmed: bool = False) -> None:
    """Keep an agency's rules for one kind of visit; ``version`` is the one that was edited, 0 where there was none.

    Raises the errors of ``app.rules.visit_documents``, :class:`BookingsWouldBreak` unless ``confirmed``, ``Stale``.
    """
    document = read(kind, text)
    rules = visit_documents.parse(kind, document)
    with transaction() as session:
        row = visit_rules.row_of(agency_id, kind)
        if (row.version if row else 0) != version:
            raise Stale()
        broken = stranded(agency_id, rules)
        if broken and not confirmed:
            raise BookingsWouldBreak("document", n=len(broken), numbers="、".join(broken[:MOST_NAMED]))
        before = dict(row.document) if row else None
        kept = put(session, agency_id, kind, document)
        facts = {"kind": kind.value, "before": before, "after": document}
        audit.record(session, "visit_rules.save", actor, kept, agency_id=agency_id, facts=facts)


def put(session: Session, agency_id: str, kind: VisitKind, document: Mapping[str, Any]) -> VisitRules:
    """Inside a transaction: store a normal document."""
    row = session.scalar(select(VisitRules).where(VisitRules.agency_id == agency_id, VisitRules.kind == kind))
    if row is None:
        row = VisitRules(agency_id=agency_id, kind=kind)
        session.add(row)
    row.document, row.is_offered = dict(document), bool(document["offered"])
    session.flush()
    return row


def import_all(agency: Agency, text: str) -> list[VisitKind]:
    """Inside a transaction: store every kind of a file where the agency has decided nothing yet."""
    session, done = db.session(), []
    for name in _documents(text):
        kind = VisitKind(name)
        if visit_rules.row_of(agency.id, kind) is None:
            put(session, agency.id, kind, read(kind, text))
            done.append(kind)
    return done


def export(agency_id: str, kinds: tuple[VisitKind, ...] = visit_rules.SESSION_KINDS) -> str:
    """The rules in force as a file that people read and edit."""
    return visit_documents.write_yaml({kind.value: visit_rules.document_of(agency_id, kind) for kind in kinds})
