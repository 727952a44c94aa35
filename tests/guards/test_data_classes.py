"""Every column says what kind of data it holds (SPEC §11), and what is sensitive is sealed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, LargeBinary, Table, Uuid

from models import Base
from models.base import Sealed

CLASSES = {"public", "internal", "personal", "sensitive"}
#: Flask-AppBuilder's own columns; what we add to its tables is classified like everything else.
THEIRS = "ab_"


def our_columns() -> Iterator[tuple[Table, Column[object]]]:
    """Every column that we declare, those of association tables and of FAB's user too."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not table.name.startswith(THEIRS) or "data_class" in column.info:
                yield table, column


def sealed_attributes() -> dict[tuple[str, str], Sealed]:
    """The attributes that seal and open, by table and column."""
    found = {}
    for mapper in Base.registry.mappers:
        for cls in mapper.class_.__mro__:
            for attribute in vars(cls).values():
                if isinstance(attribute, Sealed):
                    found[(mapper.local_table.name, attribute.column)] = attribute  # type: ignore[attr-defined]
    return found


def test_every_column_is_classified() -> None:
    wrong = [str(column) for _, column in our_columns() if column.info.get("data_class") not in CLASSES]
    assert not wrong, f"Declare with public(), internal(), personal() or sensitive() of models.base: {wrong}"


def test_what_we_add_to_the_users_table_is_classified() -> None:
    import flask_appbuilder.security.sqla.models as theirs

    from models import Officer

    added = set(vars(Officer)) & set(Officer.__table__.columns.keys()) - set(vars(theirs.User))
    wrong = [name for name in added if Officer.__table__.c[name].info.get("data_class") not in CLASSES]
    assert added and not wrong, f"Declare with public(), internal(), personal() or sensitive(): {wrong}"


def test_sensitive_columns_are_sealed_and_sealed_ones_sensitive() -> None:
    sealed = sealed_attributes()
    for table, column in our_columns():
        is_sensitive = column.info.get("data_class") == "sensitive"
        is_binary = isinstance(column.type, LargeBinary)
        place = (table.name, column.name)
        assert is_sensitive == is_binary, f"{column}: sensitive data are sealed bytes, and sealed bytes are sensitive"
        assert is_sensitive == column.name.endswith("_sealed"), f"{column}: the name of a sealed column ends in _sealed"
        assert is_sensitive == (place in sealed), f"{column}: put a Sealed() attribute beside it"


def test_rows_with_sealed_columns_have_their_key_before_they_are_saved() -> None:
    for table, column in our_columns():
        if column.info.get("data_class") == "sensitive":
            assert isinstance(table.c.id.type, Uuid), f"{column}: a sealed value is bound to a client-made UUID"


def test_digests_of_sealed_values_stand_beside_them() -> None:
    for (table, column), attribute in sealed_attributes().items():
        if attribute.index:
            assert attribute.index in Base.metadata.tables[table].c, f"{table}.{column}: no column {attribute.index}"
