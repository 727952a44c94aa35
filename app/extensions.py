"""The libraries that the program is built on, made once and bound to the app by the factory."""

from __future__ import annotations

import contextvars
from pathlib import Path
from typing import Any

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, event

from models.base import Base

db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})
#: Found from wherever a command is run.
MIGRATIONS = Path(__file__).resolve().parent.parent / "models" / "migrations"
migrate = Migrate(directory=str(MIGRATIONS), compare_type=True, render_as_batch=True)
csrf = CSRFProtect()

#: Whether the next transaction of this context is going to write (set by ``app.transaction`` only).
writing: contextvars.ContextVar[bool] = contextvars.ContextVar("writing", default=False)


def tune(engine: Engine) -> None:
    """Set an engine up for many processes.

    SQLite: WAL, full durability, foreign keys, a busy timeout, and BEGIN IMMEDIATE for writers (the driver's own
    deferred BEGIN makes a reader that turns writer fail at once). PostgreSQL: bounded lock and idle waits.
    """
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _connect(connection: Any, record: Any) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in (
                "busy_timeout=10000",
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")

    else:

        @event.listens_for(engine, "connect")
        def _limits(connection: Any, record: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
                cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
                cursor.execute("SET timezone = 'UTC'")
            connection.commit()
