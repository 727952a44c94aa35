"""公告時段管理: an agency's rules for one kind of visit are changed, after a look at what the change would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import visit_documents
from app.rules.visit_documents import DocumentInvalid
from app.rules.visit_rules import VisitRulesDocument
from app.rules.visit_timetable import slots_on
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import audit, stranded, visit_rules, visiting
from app.services.visit_rules import SESSION_KINDS
from app.transaction import locked, transaction
from models import Agency, Reservation, VisitRules
from models.reservation import LIVE_STATES

#: Longer than any agency's rules; what is read is a text that a person edits.
LONGEST_TEXT = 100_000


class TextTooLong(RuleError):
    """Nobody edits rules of this length by hand."""

    sentence = _l("內容過長（上限%(longest)s字），請確認是否貼上了正確的檔案。")


class OtherKind(RuleError):
    """The text of one kind holds another kind, too."""

    sentence = _l("本頁僅能編輯「%(kind)s」。其他接見類型請分別編輯，或使用匯入。")


class BookingsWouldBreak(RuleError):
    """Bookings stand in sessions that the new timetable does not have; ``mark`` says which ones were shown."""

    sentence = _l(
        "有%(n)s件預約之時段不在新的時段表內。請先與預約人聯繫或辦理停止接見，或按「仍要儲存」，該等預約將維持有效。"
    )
    status = 409

    def __init__(self, rows: Sequence[Reservation]) -> None:
        super().__init__("document", n=len(rows))
        self.bookings, self.mark = stranded.shown(rows), stranded.mark_of(rows)


def read(kind: VisitKind, text: str) -> dict[str, Any]:
    """The document of one kind in an edited text; raises what is wrong with its form, its values or its sense."""
    found = documents(text)
    if kind not in found:
        raise DocumentInvalid("document", place=kind.value, fault=_l("此欄位必填"))
    if len(found) > 1:
        raise OtherKind("document", kind=kind.label)
    return found[kind]


def documents(text: str) -> dict[VisitKind, dict[str, Any]]:
    """Every kind of a file, checked; raises as :func:`read` does, with the kind in front of the place."""
    if len(text) > LONGEST_TEXT:
        raise TextTooLong("document", longest=LONGEST_TEXT)
    found = {}
    try:
        for name, document in visit_documents.read_yaml(text).items():
            found[VisitKind(name)] = _named(VisitKind(name), document)
    except RuleError as error:
        error.field = "document"  # a page has one field for the whole text
        raise
    return found


def _named(kind: VisitKind, document: Any) -> dict[str, Any]:
    if kind not in SESSION_KINDS:
        raise DocumentInvalid(place=kind.value, fault="、".join(SESSION_KINDS))
    try:
        return checked(kind, document)
    except DocumentInvalid as error:
        error.values["place"] = f"{kind.value}.{error.values['place']}"
        raise


def checked(kind: VisitKind, document: Any) -> dict[str, Any]:
    """The document of one kind as it is stored; raises what is wrong with its values or its sense."""
    visit_documents.check(visit_documents.parse(kind, document))
    return visit_documents.normal(document)


def edition(agency_id: str, *kinds: VisitKind) -> str:
    """What is in force now, as a mark that an edit brings back: somebody else's change makes another one."""
    rows = [visit_rules.row_of(agency_id, kind) for kind in kinds or SESSION_KINDS]
    return " ".join(f"{row.id}.{row.version}" if row else "-" for row in rows)


def save(agency_id: str, kind: VisitKind, text: str, seen: str, actor: Actor, *, accepted: str = "") -> None:
    """Keep an agency's rules for one kind of visit; ``seen`` is the :func:`edition` that was edited.

    Raises the errors of ``app.rules.visit_documents``, :class:`BookingsWouldBreak` unless ``accepted`` is its mark,
    ``Stale``.
    """
    _change(agency_id, {kind: read(kind, text)}, (kind,), seen, actor, accepted)


def save_document(
    agency_id: str, kind: VisitKind, document: Any, seen: str, actor: Actor, *, accepted: str = ""
) -> None:
    """As :func:`save`, of a document that was filled in on a form; places in its errors stand without the kind.

    What is changed is kept with its timetable by weekday and time: a form adds its rows at the end.
    """
    new = checked(kind, document)
    if new != visit_rules.document_of(agency_id, kind):
        new = visit_documents.in_order(new)
    if len(visit_documents.write_yaml({kind.value: new})) > LONGEST_TEXT:  # it must be editable as a text, too
        raise TextTooLong(longest=LONGEST_TEXT)
    _change(agency_id, {kind: new}, (kind,), seen, actor, accepted)


def restore(agency_id: str, kind: VisitKind, seen: str, actor: Actor, *, accepted: str = "") -> None:
    """恢復法定預設值: take back what the agency has decided about one kind; raises as :func:`save` does."""
    _change(agency_id, {kind: None}, (kind,), seen, actor, accepted)


def import_file(agency_id: str, text: str, seen: str, actor: Actor, *, accepted: str = "") -> list[VisitKind]:
    """Keep every kind of a file, or nothing; answers the kinds. Raises as :func:`save` does."""
    found = documents(text)
    _change(agency_id, found, SESSION_KINDS, seen, actor, accepted)
    return list(found)


def _change(
    agency_id: str,
    changes: Mapping[VisitKind, dict[str, Any] | None],
    looked_at: tuple[VisitKind, ...],
    seen: str,
    actor: Actor,
    accepted: str,
) -> None:
    """All of the changes in one act; the agency's row is locked, so that two officers come one after the other."""
    with transaction() as session:
        locked(session, Agency, agency_id)
        if edition(agency_id, *looked_at) != seen:
            raise Stale()
        booked = {kind: _booked(session, agency_id, kind) for kind in changes}
        broken = [row for kind, new in changes.items() for row in _broken(agency_id, kind, new, booked[kind])]
        if broken and accepted != stranded.mark_of(broken):
            raise BookingsWouldBreak(broken)
        for kind, new in changes.items():
            _keep(session, agency_id, kind, new, actor, len(broken))
        stranded.flag(session, broken, actor)
        for kind in changes:
            held = _starts(visit_rules.rules_of(agency_id, kind), booked[kind])
            stranded.clear(session, [row for row in booked[kind] if row.arrives_at in held], actor)


def _keep(
    session: Session, agency_id: str, kind: VisitKind, new: dict[str, Any] | None, actor: Actor, broken: int
) -> None:
    row = visit_rules.row_of(agency_id, kind)
    before = dict(row.document) if row else None
    if new == before:
        return
    facts: dict[str, Any] = {"kind": kind.value, "before": before, "after": new}
    if broken:
        facts["outside"] = broken
    if new is not None:
        kept = put(session, agency_id, kind, new)
        audit.record(session, "visit_rules.save", actor, kept, agency_id=agency_id, facts=facts)
    elif row is not None:
        audit.record(session, "visit_rules.restore", actor, row, agency_id=agency_id, facts=facts)
        session.delete(row)
        session.flush()


def _broken(
    agency_id: str, kind: VisitKind, new: dict[str, Any] | None, booked: Sequence[Reservation]
) -> list[Reservation]:
    """The bookings whose session the rules of now hold and the new ones do not, in order."""
    after = visit_documents.parse(kind, visit_rules.defaults()[kind] if new is None else new)
    before = visit_rules.rules_of(agency_id, kind)
    lost = _starts(before, booked) - _starts(after, booked)
    return [row for row in booked if row.arrives_at in lost]


def _booked(session: Session, agency_id: str, kind: VisitKind) -> Sequence[Reservation]:
    """The coming bookings by session, locked: who is marked as outside is not changed meanwhile."""
    return session.scalars(
        select(Reservation)
        .where(
            Reservation.agency_id == agency_id,
            Reservation.kind == kind,
            Reservation.session_id.is_not(None),
            Reservation.state.in_(LIVE_STATES),
            Reservation.visit_on >= clock.today(),
        )
        .order_by(Reservation.arrives_at, Reservation.id)
        .with_for_update(of=Reservation)
    ).all()


def _starts(rules: VisitRulesDocument, booked: Sequence[Reservation]) -> set[datetime]:
    """When the sessions of the booked days begin by these rules."""
    calendar, days = visiting.calendar(), {row.visit_on for row in booked}
    return {slot.starts_at for day in days for slot in slots_on(rules, day, calendar) if rules.offered}


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
    for kind, document in documents(text).items():
        if visit_rules.row_of(agency.id, kind) is None:
            put(session, agency.id, kind, document)
            done.append(kind)
    return done


def export(agency_id: str, *kinds: VisitKind) -> str:
    """The rules in force as a file that people read and edit; all kinds where none is named."""
    wanted = kinds or SESSION_KINDS
    return visit_documents.write_yaml({kind.value: visit_rules.document_of(agency_id, kind) for kind in wanted})
