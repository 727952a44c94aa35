"""kill -9 in the middle of writing: what was acknowledged is there and opens, what was not is whole or absent."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest
from flask import Flask
from sqlalchemy import text

from app import clock
from app.extensions import db
from app.services import attachments
from app.transaction import end_reading, transaction
from config import ROOT
from models import Attachment
from tests import factories
from tests.stillness import StoppedClock

ROUNDS = 5
#: So much is acknowledged in each life, however slow the machine is.
FIRST_WORDS = 4


class Ledger:
    """What the writer acknowledged: papers that must be there, papers that must not, and one that it was busy with."""

    def __init__(self) -> None:
        self.there: dict[str, str] = {}
        self.gone: set[str] = set()
        self.going: set[str] = set()

    def reads(self, output: str) -> int:
        """Take the lines of one life of the writer; the last one may be cut short."""
        lines = output.split("\n")[:-1]
        for line in lines:
            word, _space, rest = line.partition(" ")
            if word == "going":
                self.going.add(rest)
            elif word == "gone":
                self.gone.add(rest)
                self.there.pop(rest, None)
            else:
                self.there[word] = rest
        self.going -= self.gone
        for paper in self.going:
            self.there.pop(paper, None)  # killed between the question and the answer: either is right
        return len(lines)


def killed_after(seconds: float, command: list[str], environment: dict[str, str]) -> str:
    """Run the writer and kill it so long after it has begun to acknowledge; what it had said by then."""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin and writer.stdout
        assert writer.stdout.readline() == "ready\n", "the writer did not start; its words are above"
        writer.stdin.write("go\n")
        writer.stdin.flush()
        said = "".join(writer.stdout.readline() for _ in range(FIRST_WORDS))
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read()
    assert writer.returncode == -signal.SIGKILL, "the writer stopped by itself; its words are above"
    return said


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(
    app: Flask, each_database: str, environment: dict[str, str], clock_at: StoppedClock
) -> None:
    clock_at(clock.now())
    draft = factories.draft(fields={"relation": "lawyer", "certificate_number": "1"}, expires_at=far())
    applicant_id, draft_id = draft.applicant_id, draft.id
    end_reading()
    ledger, chance, acts = Ledger(), random.Random(20261121), 0
    for turn in range(ROUNDS):
        command = [sys.executable, "-m", "tests.concurrency.writer", applicant_id, draft_id, str(turn * 10_000)]
        acts += ledger.reads(killed_after(chance.uniform(0.0, 1.2), command, environment))
        empties_slots(draft_id)
        end_reading()
        rows = {row.id: row for row in db.session.query(Attachment).all()}
        lost = [name for paper, name in ledger.there.items() if paper not in rows or rows[paper].file_name != name]
        assert not lost, f"acknowledged and gone: {lost}"
        assert not ledger.gone & set(rows), "acknowledged as removed and back"
        for row in rows.values():  # the one that nobody was told of is whole too
            assert attachments.content(row).startswith(b"%PDF-")
            assert all(attachments.store().exists(key) for key in row.file_keys)
        if each_database == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert acts > ROUNDS * 3, "the writer hardly wrote: nothing was shown"
    sweeps_what_is_left(clock_at)


def far():  # type: ignore[no-untyped-def]
    """Beyond what the writer's own clock says: it is not stopped."""
    return clock.now().replace(year=clock.now().year + 50)


def empties_slots(draft_id: str) -> None:
    """Make room for the next life: papers counted so far move to an application, where nobody removes them."""
    application = factories.application()
    with transaction() as session:
        for paper in session.query(Attachment).filter_by(draft_id=draft_id):
            paper.draft_id, paper.application_id = None, application.id


def sweeps_what_is_left(clock_at: StoppedClock) -> None:
    """Files between writing and commit are left over by design; a day later they are swept, and nothing else is."""
    store = attachments.store()
    needed = {key for row in db.session.query(Attachment).all() for key in row.file_keys}
    end_reading()
    clock_at(clock.now().replace(year=clock.now().year + 50))
    attachments.sweep()
    assert set(store.keys_before(clock.now())) == needed
