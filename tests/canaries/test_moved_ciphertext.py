"""A ciphertext opens in its own row and column only: for every sealed attribute, and for files."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from app import crypto
from app.crypto import SealBroken
from app.extensions import db
from app.services import attachments
from app.transaction import transaction
from models import Notification, new_id
from tests import factories
from tests.canaries.plants import Plants, attributes
from tests.doors import Portal
from tests.factories import files

pytestmark = pytest.mark.usefixtures("reference_data")


def put(row: object, column: str, sealed: bytes) -> None:
    """Write bytes into a row behind the program's back, as somebody with the database could."""
    table, row_id = row.__tablename__, row.id  # type: ignore[attr-defined]
    where = row_id.replace("-", "") if db.engine.dialect.name == "sqlite" else row_id
    with transaction() as session:
        statement = text(f"UPDATE {table} SET {column} = :sealed WHERE id = :id")
        assert session.execute(statement, {"sealed": sealed, "id": where}).rowcount == 1  # type: ignore[attr-defined]
    db.session.expire_all()


def test_no_sealed_attribute_opens_elsewhere(app: Flask, each_database: str) -> None:
    wrong, keyring = [], crypto.current()
    for row in Plants().rows:
        for name, attribute in attributes(type(row)).items():
            place = attribute.place_of(row)
            whole = getattr(row, attribute.column)
            plain = keyring.open(whole, place)
            foreign = (
                keyring.seal(plain, f"{row.__tablename__}.{attribute.column}.{new_id()}"),
                keyring.seal(plain, f"{row.__tablename__}.other_sealed.{row.id}"),
                keyring.seal(plain, f"other.{attribute.column}.{row.id}"),
                whole[:-1] + bytes([whole[-1] ^ 1]),
            )
            for moved in foreign:
                put(row, attribute.column, moved)
                try:
                    getattr(row, name)
                    wrong.append(place)
                except SealBroken:
                    pass
            put(row, attribute.column, whole)
            assert isinstance(getattr(row, name), str | dict | date), place  # the control: in its place it opens
    assert not wrong, f"These open where they do not belong: {wrong}"


def test_a_page_with_a_moved_value_shows_neither_value_nor_trace(app: Flask) -> None:
    one, other = factories.applicant(), factories.applicant()
    own = factories.notification(one, body="自己的內容")
    foreign = factories.notification(other, body="他人的內容")
    put(own, "body_sealed", foreign.body_sealed)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    page = Portal(app.test_client()).is_signed_in_as(one).opens("/portal/messages", expect=None)
    assert page.status in (200, 500) and "他人的內容" not in page.text and "SealBroken" not in page.text
    assert db.session.query(Notification).count() == 2


def test_a_file_under_anothers_name_does_not_open(app: Flask) -> None:
    one, other = (factories.attachment(factories.draft(), files.pdf()) for _ in range(2))
    store = attachments.store()
    first, second = (store._path(paper.storage_key) for paper in (one, other))  # type: ignore[attr-defined]
    first.write_bytes(second.read_bytes())
    with pytest.raises(SealBroken):
        attachments.content(one)
    assert attachments.content(other).startswith(b"%PDF-")
