"""Rows that are only ever added (trail, moves, queued messages), written at once and past the unit of work.

One save of CJALF219F writes four of them for each booking; flushing them as objects costs more than the database does.
"""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Connection, Insert
from sqlalchemy.orm import Session

from models import Base, new_id
from models.base import Sealed


def insert_now(session: Session, *rows: Base) -> None:
    """Insert new rows of one table in the caller's transaction; the objects themselves stay outside the session."""
    values = [{name: value for name, value in vars(row).items() if name != "_sa_instance_state"} for row in rows]
    connection_of(session).execute(_statement(type(rows[0])), values if len(values) > 1 else values[0])


def insert_values(session: Session, model: type[Base], **values: Any) -> None:
    """Insert a row that nobody needs as an object: its key is made here, sealed attributes are sealed for it."""
    row_id = values.setdefault("id", new_id())
    for name, attribute in _sealed(model).items():
        if name in values:
            plain = values.pop(name)
            values[attribute.column] = None if plain is None else attribute.sealed_for(model, row_id, plain)
    connection_of(session).execute(_statement(model), values)


def connection_of(session: Session) -> Connection:
    """The connection of the running transaction; asking the session each time costs as much as a statement."""
    running = session.get_transaction()
    held: tuple[Any, Connection] | None = session.info.get("plain_connection")
    if held is not None and running is not None and held[0] is running:
        return held[1]
    connection = session.connection()
    session.info["plain_connection"] = (session.get_transaction(), connection)
    return connection


@functools.cache
def _sealed(model: type[Base]) -> dict[str, Sealed]:
    return {name: value for name, value in vars(model).items() if isinstance(value, Sealed)}


@functools.cache
def _statement(model: type[Base]) -> Insert:
    # Built once: SQLAlchemy then finds the compiled text without taking the statement apart again.
    table: Any = model.__table__
    return Insert(table)
