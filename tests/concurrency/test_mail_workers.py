"""Several workers, killed workers, a locked database, a long queue: nothing lost, one duplicate per crash at most."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import clock
from app.extensions import db
from app.rules.vocabulary import MessageState as State
from app.services.claims import LEASE
from app.services.delivery import deliver_due
from app.transaction import end_reading
from config import ROOT
from models import Notification
from tests.concurrency.conftest import queue, row, states
from tests.concurrency.unruly_server import UnrulyServer
from tests.stillness import USUAL_TIME, StoppedClock

Through = Callable[..., None]


@contextmanager
def workers(number: int, port: int, environment: dict[str, str]) -> Iterator[list[subprocess.Popen[str]]]:
    """So many worker processes, started together."""
    command = [sys.executable, "-m", "tests.concurrency.deliverer", str(port), USUAL_TIME]
    crew = [
        subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(number)
    ]
    try:
        for worker in crew:
            assert worker.stdout and worker.stdout.readline() == "ready\n", "a worker did not start; see above"
        for worker in crew:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        yield crew
    finally:
        for worker in crew:
            worker.kill()
            worker.wait()


@pytest.mark.slow
def test_two_workers_send_each_of_two_hundred_once(
    each_database: str, app: Flask, server: UnrulyServer, environment: dict[str, str]
) -> None:
    ids = queue(180) + queue(20, matter="6d0b7d0e-0000-4000-8000-000000000002")
    server.slow = 0.001
    with workers(2, server.port, environment) as crew:
        assert [worker.wait(60) for worker in crew] == [0, 0]
    assert server.taken == dict.fromkeys(ids, 1)
    assert set(states().values()) == {State.SENT}
    assert server.connections >= 2, "one worker did everything: nothing was shown"
    in_order = [message for message in server.order if message in ids[180:]]
    assert in_order == ids[180:], "the order of one matter was not kept"


@pytest.mark.slow
def test_a_worker_killed_between_sending_and_marking_loses_nothing(
    each_database: str,
    app: Flask,
    server: UnrulyServer,
    environment: dict[str, str],
    through: Through,
    clock_at: StoppedClock,
) -> None:
    ids = queue(12)
    with workers(1, server.port, environment) as [worker]:

        def kill(message_id: str) -> None:
            if len(server.order) == 5:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()

        server.on_text = kill
        assert worker.wait(60) == -signal.SIGKILL
    now = states()
    assert [now[message] for message in ids] == [State.SENT] * 4 + [State.SENDING] + [State.QUEUED] * 7
    through(server.port)
    assert deliver_due() == 7, "the one in the dead worker's hands is left alone while its lease runs"
    clock_at(clock.now() + LEASE * 1.01)
    assert deliver_due() == 1
    assert set(states().values()) == {State.SENT}
    assert server.taken == {**dict.fromkeys(ids, 1), ids[4]: 2}, "one duplicate for one crash, same Message-ID"
    assert row(ids[4]).attempts == 2


def test_a_worker_that_comes_back_late_does_not_undo_what_another_wrote(
    each_database: str, app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock
) -> None:
    """Stopped for longer than its lease while the server refuses; meanwhile another worker delivers."""
    [message] = queue(1)
    through(server.port)

    def meanwhile(verb: str, argument: str) -> str:
        if verb != "RCPT" or server.connections > 1:
            return ""
        clock_at(clock.now() + LEASE * 1.01)
        with app.app_context():
            assert deliver_due() == 1
        return "550 no such user"

    server.answer = meanwhile
    deliver_due()
    assert states() == {message: State.SENT} and server.taken == {message: 1}


def test_a_locked_database_loses_nothing_and_sends_nothing_twice(
    app: Flask, server: UnrulyServer, through: Through, database_url: str
) -> None:
    """Somebody holds SQLite's write lock while a mail is on its way, and for long."""
    ids = queue(5)
    through(server.port)
    db.session.execute(text("PRAGMA busy_timeout=50"))  # the one connection of this session; ten seconds in the program
    end_reading()
    lock = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    server.on_text = lambda message_id: lock.execute("BEGIN IMMEDIATE") if len(server.order) == 2 else None
    assert deliver_due() == 2
    assert deliver_due() == 0, "what was sent cannot be written down, so nothing more is sent"
    assert server.order == ids[:2] and states()[ids[1]] is State.SENDING
    lock.execute("ROLLBACK")
    assert deliver_due() == 3
    lock.close()
    assert server.taken == dict.fromkeys(ids, 1)
    assert set(states().values()) == {State.SENT}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_are_delivered(app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock) -> None:
    ids = queue(9_900) + queue(100, matter="6d0b7d0e-0000-4000-8000-000000000003")
    troubles = iter(["451 later", "421 enough for this line", "450 busy"] * 40)

    def answer(verb: str, argument: str) -> str:
        return next(troubles, "") if verb == "RCPT" and len(server.order) % 100 == 50 else ""

    server.answer = answer
    through(server.port)
    while len(server.order) < len(ids):
        if not deliver_due(limit=500):
            clock_at.passes(minutes=1)
    deliver_due()
    assert server.taken == dict.fromkeys(ids, 1)
    count = select(func.count()).select_from(Notification).where(Notification.state == State.SENT)
    assert db.session.scalar(count) == 10_000
    assert [message for message in server.order if message in set(ids[9_900:])] == ids[9_900:]
