"""A process of its own that adds to two counters of an agency: ``python -m tests.concurrency.contender ID TIMES``.

The counter ``C`` is raised under the guards, ``A`` without them. It says ``ready`` and waits for a line before it
starts, so that several of them start together.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from sqlalchemy import select, update

from app.extensions import db
from app.transaction import end_reading, locked, transaction
from models import AgencyParameter
from tests.databases import build_app


def id_of(agency_id: str, code: str) -> str:
    """The row of one counter."""
    where = (AgencyParameter.agency_id == agency_id, AgencyParameter.code == code)
    return db.session.scalars(select(AgencyParameter.id).where(*where)).one()


def guarded(row_id: str) -> None:
    """Add one under lock and version."""
    with transaction() as session:
        row = locked(session, AgencyParameter, row_id)
        time.sleep(0.002)
        row.value = str(int(row.value) + 1)


def unguarded(row_id: str) -> None:
    """Add one to what was read before the transaction."""
    seen = int(db.session.get_one(AgencyParameter, row_id).value)
    end_reading()
    time.sleep(0.002)
    with transaction() as session:
        session.execute(update(AgencyParameter).where(AgencyParameter.id == row_id).values(value=str(seen + 1)))


def main(agency_id: str, times: str) -> None:
    """Take part in the race."""
    app = build_app(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]))
    with app.app_context():
        safe, unsafe = id_of(agency_id, "C"), id_of(agency_id, "A")
        end_reading()
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(int(times)):
            guarded(safe)
            unguarded(unsafe)


if __name__ == "__main__":
    main(*sys.argv[1:])
