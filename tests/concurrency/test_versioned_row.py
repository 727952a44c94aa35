"""Two transactions change one versioned row: none of the two changes is lost, and without the guards one is."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from app.errors import Stale
from app.extensions import db
from app.transaction import end_reading, locked, transaction
from models import Agency
from tests import factories
from tests.concurrency.contest import Meeting, contest


def phone_of(agency_id: str) -> str:
    """The column that both write, as the database has it now."""
    end_reading()
    return str(db.session.get_one(Agency, agency_id).phone)


def test_a_locked_row_waits_for_the_other_transaction(app: Flask, each_database: str) -> None:
    row_id = factories.agency(phone="").id
    meeting = Meeting(expected=False)

    def append(letter: str) -> None:
        with transaction() as session:
            row = locked(session, Agency, row_id)
            meeting.wait()
            row.phone = f"{row.phone}{letter}"

    assert contest(app, lambda: append("a"), lambda: append("b")) == [None, None]
    assert meeting.held_back, "both held the lock at once"
    assert sorted(phone_of(row_id)) == ["a", "b"]


def test_a_change_over_somebody_elses_is_refused_as_stale(app: Flask, each_database: str) -> None:
    """Without the lock, the version column refuses on PostgreSQL; SQLite lets one writer in at a time."""
    row_id = factories.agency(phone="").id
    meeting = Meeting(expected=each_database == "postgresql")

    def append(letter: str) -> None:
        with transaction() as session:
            row = session.get_one(Agency, row_id)
            meeting.wait()
            row.phone = f"{row.phone}{letter}"

    outcomes = contest(app, lambda: append("a"), lambda: append("b"))
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert [type(outcome) for outcome in refused] == ([Stale] if each_database == "postgresql" else [])
    assert len(phone_of(row_id)) == 2 - len(refused), "a change was lost without anybody being told"


def test_twin_without_lock_and_version_a_change_is_lost(app: Flask, each_database: str) -> None:
    """The control: the same contest without the guards loses one of the two changes, on every database."""
    row_id = factories.agency(phone="").id
    meeting = Meeting(expected=True)

    def append(letter: str) -> None:
        seen = phone_of(row_id)
        end_reading()
        meeting.wait()
        with transaction() as session:
            session.execute(update(Agency).where(Agency.id == row_id).values(phone=f"{seen}{letter}"))

    assert contest(app, lambda: append("a"), lambda: append("b")) == [None, None]
    assert phone_of(row_id) in ("a", "b"), "the control shows no race: the tests above prove nothing"


def test_a_writer_on_sqlite_begins_as_one(app: Flask) -> None:
    """BEGIN IMMEDIATE: two writers take turns instead of failing."""
    row_id = factories.agency(phone="").id
    meeting = Meeting(expected=False)

    def append(letter: str) -> None:
        with transaction() as session:
            seen = session.scalar(text("SELECT phone FROM agency"))
            meeting.wait()
            session.execute(text("UPDATE agency SET phone = :phone"), {"phone": f"{seen}{letter}"})

    assert contest(app, lambda: append("a"), lambda: append("b")) == [None, None]
    assert sorted(phone_of(row_id)) == ["a", "b"]


def test_twin_a_reader_that_turns_writer_on_sqlite_fails(app: Flask) -> None:
    """The control: with the driver's plain BEGIN one of the two is turned away at once, busy timeout or not."""
    row_id = factories.agency(phone="").id
    meeting = Meeting(expected=True)

    def append(letter: str) -> None:
        with db.engine.begin() as connection:  # begins plainly, because nobody said that it is going to write
            seen = connection.scalar(text("SELECT phone FROM agency"))
            meeting.wait()
            connection.execute(text("UPDATE agency SET phone = :phone"), {"phone": f"{seen}{letter}"})

    outcomes = contest(app, lambda: append("a"), lambda: append("b"))
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [OperationalError]
    assert len(phone_of(row_id)) == 1
