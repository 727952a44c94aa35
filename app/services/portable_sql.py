"""What both databases can reckon and say differently: for counting without fetching every row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class local_day(GenericFunction[Any]):
    """``local_day(column)``: Taiwan has kept one time, eight hours before UTC, since 1979."""

    type = Date()
    name = "local_day"
    inherit_cache = True


class key_text(GenericFunction[Any]):
    """``key_text(column)``: a key as it stands in columns that name rows of any table."""

    type = String()
    name = "key_text"
    inherit_cache = True


@compiles(local_day, "sqlite")
def _sqlite_day(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(local_day, "postgresql")
def _postgresql_day(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(timezone('Asia/Taipei', {compiler.process(element.clauses, **options)}) AS DATE)"


@compiles(key_text, "sqlite")
def _sqlite_key(element: Any, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)  # 32 digits, without what parts them
    spans = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({column}, {start}, {length})" for start, length in spans)


@compiles(key_text, "postgresql")
def _postgresql_key(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS VARCHAR)"
