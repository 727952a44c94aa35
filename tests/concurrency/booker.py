"""A process of its own in which many relatives ask for a place: ``python -m tests.concurrency.booker SAFE FILE``.

The file lists ``applicant grant session`` a line. It says ``ready``, waits for a line, books for each in threads, and
prints ``booked`` or the refusal's name for each. Unsafe ones look whether a place is free and then take it.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import place_holds, session_bookings
from app.services.session_bookings import SessionBooking
from app.transaction import end_reading, transaction
from models import VisitSession
from tests.databases import build_app
from tests.stillness import USUAL_TIME, taiwan


def safe(applicant_id: str, grant_id: str, at: datetime) -> None:
    """Hold and confirm, as the portal does."""
    place_holds.take(applicant_id, grant_id, VisitKind.FAMILY_ON_SITE, at)
    session_bookings.confirm(applicant_id, SessionBooking(applicant_id), Actor("applicant", applicant_id, "林小美"))


def unsafe(_applicant_id: str, _grant_id: str, at: datetime) -> None:
    """Check, then take: without the guard. The database's own check is asked to look away by a higher capacity."""
    row = db.session.scalars(select(VisitSession).where(VisitSession.starts_at == at)).one()
    row_id, is_free = row.id, row.taken < 1
    end_reading()
    time.sleep(0.01)
    if not is_free:
        raise RuleError()
    with transaction() as session:
        session.execute(update(VisitSession).where(VisitSession.id == row_id).values(taken=VisitSession.taken + 1))


def asks(app: Flask, is_safe: bool, line: str) -> str:
    """One relative."""
    applicant_id, grant_id, at = line.split()
    with app.app_context():
        try:
            (safe if is_safe else unsafe)(applicant_id, grant_id, datetime.fromisoformat(at))
            return "booked"
        except RuleError as error:
            return type(error).__name__
        finally:
            db.session.remove()


def main(is_safe: str, file: str) -> None:
    """Take part in the burst."""
    app = build_app(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]))
    clock.stop_everywhere(taiwan(USUAL_TIME))
    lines = Path(file).read_text().splitlines()
    with ThreadPoolExecutor(8) as pool:
        print("ready", flush=True)
        sys.stdin.readline()
        for word in pool.map(lambda line: asks(app, is_safe == "safe", line), lines):
            print(word, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
