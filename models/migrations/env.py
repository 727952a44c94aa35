"""Alembic on the program's own engine and metadata."""

from __future__ import annotations

from alembic import context
from flask import current_app

from models.base import Instant

database = current_app.extensions["migrate"].db


def _render(kind: str, item: object, autogen_context: object) -> str | bool:
    """Instants are plain timestamps to the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run() -> None:
    """Bring the database to the wanted revision, in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=database.metadata, render_item=_render, **options)
        with context.begin_transaction():
            context.run_migrations()
        if connection.in_transaction():
            connection.commit()


run()
