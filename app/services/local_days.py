"""The day in Taiwan of an instant, as the database reckons it: for counting by days without fetching every row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class local_day(GenericFunction[Any]):
    """``local_day(column)``: Taiwan has kept one time, eight hours before UTC, since 1979."""

    type = Date()
    name = "local_day"
    inherit_cache = True


@compiles(local_day, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(local_day, "postgresql")
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(timezone('Asia/Taipei', {compiler.process(element.clauses, **options)}) AS DATE)"
