"""Another agency's row does not exist, whatever route asks for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.extensions import db
from models import AuditEntry, Inmate, Officer, new_id
from tests import factories
from tests.views.backoffice.office_door import OfficeDoor, link, table, words
from tests.views.backoffice.probe import acted_on

PROBE = "/backoffice/probe"
NOT_FOUND = "查無此資料，或您無權查看。"
Enter = Callable[[Officer], OfficeDoor]


class World:
    """An officer's own agency, its sub-unit, and a foreign one; an inmate in each."""

    def __init__(self) -> None:
        self.own_agency, self.foreign_agency = factories.agency(), factories.agency()
        self.unit = factories.agency(host_id=self.own_agency.id)
        self.own = factories.inmate(self.own_agency, number="0001", name="黃大明")
        self.below = factories.inmate(self.unit, number="0002", name="林小強")
        self.foreign = factories.inmate(self.foreign_agency, number="0003", name="陳外人")
        self.officer = factories.officer(self.own_agency)


@pytest.fixture
def world(app: object) -> World:
    return World()


def numbers(door: OfficeDoor, **query: str) -> list[str]:
    return [row[0] for row in table(door.get(f"{PROBE}/list/", **query))]


def test_a_list_shows_own_agencies_and_their_sub_units(at_probe: Enter, world: World) -> None:
    assert numbers(at_probe(world.officer)) == ["0001", "0002"]


def test_headquarters_sees_all_of_them(at_probe: Enter, world: World) -> None:
    assert numbers(at_probe(factories.headquarters())) == ["0001", "0002", "0003"]


def test_an_officer_of_no_agency_sees_nothing(at_probe: Enter, world: World) -> None:
    assert numbers(at_probe(factories.officer(agencies=[]))) == []


def test_the_agencies_on_offer_are_the_own_ones(at_probe: Enter, world: World) -> None:
    page = at_probe(world.officer).get(f"{PROBE}/list/").text
    assert world.own_agency.label in page and world.unit.label in page
    assert world.foreign_agency.label not in page


@pytest.mark.parametrize("path", ["show", "edit", "delete"])
def test_a_foreign_row_is_not_there(at_probe: Enter, world: World, path: str) -> None:
    door = at_probe(world.officer)
    foreign, missing = door.get(f"{PROBE}/{path}/{world.foreign.id}"), door.get(f"{PROBE}/{path}/{new_id()}")
    assert foreign.status_code == missing.status_code == 404
    assert words(foreign) == words(missing), "not there and not yours read the same"
    assert NOT_FOUND in words(foreign)
    assert door.get(f"{PROBE}/{path}/{world.own.id}").status_code == 200


def test_a_foreign_row_cannot_be_changed_or_deleted(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    assert door.post(f"{PROBE}/edit/{world.foreign.id}", name="改名", version="1").status_code == 404
    assert door.post(f"{PROBE}/delete/{world.foreign.id}").status_code == 404
    db.session.expire_all()
    assert world.foreign.name == "陳外人"


@pytest.mark.parametrize("key", ["1", "abc", "%00", "a" * 36, "../list", "{%s}" % ("0" * 36), "０" * 36, "x" * 4000])
def test_a_malformed_key_is_not_there(at_probe: Enter, world: World, key: str, each_database: str) -> None:
    door = at_probe(world.officer)
    for path in ("show", "edit", "delete"):
        assert door.get(f"{PROBE}/{path}/{key}").status_code == 404


def test_a_row_cannot_be_moved_or_added_into_a_foreign_agency(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    assert world.foreign_agency.label not in door.get(f"{PROBE}/edit/{world.own.id}").text
    fields = {"number": "0001", "name": "黃大明", "status": "present", "version": "1"}
    moved = door.post(f"{PROBE}/edit/{world.own.id}", agency_id=world.foreign_agency.id, **fields)
    assert moved.status_code == 422 and "沒有這個選項" in words(moved)
    added = door.post(f"{PROBE}/add", agency_id=world.foreign_agency.id, **{**fields, "number": "0009"})
    assert added.status_code == 422
    db.session.expire_all()
    assert world.own.agency_id == world.own_agency.id
    assert db.session.scalar(select(Inmate).where(Inmate.number == "0009")) is None


def test_a_row_is_added_in_the_own_agency_with_its_row_in_the_trail(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    door.get(f"{PROBE}/add")
    fields = {"number": "0009", "name": "𠮷田 太郎", "status": "present", "admitted_on": "2026/3/1"}
    answer = door.post(f"{PROBE}/add", agency_id=world.unit.id, **fields)
    assert answer.status_code == 302
    row = db.session.scalars(select(Inmate).where(Inmate.number == "0009")).one()
    assert (row.name, row.agency_id, row.is_juvenile) == ("𠮷田 太郎", world.unit.id, False)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "inmate.add")).one()
    assert (entry.subject_id, entry.actor_id) == (row.id, str(world.officer.id))


def test_actions_run_on_own_rows_only_and_on_all_or_none(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    door.get(f"{PROBE}/list/")
    for keys in ([world.foreign.id], [world.own.id, world.foreign.id], ["abc"], []):
        assert door.post(f"{PROBE}/action_post", action="wave", rowid=keys).status_code == 404
    assert acted_on == []
    assert door.post(f"{PROBE}/action_post", action="wave", rowid=[world.own.id, world.below.id]).status_code == 302
    assert acted_on == [world.own.id, world.below.id]


def test_actions_are_known_permitted_and_posted(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    assert door.get(f"{PROBE}/action_post").status_code == 405
    assert door.get(f"{PROBE}/action/wave/{world.own.id}").status_code == 404
    assert door.post(f"{PROBE}/action_post", action="dance", rowid=[world.own.id]).status_code == 404
    assert door.post(f"{PROBE}/action_post", with_token=False, action="wave", rowid=[world.own.id]).status_code == 400
    watcher = at_probe(factories.desk(world.own_agency))
    assert "揮手" not in watcher.get(f"{PROBE}/list/").text
    assert watcher.post(f"{PROBE}/action_post", action="wave", rowid=[world.own.id]).status_code == 403
    assert acted_on == []


def test_an_action_that_asks_first_asks_without_javascript(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    door.get(f"{PROBE}/list/")
    asked = door.post(f"{PROBE}/action_post", action="bow", rowid=[world.own.id])
    assert "確認鞠躬?" in words(asked) and acted_on == []
    door.post(f"{PROBE}/action_post", action="bow", rowid=[world.own.id], confirmed="1")
    assert acted_on == [world.own.id]


def test_a_row_is_deleted_by_post_only(at_probe: Enter, world: World) -> None:
    door, key = at_probe(world.officer), world.own.id
    asked = door.get(f"{PROBE}/delete/{key}")
    assert "確認刪除?" in words(asked) and db.session.get(Inmate, key) is not None
    assert door.post(f"{PROBE}/delete/{key}", with_token=False).status_code == 400
    assert door.post(f"{PROBE}/delete/{key}").status_code == 302
    assert db.session.scalar(select(Inmate).where(Inmate.id == key)) is None
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.event == "inmate.delete")).one()


def test_a_row_that_others_point_to_stays_and_the_reason_is_said(at_probe: Enter, world: World) -> None:
    factories.application(about=world.own)
    door = at_probe(world.officer)
    door.get(f"{PROBE}/delete/{world.own.id}")
    refused = door.post(f"{PROBE}/delete/{world.own.id}")
    assert refused.status_code == 409 and "仍被其他資料使用" in words(refused)


def test_what_is_not_offered_has_no_route(at_probe: Enter, world: World) -> None:
    door = at_probe(world.officer)
    assert door.get(f"{PROBE}/download/secret_key").status_code == 404
    for path in ("add", "show/1", f"delete/{world.own.id}"):
        assert door.get(f"/backoffice/parameters/{path}").status_code == 404


def test_who_may_not_is_told_so(at_probe: Enter, world: World) -> None:
    watcher = at_probe(factories.desk(world.own_agency))
    for path in (f"show/{world.own.id}", "add", f"edit/{world.own.id}", f"delete/{world.own.id}"):
        answer = watcher.get(f"{PROBE}/{path}")
        assert answer.status_code == 403 and "您沒有使用這項功能的權限" in words(answer)
    assert link(watcher.get(f"{PROBE}/list/"), "編輯") is None, "what one may not do is not offered either"
