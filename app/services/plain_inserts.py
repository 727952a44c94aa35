"""Rows that are only ever added (trail, moves, queued messages), written at once and past the unit of work.

One save of CJALF219F writes four of them for each booking; flushing them as objects costs more than the database does.
"""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.orm import Session

from models import Base


def insert_now(session: Session, row: Base) -> None:
    """Insert a new row in the caller's transaction; the object itself stays outside the session."""
    values = {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}
    session.connection().execute(_statement(type(row)), values)


@functools.cache
def _statement(model: type[Base]) -> Insert:
    # Built once: SQLAlchemy then finds the compiled text without taking the statement apart again.
    table: Any = model.__table__
    return Insert(table)
