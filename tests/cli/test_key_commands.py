"""``flask keys status | rotate``: what waits, and that a stopped rotation goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import crypto
from app.extensions import db
from app.services import key_rotation
from models import AuditEntry
from tests import factories
from tests.cli.conftest import Run


@pytest.fixture
def second_key(app: Flask) -> Iterator[None]:
    """A second key was added to the key file and made the active one, after some rows were written."""
    for _ in range(3):
        factories.applicant()
    old = crypto.current()
    crypto.use(replace(old, keys={**old.keys, "k2": os.urandom(32)}, active="k2"))
    yield
    crypto.use(old)


def test_nothing_waits_at_first(app: Flask, run: Run) -> None:
    factories.applicant()
    result = run("keys", "status")
    assert (result.exit_code, result.output) == (0, "active key k1; 0 values under older keys\n")


@pytest.mark.usefixtures("second_key")
def test_everything_moves_to_the_new_key_once(run: Run, each_database: str) -> None:
    waiting = key_rotation.remaining()
    assert f"active key k2; {waiting} values" in run("keys", "status").output
    result = run("keys", "rotate")
    assert (result.exit_code, result.output) == (0, f"{waiting} values and files sealed again\n")
    assert "; 0 values" in run("keys", "status").output
    assert run("keys", "rotate").output == "0 values and files sealed again\n"


@pytest.mark.usefixtures("second_key")
def test_a_stopped_rotation_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seal, calls = key_rotation.remaining(), crypto.Keyring.seal, []

    def dies(self: crypto.Keyring, plain: bytes, place: str) -> bytes:
        calls.append(place)
        if len(calls) > 4:
            raise OSError("the machine stops")
        return seal(self, plain, place)

    monkeypatch.setattr(key_rotation, "BATCH", 2)
    monkeypatch.setattr(crypto.Keyring, "seal", dies)
    assert run("keys", "rotate").exit_code == 1
    monkeypatch.setattr(crypto.Keyring, "seal", seal)
    assert 0 < key_rotation.remaining() < before
    assert run("keys", "rotate").exit_code == 0
    assert key_rotation.remaining() == 0


@pytest.mark.usefixtures("second_key")
def test_what_is_left_is_told_with_exit_code_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "remaining", lambda: 2)
    result = run("keys", "rotate")
    assert result.exit_code == 1
    assert "2 values are still under older keys" in result.output


@pytest.mark.usefixtures("second_key")
def test_the_rotation_is_in_the_trail(run: Run) -> None:
    run("keys", "rotate")
    db.session.rollback()
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (last.event, last.actor_kind) == ("keys.rotate", "system")
    assert run("audit", "verify").exit_code == 0
