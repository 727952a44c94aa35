"""``flask audit seal | verify | export``: what they say, and the exit codes that a watch looks at."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import delete, update

from app.security import Actor
from app.services import audit, trail
from app.transaction import transaction
from models import AuditEntry, AuditValues
from tests.cli.conftest import Run
from tests.stillness import StoppedClock

OFFICER = Actor("staff", "1", "王小明", "192.0.2.7")


def written(rows: int) -> None:
    for number in range(rows):
        with transaction() as session:
            audit.record(session, "test", OFFICER, "thing", facts={"n": number})


def test_an_untouched_trail_is_confirmed(app: Flask, run: Run, each_database: str) -> None:
    written(3)
    assert "3 rows sealed" in run("audit", "seal").output
    result = run("audit", "verify")
    assert (result.exit_code, result.output) == (0, "3 rows, all as they were written\n")


def test_an_empty_trail_is_in_order(app: Flask, run: Run) -> None:
    assert "0 rows sealed" in run("audit", "seal").output
    assert run("audit", "verify").exit_code == 0


def test_sealing_twice_seals_what_came_between(app: Flask, run: Run) -> None:
    written(2)
    assert "2 rows sealed" in run("audit", "seal").output
    written(1)
    assert "1 rows sealed" in run("audit", "seal").output
    heads = [json.loads(line) for line in trail.head_file().read_text().splitlines()]
    assert [head["last_seq"] for head in heads] == [2, 3]
    assert trail.head_file().stat().st_mode & 0o777 == 0o600
    assert run("audit", "verify").exit_code == 0


def test_a_changed_row_is_named_with_exit_code_1(app: Flask, run: Run, each_database: str) -> None:
    written(4)
    run("audit", "seal")
    with transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(actor_name="somebody"))
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "row 2: the row was changed" in result.output


def test_a_missing_row_is_named_with_exit_code_1(app: Flask, run: Run) -> None:
    written(4)
    with transaction() as session:
        session.execute(delete(AuditValues).where(AuditValues.entry_seq == 3))
        session.execute(delete(AuditEntry).where(AuditEntry.seq == 3))
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "row 3: the row is missing" in result.output


def test_heads_that_are_gone_are_no_fault_but_forged_ones_are(app: Flask, run: Run) -> None:
    written(2)
    run("audit", "seal")
    kept = trail.head_file().read_text()
    trail.head_file().write_text(kept.replace('"last_seq": 2', '"last_seq": 9'))
    assert run("audit", "verify").exit_code == 1
    trail.head_file().unlink()
    assert run("audit", "verify").exit_code == 0  # the seals in the database are still checked


def test_the_export_is_json_lines(app: Flask, run: Run, each_database: str) -> None:
    written(3)
    result = run("audit", "export")
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert lines[2]["facts"] == {"n": 2}


def test_days_are_those_of_taiwan(app: Flask, run: Run, clock_at) -> None:  # type: ignore[no-untyped-def]
    for moment in ("2026-03-02 23:59", "2026-03-03 00:01", "2026-03-04 00:00"):
        clock_at(moment)
        written(1)
    result = run("audit", "export", "--since", "2026-03-03", "--until", "2026-03-04")
    assert [json.loads(line)["seq"] for line in result.output.splitlines()] == [2]


def test_a_wrong_day_is_refused(app: Flask, run: Run) -> None:
    assert run("audit", "export", "--since", "yesterday").exit_code == 2


def test_a_monitor_hears_when_refusals_become_many(
    app: Flask, run: Run, each_database: str, clock_at: StoppedClock
) -> None:
    for _time in range(3):
        with transaction() as session:
            audit.record(session, "officer.sign_in_failed", OFFICER, "ab_user")
    quiet = run("audit", "watch", "--most", "3")
    assert quiet.exit_code == 0 and "officer.sign_in_failed: 3\n" in quiet.output
    assert "audit.unmasked: 0\n" in quiet.output
    loud = run("audit", "watch", "--most", "2", "--minutes", "30")
    assert loud.exit_code == 1 and "more than 2 within 30 minutes: officer.sign_in_failed" in loud.output
    clock_at.passes(minutes=30)
    assert run("audit", "watch", "--most", "2", "--minutes", "30").exit_code == 0
