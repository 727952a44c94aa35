"""Rotation: everything moves to the active key, resumable, and the old key can then be retired."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import crypto
from app.extensions import db
from app.services import attachments, key_rotation
from models import Applicant, Inmate
from tests import factories


@pytest.fixture
def second_key(app: Flask) -> Iterator[crypto.Keyring]:
    """A keyring to which a second, active key was added."""
    old = crypto.current()
    yield replace(old, keys={**old.keys, "k2": os.urandom(32)}, active="k2")
    crypto.use(old)


def test_everything_opens_under_the_new_key_alone(each_database: str, second_key: crypto.Keyring) -> None:
    applicant, inmate = factories.applicant(), factories.inmate()
    paper = factories.attachment(factories.application())
    attachments.store().put(paper.storage_key, b"x" * 3_000_000)
    index, mail = applicant.mail_index, applicant.mail

    crypto.use(second_key)
    waiting = key_rotation.remaining()
    assert waiting > 0
    assert key_rotation.rotate() == waiting + 1
    assert (key_rotation.remaining(), key_rotation.rotate()) == (0, 0)

    db.session.expire_all()
    crypto.use(replace(second_key, keys={"k2": second_key.keys["k2"]}))
    fresh = db.session.get_one(Applicant, applicant.id)
    assert (fresh.mail, fresh.mail_index) == (mail, index)
    assert db.session.get_one(Inmate, inmate.id).id_number == inmate.id_number
    assert attachments.content(paper) == b"x" * 3_000_000


def test_it_goes_on_where_it_was_stopped(second_key: crypto.Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        factories.applicant()
    crypto.use(second_key)
    before = key_rotation.remaining()
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    calls: list[int] = []
    seal = crypto.Keyring.seal

    def dies(self: crypto.Keyring, plain: bytes, place: str) -> bytes:
        calls.append(1)
        if len(calls) > 5:
            raise KeyboardInterrupt
        return seal(self, plain, place)

    monkeypatch.setattr(crypto.Keyring, "seal", dies)
    with pytest.raises(KeyboardInterrupt):
        key_rotation.rotate()
    monkeypatch.setattr(crypto.Keyring, "seal", seal)
    assert 0 < key_rotation.remaining() < before
    key_rotation.rotate()
    assert key_rotation.remaining() == 0


def test_a_value_changed_meanwhile_is_not_overwritten(
    second_key: crypto.Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant = factories.applicant()
    crypto.use(second_key)
    open_value = crypto.Keyring.open

    def meanwhile(self: crypto.Keyring, sealed: bytes, place: str) -> bytes:
        plain = open_value(self, sealed, place)
        if place.startswith("applicant.address_sealed"):
            table = Applicant.__table__
            newer = self.seal("新地址".encode(), place)
            db.session.execute(table.update().where(table.c.id == applicant.id).values(address_sealed=newer))
        return plain

    monkeypatch.setattr(crypto.Keyring, "open", meanwhile)
    key_rotation.rotate()
    monkeypatch.setattr(crypto.Keyring, "open", open_value)
    db.session.expire_all()
    assert db.session.scalars(select(Applicant)).one().address == "新地址"
