"""確認匯入: what was staged becomes the inmates, in one short transaction, all of it or nothing.

Rows go from table to table inside the database: they were sealed for their final place when they were staged.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import IllegalMove, NotFound, RuleError, Stale
from app.i18n import _l
from app.rules.office_vocabulary import ImportState, StagedAct
from app.rules.vocabulary import InmateStatus
from app.security import Actor
from app.services import audit, inmate_imports
from app.services.inmate_touching import Touched, before_moving, write_down
from app.transaction import locked, transaction
from models import Agency, Inmate, InmateImport, InmateRestriction, StagedInmate, StagedRestriction

_inmate: Any = Inmate.__table__
_staged: Any = StagedInmate.__table__
_restriction: Any = InmateRestriction.__table__
_staged_restriction: Any = StagedRestriction.__table__
_COPIED = (
    *("number", "name", "sex", "birth_date_sealed", "id_number_sealed", "id_number_index", "custody_type"),
    *("treatment_grade", "is_juvenile", "unit", "admitted_on", "transferred_in_on", "status"),
)
#: What a move, a change of 呼號 or a departure changes: the row steps aside first, so that two may exchange numbers.
_STEPS_ASIDE = ("number", "status", "agency")


class ComparedAgain(RuleError):
    """Something that the delivery was compared with has changed since."""

    sentence = _l("檢核後收容人資料已有異動，本次未匯入任何資料；系統將重新比對，請於比對完成後再次確認。")
    status = 409


def apply(
    import_id: str, version: int | None, agency_ids: frozenset[str] | None, officer_id: int | None, actor: Actor
) -> int:
    """Take a delivery in and return how many things are on the work list because of it.

    ``version`` is the one that the officer has looked at. Raises ``NotFound``, ``Stale``, ``IllegalMove``,
    :class:`ComparedAgain` (nothing was changed, and the worker compares anew).
    """
    try:
        with transaction() as session:
            row = locked(session, InmateImport, import_id)
            if not inmate_imports.is_within(row, agency_ids):
                raise NotFound()
            if row.state is not ImportState.READY:
                raise IllegalMove(state=row.state.label)
            if version is not None and row.version != version:
                raise Stale()
            _lock_agencies(session, row)
            is_old = _has_changed_since(session, row)
            if not is_old:
                return _take_in(session, row, officer_id, actor)
            inmate_imports.back_to_check(session, row)
    except IntegrityError as error:
        # Somebody else's row took a number in between: on PostgreSQL an inmate may come in from another door.
        with transaction() as session:
            inmate_imports.back_to_check(session, locked(session, InmateImport, import_id))
        raise ComparedAgain() from error
    raise ComparedAgain()


def _lock_agencies(session: Session, row: InmateImport) -> None:
    """Keep other deliveries of these agencies out; whoever only refers to an agency goes on."""
    left = select(_inmate.c.agency_id).join(_staged, _staged.c.inmate_id == _inmate.c.id)
    left = left.where(_staged.c.import_id == row.id, _inmate.c.agency_id != row.agency_id)
    ids = sorted({row.agency_id, *session.scalars(left.distinct())})
    session.execute(
        select(Agency.id).where(Agency.id.in_(ids)).order_by(Agency.id).with_for_update(key_share=True)
    ).all()


def _has_changed_since(session: Session, row: InmateImport) -> bool:
    staged = select(_staged.c.inmate_id).where(_staged.c.import_id == row.id)
    changed = select(_inmate.c.id).where(
        or_(_inmate.c.agency_id == row.agency_id, _inmate.c.id.in_(staged)),
        _inmate.c.updated_at > row.checked_at,
    )
    return session.scalar(changed.limit(1)) is not None


def _take_in(session: Session, row: InmateImport, officer_id: int | None, actor: Actor) -> int:
    now = clock.now()
    touched = before_moving(session, row)
    _step_aside(session, row.id)
    _change(session, row, now)
    _add(session, row, now)
    _restrict(session, row, now)
    count = write_down(session, row, touched, actor)
    row.state, row.applied_at, row.applied_by_id, row.touched = ImportState.APPLIED, now, officer_id, count
    session.flush()
    audit.record(session, "inmate_import.apply", actor, row, agency_id=row.agency_id, facts=_facts(row, touched))
    return count


def _facts(row: InmateImport, touched: Touched) -> dict[str, Any]:
    names = ("lines", "added", "changed", "left", "unchanged", "restrictions", "touched")
    return {"digest": row.digest, **{name: getattr(row, name) for name in names}, "grants": len(touched.questioned)}


def _of(import_id: str, *acts: StagedAct) -> tuple[Any, ...]:
    return _staged.c.import_id == import_id, _staged.c.act.in_(acts)


def _step_aside(session: Session, import_id: str) -> None:
    moving = or_(*(_staged.c.differs.contains(name) for name in _STEPS_ASIDE))
    ids = select(_staged.c.inmate_id).where(*_of(import_id, StagedAct.CHANGE, StagedAct.LEAVE), moving)
    aside = update(_inmate).where(_inmate.c.id.in_(ids), _inmate.c.status == InmateStatus.PRESENT)
    session.execute(aside.values(status=InmateStatus.TRANSFERRED))


def _change(session: Session, row: InmateImport, now: Any) -> None:
    values = {name: _staged.c[name] for name in _COPIED}
    values |= {"agency_id": row.agency_id, "updated_at": now, "version": _inmate.c.version + 1}
    these = _of(row.id, StagedAct.CHANGE, StagedAct.LEAVE)
    session.execute(update(_inmate).where(_inmate.c.id == _staged.c.inmate_id, *these).values(values))


def _add(session: Session, row: InmateImport, now: Any) -> None:
    stamps = (literal(now, _inmate.c.created_at.type), literal(now, _inmate.c.updated_at.type), literal(1))
    agency = literal(row.agency_id, _inmate.c.agency_id.type)
    copied = (_staged.c[name] for name in _COPIED)
    found = select(_staged.c.inmate_id, agency, *stamps, *copied).where(*_of(row.id, StagedAct.ADD))
    session.execute(
        insert(_inmate).from_select(
            ["id", "agency_id", "created_at", "updated_at", "version", *_COPIED], found, include_defaults=False
        )
    )


def _restrict(session: Session, row: InmateImport, now: Any) -> None:
    """The restrictions of those who differ are replaced; what is over stays as it is."""
    told = select(_staged.c.inmate_id).where(_staged.c.import_id == row.id, _staged.c.differs.contains("restrictions"))
    session.execute(
        delete(_restriction).where(
            _restriction.c.inmate_id.in_(told),
            or_(_restriction.c.until_on.is_(None), _restriction.c.until_on >= clock.today()),
        )
    )
    names = ("id", "inmate_id", "kind", "from_on", "until_on", "details_sealed")
    stamps = tuple(literal(now, _restriction.c[name].type) for name in ("created_at", "updated_at"))
    found = select(*stamps, *(_staged_restriction.c[name] for name in names))
    session.execute(
        insert(_restriction).from_select(
            ["created_at", "updated_at", *names],
            found.where(_staged_restriction.c.import_id == row.id),
            include_defaults=False,
        )
    )
