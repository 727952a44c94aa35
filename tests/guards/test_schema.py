"""The migrated database is what the models say: tables, columns, indexes, and the words of every CHECK."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Enum, Index, Table, inspect

from app.extensions import db
from config import ROOT
from models import Base

WHAT_TO_DO = "Run `make migration M='what changed'`, read what it wrote, and complete it by hand."
OUR_TABLES = [table for table in Base.metadata.sorted_tables if not table.name.startswith("ab_")]


def test_migrations_lead_to_the_models(app: Flask, each_database: str) -> None:
    options = {"compare_type": True, "render_as_batch": True}
    with db.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    assert not difference, f"{WHAT_TO_DO}\n{difference}"


def test_migrations_are_one_line() -> None:
    heads = ScriptDirectory(str(ROOT / "models" / "migrations")).get_heads()
    assert len(heads) == 1, f"Two people wrote a migration: set down_revision of one of {heads} to the other."


def test_every_table_has_a_primary_key(app: Flask, each_database: str) -> None:
    inspector = inspect(db.engine)
    without = [t for t in inspector.get_table_names() if not inspector.get_pk_constraint(t)["constrained_columns"]]
    assert [table for table in without if table != "alembic_version"] == []


@pytest.mark.parametrize("table", OUR_TABLES, ids=lambda table: table.name)
def test_checks_hold_the_words_of_the_vocabulary(app: Flask, table: Table) -> None:
    """Alembic does not compare CHECKs: a word added to a vocabulary needs a migration of its CHECK."""
    for column in table.columns:
        if isinstance(column.type, Enum):
            assert column.type.name, f"{column}: name its CHECK (word(..., name=...))"
            text = checks_of(table)[str(column.type.name)]
            assert set(re.findall(r"'([^']*)'", text)) == set(column.type.enums), f"{column}: {WHAT_TO_DO}"


def test_checks_are_the_same_everywhere(app: Flask, each_database: str) -> None:
    for table in OUR_TABLES:
        wanted = {str(c.name): str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)}
        found = checks_of(table)
        assert set(found) == set(wanted), f"{table.name}: {WHAT_TO_DO}"
        for name, text in wanted.items():
            if each_database == "sqlite" and "__[POSTCOMPILE" not in text:
                assert squeezed(found[name]) == squeezed(text), f"{table.name}.{name}: {WHAT_TO_DO}"


def test_partial_indexes_have_their_condition(app: Flask, each_database: str) -> None:
    """Alembic does not compare what a partial index leaves out."""
    inspector = inspect(db.engine)
    for table in OUR_TABLES:
        found = {index["name"]: index for index in inspector.get_indexes(table.name)}
        for index in table.indexes:
            wanted = condition(index, each_database)
            options: Any = found[str(index.name)].get("dialect_options", {})
            has = options.get(f"{each_database}_where")
            assert (wanted is None) == (has is None), f"{index.name}: {WHAT_TO_DO}"
            if wanted is not None:
                words = set(re.findall(r"'([^']*)'|(\w+_at)\b", wanted))
                assert words == set(re.findall(r"'([^']*)'|(\w+_at)\b", str(has))), f"{index.name}: {WHAT_TO_DO}"


def test_columns_are_as_nullable_as_the_models_say(app: Flask, each_database: str) -> None:
    inspector = inspect(db.engine)
    for table in OUR_TABLES:
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert found == {column.name: column.nullable for column in table.columns}, f"{table.name}: {WHAT_TO_DO}"


def checks_of(table: Table) -> dict[str, str]:
    """The CHECKs that the database has on a table, by name."""
    return {str(check["name"]): check["sqltext"] for check in inspect(db.engine).get_check_constraints(table.name)}


def condition(index: Index, dialect: str) -> str | None:
    """The condition of a partial index, as the model says it for this database."""
    where = index.dialect_options[dialect]["where"]
    return None if where is None else str(where)


def squeezed(text: str) -> str:
    """SQL without what does not matter: spaces and quotes around names."""
    return re.sub(r'[\s"]', "", text)
