"""CJALF219F: a page of 200 verdicts saved against bare transactions: ``.venv/bin/python -m bench.desk``.

The bare side writes the very same rows for each booking in one transaction of its own by prepared statements: the
booking's update, its move, the trail's number, row and values, the message; sealing and digests included. It reads
nothing, checks nothing and gets its texts finished. Wall-clock seconds (a commit waits for the disk), median; the two
sides take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from app import clock, crypto
from app.extensions import db, writing
from app.rules.vocabulary import Channel, MessageState, ReservationState
from app.security import Actor
from app.services import audit, booking_review
from app.services.booking_review import RowVerdict
from app.transaction import end_reading, transaction
from models import AuditCounter, AuditEntry, AuditValues, Notification, Reservation, StateMove, new_id
from tests import factories
from tests.databases import build_app, migrate, seed
from tests.postgres import RUN_FOLDER

ROWS, REPEATS = 200, 7
_decided = ("state", "decided_at", "decided_by_id", "version", "updated_at")
_row = Reservation.__table__
CHANGE = update(_row).where(_row.c.id == bindparam("row_id"), _row.c.version == bindparam("seen"))
CHANGE = CHANGE.values({name: bindparam(name) for name in _decided})
COUNT = update(AuditCounter.__table__).where(AuditCounter.id == 1).values(last=AuditCounter.last + 1)
COUNT = COUNT.returning(AuditCounter.last)
MOVE, ENTRY, VALUES, MESSAGE = (insert(model.__table__) for model in (StateMove, AuditEntry, AuditValues, Notification))
#: What a mail about an approval is long.
BODY = (
    "您好：\n您於【便民服務入口網】申請預約接見審核結果為審核通過。\n"
    + "接見機關：測試監獄 桃園市龜山區長壽路2號\n" * 9
)


def bookings() -> list[tuple[str, str, str, str]]:
    """Bookings that wait, each of another lawyer; their ids with those of agency and applicant and the address."""
    agency, made = factories.agency(), []
    with transaction():
        for _ in range(ROWS):
            row = factories.reservation(factories.granted(about=factories.inmate(agency)))
            made.append((row.id, row.agency_id, str(row.applicant_id), row.applicant.mail))
    return made


def again() -> None:
    """Let all bookings wait once more, with nothing written about them."""
    with transaction() as session:
        fresh = {"state": ReservationState.PENDING, "version": 1, "decided_at": None, "decided_by_id": None}
        session.execute(update(Reservation).values(**fresh))
        for model in (Notification, StateMove):
            session.execute(delete(model))


def ours(rows: list[tuple[str, str, str, str]], officer_id: int, actor: Actor) -> None:
    """Save the page as the screen does."""
    verdicts = [RowVerdict(row_id, "approve", 1) for row_id, *_rest in rows]
    outcomes = booking_review.decide_all(verdicts, None, officer_id, actor)
    assert all(outcome.error is None for outcome in outcomes)


def bare(rows: list[tuple[str, str, str, str]], officer_id: int, actor: Actor) -> None:
    """The same rows, one transaction for each booking, and nothing else."""
    token = writing.set(True)
    for row_id, agency_id, applicant_id, mail in rows:
        with db.engine.begin() as connection:
            _write(connection, row_id, agency_id, applicant_id, mail, officer_id, actor)
    writing.reset(token)


def _write(
    connection: Any, row_id: str, agency_id: str, applicant_id: str, mail: str, officer_id: int, actor: Actor
) -> None:
    now, keys = clock.now(), crypto.current()
    decided = {"state": ReservationState.APPROVED, "decided_at": now, "decided_by_id": officer_id, "version": 2}
    connection.execute(CHANGE, {**decided, "row_id": row_id, "seen": 1, "updated_at": now})
    who = {"actor_kind": actor.kind, "actor_id": actor.id}
    about = {"subject_kind": "reservation", "subject_id": row_id}
    states = {"from_state": "pending", "to_state": "approved"}
    connection.execute(MOVE, {"id": new_id(), "move": "approve", "at": now, **states, **who, **about})
    seq = connection.execute(COUNT).scalar()
    text = audit.facts_text({"state": ["pending", "approved"]})
    connection.execute(ENTRY, _entry(seq, now, agency_id, text, who, about, actor))
    values_id = new_id()
    sealed = keys.seal(json.dumps(json.loads(text)).encode(), f"audit_values.facts_sealed.{values_id}")
    connection.execute(VALUES, {"id": values_id, "entry_seq": seq, "facts_sealed": sealed})
    connection.execute(MESSAGE, _message(now, row_id, agency_id, applicant_id, mail))


def _entry(seq: Any, now: datetime, agency_id: str, text: str, who: Any, about: Any, actor: Actor) -> dict[str, Any]:
    entry = {"seq": seq, "id": new_id(), "at": now, "event": "reservation.approve", "agency_id": agency_id}
    entry |= {**who, "actor_name": actor.name, "remote_address": actor.remote_address, **about}
    entry["values_digest"] = audit.values_digest(text)
    entry["mac"] = crypto.current().digest("trail", audit.canonical(AuditEntry(**entry)))
    return entry


def _message(now: datetime, row_id: str, agency_id: str, applicant_id: str, mail: str) -> dict[str, Any]:
    message_id, keys = new_id(), crypto.current()
    return {
        "id": message_id,
        "dedupe_key": f"booking_approved:{row_id}:2:{applicant_id}:mail",
        "event": "booking_approved",
        "channel": Channel.MAIL,
        "agency_id": agency_id,
        "applicant_id": applicant_id,
        "subject_kind": "reservation",
        "subject_id": row_id,
        "subject_version": 2,
        "give_up_at": now + timedelta(days=3),
        "has_calendar": True,
        "subject": "便民服務入口網預約接見審核結果通知",
        "recipient_sealed": keys.seal(mail.encode(), f"notification.recipient_sealed.{message_id}"),
        "body_sealed": keys.seal(BODY.encode(), f"notification.body_sealed.{message_id}"),
        "state": MessageState.QUEUED,
        "attempts": 0,
        "queued_at": now,
        "due_at": now,
    }


def seconds(save: Callable[..., None], *arguments: Any) -> float:
    """Wall-clock seconds of one page saved."""
    again()
    end_reading()
    start = time.perf_counter()
    save(*arguments)
    return time.perf_counter() - start


def main(repeats: int) -> None:
    """Print the table; ``repeats`` is the number of runs of each side."""
    rows, officer = bookings(), factories.desk()
    actor = Actor("staff", str(officer.id), officer.full_name, "192.0.2.7")
    arguments = rows, officer.id, actor
    times: dict[Callable[..., None], list[float]] = {ours: [], bare: []}
    for side in times:
        seconds(side, *arguments)  # statements, templates and caches of both
    for _ in range(repeats):
        for side, measured in times.items():
            measured.append(seconds(side, *arguments))
    ours_s, bare_s = median(times[ours]), median(times[bare])
    ratio = median(a / b for a, b in zip(times[ours], times[bare], strict=True))
    print("| rows | decide_all s | bare transactions s | ratio | a row ms |")
    print("|---:|---:|---:|---:|---:|")
    print(f"| {ROWS} | {ours_s:.3f} | {bare_s:.3f} | {ratio:.2f} | {ours_s / ROWS * 1000:.1f} |")


if __name__ == "__main__":
    # A data folder given by the caller decides which disk is measured.
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        os.environ[RUN_FOLDER] = folder
        program = build_app(f"sqlite:///{folder}/desk.db", Path(folder) / "data")
        migrate(program)
        seed(program)
        with program.app_context():
            main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
