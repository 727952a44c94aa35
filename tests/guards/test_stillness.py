"""Tests stand still: the clock is stopped, nothing leaves this machine, one test sees nothing of another."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import clock
from app.extensions import db
from app.services import delivery
from models import Agency
from tests import factories
from tests.stillness import USUAL_TIME, NetworkRefused, StoppedClock, taiwan


def test_the_clock_stands_still_until_a_test_moves_it(clock_at: StoppedClock) -> None:
    assert clock.now() == taiwan(USUAL_TIME)
    seen: list[object] = []
    clock_at("2026-03-03 16:00")
    clock_at.passes(minutes=5)
    thread = threading.Thread(target=lambda: seen.append(clock.now()))
    thread.start()
    thread.join()
    assert seen == [taiwan("2026-03-03 16:05")], "threads see the same time"


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.0.0.1", 25), ("2001:db8::1", 443), ("mail.example", 25)])
def test_nothing_leaves_this_machine(address: tuple[str, int]) -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection(address, 1)
    with pytest.raises(NetworkRefused), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(b"", address)
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo(address[0], address[1])


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), 5):
        pass
    assert socket.getaddrinfo("localhost", 80)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_a_database_and_a_folder_of_its_own(app: Flask, each_database: str, turn: int) -> None:
    assert db.session.scalar(select(func.count()).select_from(Agency)) == 0
    assert os.listdir(app.config["DATA_DIR"]) == [] and "LEFT_BEHIND" not in app.config
    assert not delivery._standings, "what was known of a mail server"
    factories.agency()
    delivery.deliver_due()
    (app.config["DATA_DIR"] / "file").touch()
    app.config["LEFT_BEHIND"] = True


@pytest.fixture
def place_that_looks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An address that tells what it finds in ``g`` and in its session."""
    monkeypatch.setitem(
        app.view_functions, "_front_door", lambda: f"{sorted(vars(g))} {len(db.session.identity_map)} {clock.now()}"
    )
    yield "/"


def test_a_request_comes_from_outside(app: Flask, client: FlaskClient, place_that_looks: str) -> None:
    """What a test holds in its context would otherwise be in the request's: a user, rows, a nonce."""
    g.leftover = "from the test"
    agency = factories.agency()
    assert agency.name
    answer = client.get(place_that_looks).get_data(as_text=True)
    assert "leftover" not in answer and " 0 " in answer and str(taiwan(USUAL_TIME).year) in answer


def test_a_client_refuses_to_go_on_with_unsaved_rows(client: FlaskClient) -> None:
    agency = factories.agency()
    agency.phone = "1"
    with pytest.raises(RuntimeError, match="outside a transaction"):
        client.get("/")
    db.session.rollback()
