"""Sealed columns: unreadable in the database, bound to their place, searchable by a keyed digest only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import text, update

from app import crypto
from app.crypto import Keyring, SealBroken, key_id_of
from app.extensions import db
from app.transaction import transaction
from models import Applicant, ApplicationDraft, Inmate
from models.base import Sealed, search_digest
from tests import factories

pytestmark = pytest.mark.usefixtures("app", "each_database")


def keyring(*key_ids: str, active: str) -> Keyring:
    """A keyring whose keys are known by their ids."""
    return Keyring({key_id: key_id.encode().ljust(32, b"-") for key_id in key_ids}, active, b"i" * 32)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Keyring], None]:
    """Change the process's keyring for this test."""
    return lambda ring: monkeypatch.setattr(crypto, "_keyring", ring)


def overwrite(row: Applicant, **columns: bytes) -> None:
    """Put bytes into a row behind the model's back, as somebody with the database could."""
    with transaction() as session:
        session.execute(update(Applicant).where(Applicant.id == row.id).values(**columns))


def test_values_come_back_as_what_they_were() -> None:
    person = factories.applicant(name="𠮷田", address="臺北市‧重慶南路", birth_date=date(1912, 2, 29))
    half = factories.draft(fields={"relation": "lawyer", "note": "第一行\n第二行"})
    db.session.expire_all()
    assert (person.name, person.address, person.birth_date) == ("𠮷田", "臺北市‧重慶南路", date(1912, 2, 29))
    assert db.session.get_one(ApplicationDraft, half.id).fields == {"relation": "lawyer", "note": "第一行\n第二行"}
    assert person.landline is None


def test_the_database_holds_no_plain_value() -> None:
    person = factories.applicant(mail="secret.name@example.com", mobile="0912345678", occupation="記帳士")
    raw = db.session.execute(text("SELECT * FROM applicant")).mappings().one()
    stored = b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in raw.values())
    for plain in ("secret.name", "0912345678", "記帳士", person.id_number, "1980-05-17"):
        assert plain.encode() not in stored, f"{plain} can be read in the database"


def test_the_same_value_is_sealed_differently_each_time() -> None:
    one, other = factories.applicant(mobile="0912345678"), factories.applicant(mobile="0912345678")
    assert one.mobile_sealed != other.mobile_sealed
    assert one.mobile_sealed[-16:] != other.mobile_sealed[-16:]


def test_a_value_moved_to_another_row_does_not_open() -> None:
    victim, thief = factories.applicant(), factories.applicant()
    overwrite(thief, address_sealed=victim.address_sealed)
    with pytest.raises(SealBroken):
        _ = thief.address
    assert victim.address


def test_a_value_moved_to_another_column_does_not_open() -> None:
    person = factories.applicant()
    overwrite(person, address_sealed=person.id_number_sealed)
    with pytest.raises(SealBroken):
        _ = person.address


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x02" + b"0" * 40, b"\x01\x02k1" + b"0" * 40])
def test_damaged_bytes_do_not_open(damage: bytes) -> None:
    person = factories.applicant()
    overwrite(person, address_sealed=damage)
    with pytest.raises(SealBroken):
        _ = person.address


def test_after_a_rotation_the_old_key_opens_and_the_new_one_seals(use: Callable[[Keyring], None]) -> None:
    use(keyring("old", active="old"))
    person = factories.applicant(address="舊地址")
    use(keyring("old", "new", active="new"))
    assert person.address == "舊地址"
    with transaction():
        person.occupation = "記者"
    assert key_id_of(person.occupation_sealed) == "new"
    assert key_id_of(person.address_sealed) == "old"


def test_without_its_key_a_value_does_not_open(use: Callable[[Keyring], None]) -> None:
    use(keyring("old", active="old"))
    person = factories.applicant()
    use(keyring("new", active="new"))
    with pytest.raises(SealBroken):
        _ = person.address


def test_rotation_of_the_sealing_key_keeps_the_search_working(use: Callable[[Keyring], None]) -> None:
    use(keyring("old", active="old"))
    before = search_digest("mail", "a@example.com")
    use(keyring("old", "new", active="new"))
    assert search_digest("mail", "a@example.com") == before


def test_equal_values_are_found_whatever_their_width_and_case() -> None:
    person = factories.applicant(id_number="A123456789", mail="Lawyer@Example.com")
    assert person.id_number_index == search_digest("id_number", " ａ１２３４５６７８９ ")
    assert person.mail_index == search_digest("mail", "LAWYER@example.COM")
    found = db.session.query(Applicant).filter_by(mail_index=search_digest("mail", "lawyer@example.com")).one()
    assert found.id == person.id


def test_digests_of_different_fields_do_not_correlate() -> None:
    person = factories.applicant(mail="0912345678", mobile="0912345678")
    assert person.mail_index != person.mobile_index


def test_the_same_identity_number_is_found_in_every_table_that_has_one() -> None:
    number = factories.id_number()
    assert factories.applicant(id_number=number).id_number_index == factories.inmate(id_number=number).id_number_index


def test_clearing_a_value_clears_its_index() -> None:
    person = factories.inmate()
    with transaction():
        person.id_number = None
    assert person.id_number_sealed is None and person.id_number_index is None and person.id_number is None


def test_a_row_has_its_key_before_anything_is_sealed() -> None:
    row = Inmate(id_number="A123456789")
    assert row.id and row.id_number == "A123456789"
    assert isinstance(Inmate.id_number, Sealed)


def test_a_misspelt_column_is_refused() -> None:
    with pytest.raises(TypeError, match="no column 'nmae'"):
        Inmate(nmae="黃大明")
