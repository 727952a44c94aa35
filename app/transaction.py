"""One act, one transaction: the only place that commits or rolls back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.errors import NotFound, Stale
from app.extensions import db, writing

Row = TypeVar("Row")
_LAST = "written_last"


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a block as one writing transaction: all of it happens, or nothing.

    What was read before belongs to an older snapshot: it is expired, so that rules are checked on the rows as they
    are now. Raises :class:`Stale` where a versioned row was changed by somebody else.
    """
    session = _unchanged()
    if session.in_transaction():
        session.rollback()
    session.expire_all()  # the rollback alone expires nothing where a note has just ended the read
    with _writing(session):
        yield session


@contextmanager
def noting() -> Iterator[Session]:
    """Write a note beside a page that is being read, as one transaction, and let the page keep what it has loaded.

    For rows that depend on nothing that was read (the trail of looks). What was loaded is not loaded again and may be
    older than the note: rules are never checked on it, that is what :func:`transaction` is for.
    """
    session = _unchanged()
    expires = session.expire_on_commit
    session.expire_on_commit = False
    try:
        session.commit()  # nothing is written here: the read ends, so that SQLite can begin as a writer
        with _writing(session):
            yield session
        session.info["has_noted"] = True
    finally:
        session.expire_on_commit = expires


def write_last(session: Session, row: Row, writer: Callable[[Session, list[Row]], None]) -> None:
    """Have ``writer`` write a row, with all others that it was given, as the very last thing before the commit.

    For what every act has to wait for (the counter of the trail): who holds it holds all its other rows already, so
    two acts never wait for one another, and nobody waits longer than a commit.
    """
    if not writing.get():
        raise RuntimeError("write inside transaction() or noting()")
    session.info.setdefault(_LAST, {}).setdefault(writer, []).append(row)


def has_noted() -> bool:
    """Whether a note was written beside the page that is being made."""
    return bool(db.session.info.get("has_noted"))


def _unchanged() -> Session:
    """The session, in which nothing waits to be written."""
    session = cast(Session, db.session())
    if writing.get():
        raise RuntimeError("one act, one transaction: this act is already in one")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside a transaction")
    return session


@contextmanager
def _writing(session: Session) -> Iterator[None]:
    """Commit what the block does, or undo it."""
    token = writing.set(True)
    try:
        yield
        session.flush()
        for writer, rows in session.info.pop(_LAST, {}).items():
            writer(session, rows)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale() from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_LAST, None)
        writing.reset(token)


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Run a block inside an act and undo it alone: for work that must take its time and leave nothing."""
    rehearsal = session.begin_nested()
    before = {writer: list(rows) for writer, rows in session.info.get(_LAST, {}).items()}
    try:
        yield
    finally:
        rehearsal.rollback()
        session.info[_LAST] = before


def locked(session: Session, model: type[Row], row_id: Any) -> Row:
    """The row as it is now, locked until the end of the transaction; raises :class:`NotFound`."""
    row = session.get(model, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def end_reading() -> None:
    """Give the connection of a finished read back before a long wait (sending, rendering)."""
    db.session.rollback()
