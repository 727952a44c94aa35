"""One act, one transaction: all of it or nothing, never one inside another, on the rows as they are now."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select, text, update

from app.errors import NotFound, Stale
from app.extensions import db
from app.transaction import locked, noting, transaction, undone
from models import Agency, new_id
from tests import factories

pytestmark = pytest.mark.usefixtures("app", "each_database")


def count() -> int:
    """How many agencies the database has, seen by a fresh transaction."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Agency)) or 0


def test_all_of_an_act_is_kept() -> None:
    with transaction() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
        session.add(Agency(name="乙", full_name="乙監獄", kind="監獄"))
    assert count() == 2


def test_nothing_of_an_act_that_fails_is_kept() -> None:
    with pytest.raises(LookupError), transaction() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
        session.flush()
        raise LookupError
    assert count() == 0
    factories.agency()  # the session is fit for the next act
    assert count() == 1


@pytest.mark.parametrize("failure", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_act_that_is_torn_off_leaves_nothing(failure: type[BaseException]) -> None:
    with pytest.raises(failure), transaction() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
        session.flush()
        raise failure
    assert count() == 0


def test_an_act_inside_an_act_is_refused_and_the_outer_one_undone() -> None:
    with pytest.raises(RuntimeError, match="already in one"), transaction() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
        with transaction():
            pass
    assert count() == 0


def test_rows_changed_outside_are_refused() -> None:
    agency = factories.agency(phone="1")
    agency.phone = "2"
    with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
        pass
    db.session.rollback()
    assert agency.phone == "1"


def test_an_act_sees_the_row_as_it_is_now_and_not_as_it_was_read() -> None:
    agency = factories.agency(phone="1")
    assert agency.phone == "1"
    with db.engine.begin() as somebody_else:
        db.session.rollback()
        somebody_else.execute(update(Agency).values(phone="2"))
    assert agency.phone == "2"
    with transaction() as session:
        assert locked(session, Agency, agency.id).phone == "2"


def test_a_row_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound), transaction() as session:
        locked(session, Agency, new_id())


def test_each_change_raises_the_version() -> None:
    agency = factories.agency()
    assert agency.version == 1
    for version in (2, 3):
        with transaction():
            agency.phone = str(version)
        assert agency.version == version
    with transaction():
        agency.phone = str(agency.phone)
    assert agency.version == 3, "a save without a change is no change"


def test_a_save_over_somebody_elses_change_is_refused_by_name() -> None:
    agency = factories.agency()
    with pytest.raises(Stale), transaction() as session:
        row = session.get_one(Agency, agency.id)
        # As if another process had saved between reading and writing.
        session.execute(text("UPDATE agency SET version = version + 1"))
        row.phone = "2"
    assert agency.version == 1
    assert agency.phone != "2"


def statements(agency: Agency) -> int:
    """How many statements it takes to tell an agency's phone number."""
    seen: list[str] = []

    def see(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    assert agency.phone
    event.remove(db.engine, "before_cursor_execute", see)
    return len([statement for statement in seen if not statement.startswith("BEGIN")])


def test_a_note_is_kept_and_the_page_beside_it_keeps_what_it_has_loaded() -> None:
    agency = factories.agency(phone="1")
    assert agency.phone == "1"
    with noting() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
    assert statements(agency) == 0
    assert count() == 2


def test_an_act_beside_the_page_lets_go_of_what_it_has_loaded() -> None:
    agency = factories.agency(phone="1")
    assert agency.phone == "1"
    with transaction() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
    assert statements(agency) == 1


def test_after_a_note_rules_are_checked_on_the_row_as_it_is_now() -> None:
    agency = factories.agency(phone="1")
    assert agency.phone == "1"
    with noting() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
    with db.engine.begin() as somebody_else:
        somebody_else.execute(update(Agency).where(Agency.id == agency.id).values(phone="2"))
    with transaction() as session:
        assert agency.phone == "2"
        assert locked(session, Agency, agency.id).phone == "2"


def test_nothing_of_a_note_that_fails_is_kept() -> None:
    agency = factories.agency(phone="1")
    with pytest.raises(LookupError), noting() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
        session.flush()
        raise LookupError
    assert count() == 1
    with transaction():
        agency.phone = "2"
    assert statements(agency) == 1, "after a failed note acts let go of what was loaded, as always"


def test_a_note_inside_an_act_and_an_act_inside_a_note_are_refused() -> None:
    for outer, inner in ((transaction, noting), (noting, transaction), (noting, noting)):
        with pytest.raises(RuntimeError, match="already in one"), outer() as session:
            session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
            with inner():
                pass
    assert count() == 0


def test_a_note_does_not_carry_a_changed_row_along() -> None:
    agency = factories.agency(phone="1")
    agency.phone = "2"
    with pytest.raises(RuntimeError, match="outside a transaction"), noting():
        pass
    db.session.rollback()
    assert agency.phone == "1"


def test_a_note_waits_for_whoever_is_writing(each_database: str) -> None:
    if each_database != "sqlite":
        pytest.skip("PostgreSQL's writers meet at rows, not at the database")
    begun: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: begun.append(told[2]))
    assert count() == 0  # the page reads first: its own transaction must be over before a writer's can begin
    with noting() as session:
        session.execute(text("SELECT 1"))
    assert [statement for statement in begun if statement.startswith("BEGIN")] == ["BEGIN", "BEGIN IMMEDIATE"]


def test_what_is_undone_leaves_the_act_around_it() -> None:
    with transaction() as session:
        session.add(Agency(name="甲", full_name="甲監獄", kind="監獄"))
        session.flush()
        with undone(session):
            session.add(Agency(name="乙", full_name="乙監獄", kind="監獄"))
            session.flush()
            assert len(session.scalars(select(Agency)).all()) == 2
    assert db.session.scalars(select(Agency.name)).all() == ["甲"]
