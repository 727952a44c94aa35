"""Freely edited tables (agencies, notices, reasons): add, change, delete, each with its row in the trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from app.errors import RuleError, Stale
from app.i18n import _l
from app.security import Actor
from app.services import audit
from app.transaction import locked, transaction
from models import Base


class AlreadyExists(RuleError):
    """Another record has the same name or code."""

    sentence = _l("已有相同的資料（名稱或代碼重複），請改用其他內容後再儲存。")
    status = 409


class StillUsed(RuleError):
    """Other records point to this one."""

    sentence = _l("本筆資料仍被其他資料使用，無法刪除。")
    status = 409


def add(row: Any, actor: Actor) -> str:
    """Add a new row and return its id; raises :class:`AlreadyExists`."""
    try:
        with transaction() as session:
            session.add(row)
            session.flush()
            audit.record(session, f"{row.__tablename__}.add", actor, row, agency_id=_agency_of(row), facts=_plain(row))
            return str(row.id)
    except IntegrityError as error:
        raise AlreadyExists() from error


def save(row: Base, changes: dict[str, Any], version: int | None, actor: Actor) -> None:
    """Change columns of a row; ``version`` is the one that the reader had opened.

    Raises :class:`Stale`, :class:`AlreadyExists`, ``NotFound``.
    """
    model, row_id = type(row), inspect(row).identity[0]  # type: ignore[index]
    try:
        with transaction() as session:
            fresh = locked(session, model, row_id)
            if version is not None and getattr(fresh, "version", version) != version:
                raise Stale()
            facts = {}
            for name, value in changes.items():
                before = getattr(fresh, name)
                if before != value:
                    facts[name] = [_text(before), _text(value)]
                    setattr(fresh, name, value)
            if not facts:
                return
            session.flush()
            audit.record(session, f"{model.__tablename__}.edit", actor, fresh, agency_id=_agency_of(fresh), facts=facts)
    except IntegrityError as error:
        raise AlreadyExists() from error


def delete(row: Base, actor: Actor) -> None:
    """Delete a row; raises :class:`StillUsed`, ``NotFound``."""
    model, row_id = type(row), inspect(row).identity[0]  # type: ignore[index]
    try:
        with transaction() as session:
            fresh = locked(session, model, row_id)
            audit.record(
                session, f"{model.__tablename__}.delete", actor, fresh, agency_id=_agency_of(fresh), facts=_plain(fresh)
            )
            session.delete(fresh)
    except IntegrityError as error:
        raise StillUsed() from error


def _agency_of(row: Any) -> str | None:
    return row.id if row.__tablename__ == "agency" else getattr(row, "agency_id", None)


def _plain(row: Any) -> dict[str, Any]:
    columns = inspect(type(row)).columns
    return {c.key: _text(getattr(row, c.key)) for c in columns if c.info.get("data_class") != "sensitive"}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
