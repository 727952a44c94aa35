"""A million applications in seconds: rows as the program writes them, past its own unit of work.

People are copies of one that was made properly (their sealed values stand for the bytes only, no list opens them);
applications go in by one ``executemany`` or one COPY.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, insert, text

from app import clock
from app.extensions import db
from models import Agency, Applicant, Inmate, ServiceApplication
from tests import factories

APPLICANTS, INMATES = 5_000, 20_000
#: One agency holds a fifth of all inmates, as the largest prisons do.
LARGE_SHARE = 5
_BATCH = 5_000
_STATES = ("pending",) * 30 + ("approved",) * 45 + ("rejected",) * 15 + ("withdrawn",) * 10
_DECIDED = {"approved", "rejected"}


def people(agencies: Sequence[Agency]) -> tuple[list[str], list[tuple[str, str]]]:
    """Applicants' ids, and inmates' ids with their agencies'; the first agency is the large one."""
    lawyer, prisoner = factories.applicant(), factories.inmate(agencies[0])
    others = [agency.id for agency in agencies]
    one, other = Applicant.__table__, Inmate.__table__
    with db.engine.begin() as connection:
        row = dict(connection.execute(one.select().where(one.c.id == lawyer.id)).mappings().one())
        applicants = [
            {**row, "id": _key(), "id_number_index": _key(), "mail_index": _key()} for _n in range(APPLICANTS)
        ]
        connection.execute(insert(one), applicants)
        row = dict(connection.execute(other.select().where(other.c.id == prisoner.id)).mappings().one())
        inmates = [
            {**row, "id": _key(), "number": f"{n:06}", "agency_id": others[_agency(n, len(others))]}
            for n in range(INMATES)
        ]
        connection.execute(insert(other), inmates)
    return [row["id"] for row in applicants], [(row["id"], row["agency_id"]) for row in inmates]


def applications(
    engine: Engine, applicants: list[str], inmates: list[tuple[str, str]], officer_id: int, number: int
) -> None:
    """Insert so many applications, spread over two years, oldest first."""
    table: Any = ServiceApplication.__table__
    rows = _rows(applicants, inmates, officer_id, number)
    names = list(next(_rows(applicants, inmates, officer_id, 1)))
    # Random keys into grown indexes cost most of the time: they are built afterwards, as they stand in the model.
    with engine.begin() as connection:
        for index in table.indexes:
            index.drop(connection)
    _insert(engine, table, names, rows)
    with engine.begin() as connection:
        for index in table.indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # as the program's own nightly job does


def _insert(engine: Engine, table: Any, names: list[str], rows: Iterator[dict[str, Any]]) -> None:
    raw = engine.raw_connection()
    try:
        cursor: Any = raw.cursor()
        if engine.dialect.name == "sqlite":
            places = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"
            cursor.execute("BEGIN IMMEDIATE")
            bound = _bound(engine, table, names, rows)
            while batch := list(islice(bound, _BATCH)):
                cursor.executemany(statement, batch)
            cursor.execute("COMMIT")
        else:
            with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
                for row in _bound(engine, table, names, rows):
                    copy.write_row(row)
            raw.commit()
    finally:
        raw.close()


def _rows(
    applicants: list[str], inmates: list[tuple[str, str]], officer_id: int, rows: int
) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    start = clock.now() - timedelta(days=730)
    for number in range(rows):
        person = number % len(applicants)
        # Each person's applications are about different inmates, whose agencies come in no order.
        inmate_id, agency_id = inmates[(number // len(applicants) + person * 37) % len(inmates)]
        state = chance.choice(_STATES)
        at: datetime = start + timedelta(seconds=number * 60)
        is_decided = state in _DECIDED
        yield {
            "id": _key(chance),
            "applicant_id": applicants[person],
            "agency_id": agency_id,
            "inmate_id": inmate_id,
            "item": "lawyer_visit",
            "relation": "lawyer",
            "state": state,
            "submitted_at": at,
            "applied_on": at.date(),
            "decided_at": at + timedelta(days=1) if is_decided else None,
            "decided_by_id": officer_id if is_decided else None,
            "rejection_reason": "證件不清楚" if state == "rejected" else None,
            "idempotency_key": str(number),
            "version": 1,
            "created_at": at,
            "updated_at": at,
        }


def _bound(engine: Engine, table: Table, names: list[str], rows: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    """The values as the driver takes them, columns with a form of their own bound by their type."""
    made: Any = [table.c[name].type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for name in names]
    plain = {"item", "relation", "state"}  # words, stored by value
    bind = [None if name in plain else process for name, process in zip(names, made, strict=True)]
    for row in rows:
        yield [process(row[name]) if process else row[name] for name, process in zip(names, bind, strict=True)]


def _agency(number: int, agencies: int) -> int:
    return 0 if number % LARGE_SHARE == 0 else 1 + number % (agencies - 1)


def _key(chance: Any = None) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128)) if chance else uuid.uuid4())
