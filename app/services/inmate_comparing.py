"""A delivery's lines beside the inmates that are known: who is new, who changes in what, who leaves.

People are known by their ID number, wherever they are; who has none, by 呼號 and name within the agency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from app import clock, crypto
from app.rules import inmate_columns
from app.rules.inmate_deliveries import Delivery, Line, Restriction
from app.rules.office_vocabulary import StagedAct
from app.rules.visit_rules import grade_of
from app.rules.vocabulary import InmateStatus
from app.said import said
from models import Inmate, InmateRestriction, new_id
from models.base import search_digest

#: Columns that stand in ``inmate`` as they are delivered.
PLAIN = (
    "number",
    "name",
    "sex",
    "custody_type",
    "treatment_grade",
    "is_juvenile",
    "unit",
    "admitted_on",
    "transferred_in_on",
    "status",
)
SEALED = ("birth_date", "id_number")
_DEFAULTS: dict[str, Any] = {"is_juvenile": False, "custody_type": "受刑人"}
_inmate: Any = Inmate.__table__
_restriction: Any = InmateRestriction.__table__


@dataclass
class Compared:
    """What a batch of lines means: rows to stage, rows of restrictions, faults, and how many of each act."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    restrictions: list[dict[str, Any]] = field(default_factory=list)
    faults: Delivery = field(default_factory=Delivery)
    counts: dict[StagedAct, int] = field(default_factory=lambda: dict.fromkeys(StagedAct, 0))


@dataclass
class Whole:
    """What a batch has to know of the delivery that it belongs to."""

    import_id: str
    agency_id: str
    #: The digest of each line's ID number.
    digests: dict[int, str]
    #: Which inmate was found on which line.
    taken: dict[str, int] = field(default_factory=dict)
    told: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.told = frozenset(self.digests.values())


def whole(import_id: str, agency_id: str, lines: Iterable[Line]) -> Whole:
    """A delivery before its first batch."""
    digests = {
        line.line: search_digest("id_number", line.values["id_number"]) for line in lines if line.values["id_number"]
    }
    return Whole(import_id, agency_id, digests)


def compare(session: Session, delivery: Whole, lines: Sequence[Line]) -> Compared:
    """Hold some lines against what stands."""
    known, done = _Known(session, delivery, lines), Compared()
    for line in lines:
        row = known.row_of(line)
        if row is not None and delivery.taken.setdefault(row.id, line.line) != line.line:
            expected = said("不與第%(line)s行為同一收容人", line=delivery.taken[row.id])
            done.faults.blame(line.line, inmate_columns.NUMBER, line.values["number"], expected)
            continue
        _compare_line(done, line, row, known, delivery)
    return done


class _Known:
    """The inmates that some lines may speak of."""

    def __init__(self, session: Session, delivery: Whole, lines: Sequence[Line]) -> None:
        self.delivery, agency_id = delivery, delivery.agency_id
        digests = {delivery.digests[line.line] for line in lines if line.line in delivery.digests}
        numbers = {line.values["number"] for line in lines}
        here = and_(
            _inmate.c.agency_id == agency_id,
            _inmate.c.number.in_(numbers),
            _inmate.c.status == InmateStatus.PRESENT,
        )
        found = session.execute(select(_inmate).where(or_(_inmate.c.id_number_index.in_(digests), here))).all()
        self.by_id: dict[str, Row[Any]] = {}
        self.by_number: dict[str, Row[Any]] = {}
        for row in sorted(found, key=self._weight):  # the best one comes last and stays
            if row.id_number_index:
                self.by_id[row.id_number_index] = row
            if row.agency_id == agency_id and row.status == InmateStatus.PRESENT:
                self.by_number[row.number] = row
        self.restrictions = _restrictions(session, [row.id for row in found]) if _speak(lines) else {}

    def _weight(self, row: Row[Any]) -> tuple[bool, bool, Any]:
        return row.status == InmateStatus.PRESENT, row.agency_id == self.delivery.agency_id, row.updated_at

    def row_of(self, line: Line) -> Row[Any] | None:
        """Whom a line speaks of; None where it is somebody new."""
        digest = self.delivery.digests.get(line.line)
        if digest and digest in self.by_id:
            return self.by_id[digest]
        row = self.by_number.get(line.values["number"])
        # The same 呼號 and name is the same person, whose ID number was not known or is put right.
        if row is not None and row.name == line.values["name"] and not self._is_told(row):
            return row
        return None

    def _is_told(self, row: Row[Any]) -> bool:
        return row.id_number_index is not None and row.id_number_index in self.delivery.told


def _speak(lines: Iterable[Line]) -> bool:
    return any(line.restrictions is not None for line in lines)


def _restrictions(session: Session, ids: list[str]) -> dict[str, set[Restriction]]:
    found: dict[str, set[Restriction]] = {}
    for row in session.execute(select(_restriction).where(_restriction.c.inmate_id.in_(ids))):
        details = _opened(row.details_sealed, f"inmate_restriction.details_sealed.{row.id}")
        found.setdefault(row.inmate_id, set()).add(Restriction(row.kind, row.from_on, row.until_on, details))
    return found


def _compare_line(done: Compared, line: Line, row: Row[Any] | None, known: _Known, delivery: Whole) -> None:
    digest = delivery.digests.get(line.line)
    values, is_present = line.values, line.values["status"] == InmateStatus.PRESENT
    is_elsewhere = row is not None and row.agency_id != delivery.agency_id
    if not is_present and (row is None or is_elsewhere):
        done.counts[StagedAct.NOTHING] += 1  # gone, and nothing of this agency's knows of it
        return
    if row is not None and is_elsewhere and row.status == InmateStatus.PRESENT and not _is_later(values, row):
        expected = said("晚於目前所在機關之入本監日期；或由該機關先列為移監、出監")
        done.faults.blame(line.line, inmate_columns.TRANSFERRED, _day(_came(values)), expected)
        return
    differs = _differs(values, row, digest)
    if is_elsewhere:
        differs.insert(0, "agency")
    wanted = _wanted(line, row, known)
    if wanted is not None:
        differs.append("restrictions")
    if row is not None and not differs:
        done.counts[StagedAct.NOTHING] += 1
        return
    act = StagedAct.ADD if row is None else StagedAct.CHANGE if is_present or is_elsewhere else StagedAct.LEAVE
    if row is not None and not is_present and row.status != InmateStatus.PRESENT:
        act = StagedAct.CHANGE  # had left before
    done.counts[act] += 1
    inmate_id = row.id if row is not None else new_id()
    done.rows.append(_staged(line, row, digest, inmate_id, act, differs, delivery.import_id))
    for one in wanted or ():
        done.restrictions.append(_staged_restriction(one, inmate_id, delivery.import_id))


def _differs(values: dict[str, Any], row: Row[Any] | None, digest: str | None) -> list[str]:
    """The names of the columns that a line changes; empty for somebody new."""
    if row is None:
        return []
    found = [name for name in PLAIN if name in values and values[name] != _standing(row, name)]
    born = _opened(row.birth_date_sealed, f"inmate.birth_date_sealed.{row.id}")
    if (values["birth_date"].isoformat() if values["birth_date"] else None) != born:
        found.append("birth_date")
    if digest != row.id_number_index:
        found.append("id_number")
    return found


def _standing(row: Row[Any], name: str) -> Any:
    value = getattr(row, name)
    return (grade_of(value) or None) if name == "treatment_grade" else value


def _wanted(line: Line, row: Row[Any] | None, known: _Known) -> list[Restriction] | None:
    """The restrictions that shall stand, where they differ from those that do; what is over is no difference."""
    if line.restrictions is None:
        return None
    today = clock.today()
    kept = known.restrictions.get(row.id, ()) if row is not None else ()
    standing = {one for one in kept if not _is_over(one, today)}
    told = [one for one in line.restrictions if not _is_over(one, today)]
    return told if set(told) != standing else None


def _is_over(one: Restriction, today: date) -> bool:
    return one.until_on is not None and one.until_on < today


def _is_later(values: dict[str, Any], row: Row[Any]) -> bool:
    came, stood = _came(values), row.transferred_in_on or row.admitted_on
    return came is not None and (stood is None or came > stood)


def _came(values: dict[str, Any]) -> date | None:
    came: date | None = values.get("transferred_in_on") or values.get("admitted_on")
    return came


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _staged(
    line: Line,
    row: Row[Any] | None,
    digest: str | None,
    inmate_id: str,
    act: StagedAct,
    differs: list[str],
    import_id: str,
) -> dict[str, Any]:
    values = line.values
    staged: dict[str, Any] = {
        "id": new_id(),
        "import_id": import_id,
        "line": line.line,
        "act": act,
        "inmate_id": inmate_id,
        "differs": ",".join(differs),
        "id_number_index": digest,
    }
    for name in PLAIN:
        standing = getattr(row, name) if row is not None else _DEFAULTS.get(name)
        staged[name] = values.get(name, standing)
    for name in SEALED:
        column, value = f"{name}_sealed", values[name]
        if row is not None and name not in differs:
            staged[column] = getattr(row, column)
        else:
            staged[column] = _sealed(value, f"inmate.{column}.{inmate_id}")
    return staged


def _staged_restriction(one: Restriction, inmate_id: str, import_id: str) -> dict[str, Any]:
    row_id = new_id()
    return {
        "id": row_id,
        "import_id": import_id,
        "inmate_id": inmate_id,
        "kind": one.kind,
        "from_on": one.from_on,
        "until_on": one.until_on,
        "details_sealed": _sealed(one.details, f"inmate_restriction.details_sealed.{row_id}"),
    }


def _sealed(value: Any, place: str) -> bytes | None:
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, date) else str(value)
    return crypto.current().seal(text.encode(), place)


def _opened(sealed: bytes | None, place: str) -> str | None:
    return None if sealed is None else crypto.current().open(sealed, place).decode()
