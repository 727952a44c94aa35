"""Each way in which a mail server fails, over a real socket: nothing lost, nothing twice, and the states are true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app import clock
from app.rules.vocabulary import MessageState as State
from app.services.delivery import deliver_due
from tests.adapters.certificates import certified
from tests.adapters.mail_servers import closed_port
from tests.concurrency.conftest import queue, row, states
from tests.concurrency.unruly_server import DROP, UnrulyServer
from tests.stillness import StoppedClock

Through = Callable[..., None]
pytestmark = pytest.mark.slow  # servers that fail, and the waits that they cost


def test_control_a_batch_goes_out_once_over_one_connection(
    each_database: str, app: Flask, server: UnrulyServer, through: Through
) -> None:
    ids = queue(30)
    through(server.port)
    assert deliver_due() == 30
    assert server.taken == dict.fromkeys(ids, 1) and server.connections == 1
    assert set(states().values()) == {State.SENT}


def test_a_server_that_is_down_uses_up_nobodys_message(
    app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock
) -> None:
    ids = queue(20)
    through(closed_port())
    assert deliver_due() == 2, "two messages find out, the others are left alone"
    assert deliver_due() == 0, "the channel rests"
    assert sorted(states().values()).count(State.QUEUED) == 18
    assert all(row(message).attempts == 0 for message in ids), "the server judged none of them"
    tried = sum(deliver_due() for _ in range(120) if clock_at.passes(minutes=1))
    assert 20 <= tried <= 60, "one message asks again after each rest"
    assert sum(row(message).attempts for message in ids) == 0


def test_two_hours_down_then_everything_goes_out_in_order(
    app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock
) -> None:
    ids = queue(20, matter="6d0b7d0e-0000-4000-8000-000000000001")
    server.answer = lambda verb, argument: "421 later" if verb == "greeting" else ""
    through(server.port)
    for _ in range(120):
        deliver_due()
        clock_at.passes(minutes=1)
    assert server.taken == {} and set(states().values()) <= {State.QUEUED, State.RETRYING}
    server.answer = lambda verb, argument: ""
    begun = clock.now()
    while len(server.order) < 20:
        if not deliver_due():
            clock_at.passes(minutes=1)
        assert clock.now() - begun < timedelta(minutes=20), "the backlog does not drain"
    assert server.order == ids, "order was not kept"
    assert set(states().values()) == {State.SENT}


def test_one_message_at_which_the_server_breaks_down_does_not_stop_the_others(
    app: Flask, server: UnrulyServer, through: Through
) -> None:
    poison, *others = queue(10)
    answers = iter([DROP])
    server.answer = lambda verb, argument: next(answers, "") if verb == "RCPT" else ""
    through(server.port)
    assert deliver_due() == 10
    assert server.taken == dict.fromkeys(others, 1)
    assert states()[poison] is State.RETRYING


def test_a_slow_server_is_waited_for_and_a_silent_one_is_left(
    app: Flask, server: UnrulyServer, through: Through
) -> None:
    ids = queue(2)
    server.slow = 0.05
    through(server.port)
    assert deliver_due() == 2 and server.taken == dict.fromkeys(ids, 1)
    late = queue(1)
    through(server.port, limit=0.3)
    server.slow = 5
    assert deliver_due() == 1
    assert states()[late[0]] is State.RETRYING and row(late[0]).attempts == 0


def test_refused_for_a_while_then_taken(
    each_database: str, app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock
) -> None:
    [message] = queue(1)
    answers = iter(["450 greylisted", "451 again", ""])
    server.answer = lambda verb, argument: next(answers) if verb == "RCPT" else ""
    through(server.port)
    for minutes in (1, 5, 15):
        deliver_due()
        clock_at.passes(minutes=minutes)
    assert server.taken == {message: 1}
    assert states()[message] is State.SENT and row(message).attempts == 3


def test_one_of_two_is_refused_and_the_other_arrives_over_the_same_line(
    each_database: str, app: Flask, server: UnrulyServer, through: Through
) -> None:
    refused, fine = queue(2)
    answers = iter(["550 5.1.1 no such user", ""])
    server.answer = lambda verb, argument: next(answers) if verb == "RCPT" else ""
    through(server.port)
    assert deliver_due() == 2
    assert states() == {refused: State.FAILED, fine: State.SENT}
    assert server.taken == {fine: 1} and server.connections == 1
    assert row(refused).last_error == "550 5.1.1 no such user"
    assert deliver_due() == 0, "a refusal is final"


def test_dropped_after_the_text_it_comes_once_more_and_then_somebody_looks(
    each_database: str, app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock
) -> None:
    once, twice = queue(2)
    drops = {once: 1, twice: 2}

    def answer(verb: str, argument: str) -> str | None:
        if verb != "dot" or server.taken[argument] > drops[argument]:
            return ""
        return DROP if server.taken[argument] else ""

    server.answer = answer
    through(server.port)
    for _ in range(5):
        deliver_due()
        clock_at.passes(hours=1)
    assert server.taken == {once: 2, twice: 2}, "one duplicate at most for each unknown outcome"
    assert states() == {once: State.SENT, twice: State.UNKNOWN}


def test_a_line_that_was_closed_between_two_mails_is_opened_again(
    app: Flask, server: UnrulyServer, through: Through
) -> None:
    ids = queue(6)

    answers = iter(["", "", "", "421 enough for this line"])
    server.answer = lambda verb, argument: next(answers, "") if verb == "MAIL" else ""
    through(server.port)
    assert deliver_due() == 6
    assert server.taken == dict.fromkeys(ids, 1) and server.connections == 2
    assert {row(message).attempts for message in ids} == {1}


def test_a_certificate_that_nobody_signed_gets_no_mail(app: Flask, tmp_path, through: Through) -> None:  # type: ignore[no-untyped-def]
    ids = queue(5)
    with UnrulyServer(tls=certified(tmp_path)) as server:
        through(server.port, MAIL_USE_TLS=True)
        assert deliver_due() == 2
        assert deliver_due() == 0
    assert server.taken == {}
    assert [states()[message] for message in ids] == [State.RETRYING] * 2 + [State.QUEUED] * 3
    assert "certificate" in str(row(ids[0]).last_error)


@pytest.mark.parametrize("failure", ["421 no", "550 relaying denied", DROP])
def test_a_server_that_rejects_the_sender_is_the_channels_fault(
    failure: str | None, app: Flask, server: UnrulyServer, through: Through, clock_at: StoppedClock
) -> None:
    ids = queue(3)
    server.answer = lambda verb, argument: failure if verb == "MAIL" else ""
    through(server.port)
    deliver_due()
    assert State.FAILED not in states().values()
    server.answer = lambda verb, argument: ""
    while len(server.order) < 3:
        clock_at.passes(minutes=1)
        deliver_due()
    assert server.taken == dict.fromkeys(ids, 1)
