"""The trail: a changed, removed, inserted or cut-off row is found, sealed or not."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, update

from app import clock, crypto
from app.extensions import db
from app.security import Actor
from app.services import audit, trail
from app.transaction import transaction, undone
from models import AttemptCounter, AuditCounter, AuditEntry, AuditSeal, AuditValues, new_id

ACTOR = Actor("staff", "1", "王小明", "192.0.2.7")


def written(rows: int) -> None:
    for n in range(rows):
        with transaction() as session:
            audit.record(session, "test", ACTOR, "thing", facts={"n": n, "text": "陳𠮷豪"})


def tamper(statement: object) -> None:
    with transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_a_long_name_keeps_nobody_from_an_act(each_database: str, app: Flask) -> None:
    """Staff have two names of 64 letters each, a system has one of 60; the column has 50."""
    with transaction() as session:
        audit.record(session, "test", Actor("staff", "1", "長" * 128, "[2001:db8::1%" + "z" * 60 + "]"), "thing")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.actor_name == "長" * 50 and audit.intact(entry) and trail.verify() is None


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize(
    ("how", "row"),
    [
        (lambda: update(AuditEntry).where(AuditEntry.seq == 3).values(actor_name="somebody"), 3),
        (lambda: update(AuditEntry).where(AuditEntry.seq == 3).values(event="other"), 3),
        (lambda: update(AuditValues).where(AuditValues.entry_seq == 3).values(facts_sealed=b"\x01\x02k1x"), 3),
    ],
)
def test_a_changed_row_is_named(each_database: str, app: Flask, sealed: bool, how, row: int) -> None:  # type: ignore[no-untyped-def]
    written(5)
    if sealed:
        assert trail.seal() == 5
    assert trail.verify() is None
    tamper(how())
    fault = trail.verify()
    assert fault is not None and fault.seq == row


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("removed", [1, 3, 5])
def test_a_removed_or_cut_off_row_is_named(each_database: str, app: Flask, sealed: bool, removed: int) -> None:
    written(5)
    if sealed:
        trail.seal()
    tamper(delete(AuditValues).where(AuditValues.entry_seq == removed))
    tamper(delete(AuditEntry).where(AuditEntry.seq == removed))
    fault = trail.verify()
    assert fault is not None and fault.seq == removed


def test_an_inserted_row_is_named(app: Flask) -> None:
    written(2)
    with transaction() as session:
        row = AuditEntry(
            seq=3, id=new_id(), at=clock.now(), event="forged", actor_kind="staff", subject_kind="x", values_digest="0"
        )
        row.mac = crypto.current().digest("trail", audit.canonical(row))  # even with the key
        session.add(row)
    fault = trail.verify()
    assert fault is not None and fault.seq == 3


def test_cutting_off_and_setting_the_counter_back_is_found_by_the_head_outside(app: Flask) -> None:
    written(5)
    trail.seal()
    for statement in (
        delete(AuditValues).where(AuditValues.entry_seq == 5),
        delete(AuditEntry).where(AuditEntry.seq == 5),
        delete(AuditSeal),
        update(AuditCounter).values(last=4),
    ):
        tamper(statement)
    fault = trail.verify()
    assert fault is not None and fault.seq == 5


def test_a_forged_head_is_named(app: Flask) -> None:
    written(2)
    trail.seal()
    line = json.loads(trail.head_file().read_text())
    line["chain"] = "0" * 64
    trail.head_file().write_text(json.dumps(line) + "\n")
    assert trail.verify() is not None


def test_retention_may_erase_values_without_breaking_the_trail(app: Flask) -> None:
    written(3)
    trail.seal()
    tamper(delete(AuditValues).where(AuditValues.entry_seq == 2))
    assert trail.verify() is None


def test_an_undone_act_leaves_no_gap(each_database: str, app: Flask) -> None:
    written(1)
    with pytest.raises(RuntimeError), transaction() as session:
        audit.record(session, "undone", ACTOR, "thing")
        raise RuntimeError("something else went wrong")
    written(1)
    assert db.session.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq)).all() == [1, 2]
    assert trail.verify() is None


def test_an_act_takes_its_numbers_last_and_in_the_order_in_which_it_was_told(each_database: str, app: Flask) -> None:
    ran: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: ran.append(statement[:20]))
    with transaction() as session:
        audit.record(session, "first", ACTOR, "thing")
        audit.record(session, "second", ACTOR, "thing", facts={"n": 2})
        session.add(AttemptCounter(purpose="test", digest="x", count=1, until=clock.now()))
    changes = [statement for statement in ran if statement.startswith(("INSERT", "UPDATE"))]
    assert [changes[0][:15], changes[1][:20]] == ["INSERT INTO att", "UPDATE audit_counter"]
    told = db.session.execute(select(AuditEntry.seq, AuditEntry.event).order_by(AuditEntry.seq)).all()
    assert [tuple(row) for row in told] == [(1, "first"), (2, "second")]
    assert trail.verify() is None


def test_a_rehearsal_leaves_nothing_in_the_trail(app: Flask) -> None:
    with transaction() as session:
        audit.record(session, "meant", ACTOR, "thing")
        with undone(session):
            audit.record(session, "rehearsed", ACTOR, "thing")
    assert db.session.scalars(select(AuditEntry.event)).all() == ["meant"]


def test_the_trail_is_written_inside_an_act_alone(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="inside transaction"):
        audit.record(db.session(), "test", ACTOR, "thing")


def test_the_export_has_one_schema(app: Flask) -> None:
    written(2)
    lines = [json.loads(line) for line in trail.export()]
    assert [set(line) for line in lines] == [
        {"seq", "at", "event", "actor", "from", "agency", "subject", "facts", "mac"}
    ] * 2
    assert lines[0]["actor"] == {"kind": "staff", "id": "1", "name": "王小明"}
    assert lines[1]["facts"] == {"n": 1, "text": "陳𠮷豪"}
    assert list(trail.export(since=clock.now().replace(year=2027))) == []
