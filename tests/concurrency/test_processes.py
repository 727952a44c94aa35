"""Real processes on one database: as many gunicorn workers would, they write the same rows."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import select

from app.extensions import db
from app.transaction import end_reading
from config import ROOT
from models import AgencyParameter
from tests import factories

PROCESSES, TIMES = 3, 25


@pytest.mark.slow
def test_no_process_loses_anothers_change(each_database: str, environment: dict[str, str]) -> None:
    agency = factories.agency(parameters={"C": "0", "A": "0"})
    command = [sys.executable, "-m", "tests.concurrency.contender", agency.id, str(TIMES)]
    end_reading()
    racers = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None
        )
        for _ in range(PROCESSES)
    ]
    try:
        for racer in racers:
            assert racer.stdout and racer.stdout.readline() == "ready\n", "a process did not start; its words are above"
        for racer in racers:
            assert racer.stdin
            racer.stdin.write("go\n")
            racer.stdin.flush()
        assert [racer.wait(60) for racer in racers] == [0] * PROCESSES
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    values = dict(db.session.execute(select(AgencyParameter.code, AgencyParameter.value)).tuples().all())
    assert int(values["C"]) == PROCESSES * TIMES, "a guarded change was lost"
    assert int(values["A"]) < PROCESSES * TIMES, "the control shows no race: the line above proves nothing"
