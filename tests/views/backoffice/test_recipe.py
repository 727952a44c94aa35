"""The recipe of ARCHITECTURE ("A new kind of record"), followed: a record of its own, driven through the back office.

The model stands on a base of its own, so that the program's schema knows nothing of it; everything else is as written.
"""

from __future__ import annotations

import csv
import inspect
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Date, ForeignKey, Index, MetaData, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, relationship

from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import StaffRole, Word
from app.security import Actor
from app.services import audit
from app.transaction import end_reading, locked, transaction
from models import Agency, AuditEntry, Officer, StateMove
from models.base import Base, Timestamped, Versioned, internal, key, personal, reference, word
from models.move import Moves
from tests import factories
from tests.conftest import BrowserClient
from tests.doors import Office
from tests.views.backoffice.office_door import HOME, OfficeDoor, link, table, words
from tests.views.backoffice.test_exports import confirmed
from views.backoffice.acts import Act
from views.backoffice.base import AgencyScopedModelView
from views.backoffice.columns import Column
from views.backoffice.filters import AgencyFilter, ChoiceFilter, DateRangeFilter, TextFilter
from views.backoffice.interface import UnitOfWorkInterface


class Apart(DeclarativeBase):
    """A base of its own."""

    metadata = MetaData()
    __init__ = Base.__init__  # type: ignore[assignment]


class State(Word):
    """Where a petition stands."""

    PENDING = "pending", _l("未審核")
    ACCEPTED = "accepted", _l("審核通過")
    DECLINED = "declined", _l("審核未通過")


MOVES = Moves({"accept": {State.PENDING: State.ACCEPTED}, "decline": {State.PENDING: State.DECLINED}})


class Petition(Timestamped, Versioned, Apart):
    """A petition to an agency."""

    __tablename__ = "petition"

    id: Mapped[str] = key()
    agency_id: Mapped[str] = reference(ForeignKey(Agency.__table__.c.id), nullable=False)
    writer: Mapped[str] = personal(String(50), nullable=False)
    written_on: Mapped[date] = internal(Date, nullable=False)
    state: Mapped[State] = word(State, name="ck_petition_state", nullable=False, default=State.PENDING)

    agency: Mapped[Agency] = relationship(Agency)

    __table_args__ = (Index("ix_petition_list", "agency_id", "written_on", "id"),)


class AlreadyDecided(RuleError):
    """Somebody was faster."""

    sentence = _l("本件已審核，請重新整理清單。")
    status = 409


def review(key: str, move: str, note: str, actor: Actor) -> None:
    """Decide a petition; raises :class:`AlreadyDecided`."""
    with transaction() as session:
        row: Any = locked(session, Petition, key)
        before = row.state
        if before is not State.PENDING:
            raise AlreadyDecided()
        row.state = MOVES.target(move, before)
        audit.moved(session, row, move, before, actor, reason=note or None)


class PetitionView(AgencyScopedModelView):
    """Petitions: 30 lines at most, or the recipe is wrong."""

    route_base = "/backoffice/petitions"
    datamodel = UnitOfWorkInterface(Petition)
    base_permissions = ["can_list", "can_show", "can_review", "can_export"]
    list_title = _l("陳情案件")
    filters = (
        AgencyFilter(),
        TextFilter("writer", _l("姓名")),
        ChoiceFilter("state", State, _l("審核狀態")),
        DateRangeFilter("written_on", _l("申請日期")),
    )
    order = ("written_on",)
    load = ("agency",)
    columns = (
        Column(_l("姓名"), "writer"),
        Column(_l("矯正機關"), "agency.name"),
        Column(_l("申請日期"), "written_on", sort=("written_on",)),
        Column(_l("審核狀態"), "state", kind="state"),
    )
    acts = (
        Act("accept", _l("審核通過"), lambda key, note, by: review(key, "accept", note, by), _l("確認?"), in_bulk=True),
        Act(
            "decline",
            _l("審核未通過"),
            lambda key, note, by: review(key, "decline", note, by),
            _l("確認?"),
            asks=_l("原因"),
        ),
    )


GRANTS = {StaffRole.OFFICER.value: ["^PetitionView$", "^(can_list|can_show|can_review|can_export)$"]}


@pytest.fixture
def enter(built: Callable[..., Flask]) -> Callable[[Officer], OfficeDoor]:
    app = built()
    with app.app_context():
        Apart.metadata.create_all(db.engine)
        builder = app.extensions["appbuilder"]
        builder.add_view_no_menu(PetitionView)
        roles = builder.sm.builtin_roles
        builder.sm._builtin_roles = {name: [*grants, GRANTS.get(name, ["^$", "^$"])] for name, grants in roles.items()}
    app.test_client_class = BrowserClient

    def open_door(officer: Officer) -> OfficeDoor:
        door = OfficeDoor(Office(app.test_client()).is_signed_in_as(officer).client)
        door.get(HOME)
        return door

    return open_door


@pytest.fixture
def agency() -> Agency:
    return factories.agency()


def petitions(of: Agency, count: int, **columns: Any) -> list[str]:
    with transaction() as session:
        rows = [
            Petition(agency_id=of.id, writer=f"陳{place}", written_on=date(2026, 3, 1 + place % 28), **columns)
            for place in range(count)
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def state_of(key: str) -> State:
    end_reading()
    session: Session = db.session()
    return session.get_one(Petition, key).state


LIST = "/backoffice/petitions/list/"


def test_the_screen_is_declared_in_thirty_lines() -> None:
    assert len([line for line in inspect.getsource(PetitionView).splitlines() if line.strip()]) <= 30


def test_list_show_review_and_export(enter: Callable[[Officer], OfficeDoor], agency: Agency) -> None:
    first, second, *_rest = petitions(agency, 30)
    (foreign,) = petitions(factories.agency(), 1)
    door = enter(factories.officer(agency))

    page = door.get(LIST)
    assert len(table(page)) == 25 and "共30筆" in words(page)
    assert len(table(door.get(link(page, "下一頁") or ""))) == 5
    assert [row[0] for row in table(door.get(LIST, writer="陳3"))] == [["陳3"][0]]
    assert len(table(door.get(LIST, **{"from": "2026-03-02", "until": "2026-03-02"}))) == 2
    assert "沒有這個選項" in words(door.get(LIST, state="nonsense"))

    shown = door.get(f"/backoffice/petitions/show/{first}")
    assert "陳0" in words(shown)
    for address in (f"show/{foreign}", f"act/{foreign}/accept", f"act/{first}/dance"):
        assert door.get(f"/backoffice/petitions/{address}").status_code == 404

    door.get(link(shown, "審核通過") or "")
    assert door.post(f"/backoffice/petitions/act/{first}/accept").status_code == 302
    assert state_of(first) is State.ACCEPTED
    again = door.post(f"/backoffice/petitions/act/{first}/accept")
    assert again.status_code == 409 and "本件已審核" in words(again)
    refused = door.post(f"/backoffice/petitions/act/{second}/decline", note=" ")
    assert refused.status_code == 422 and "請填寫「原因」" in words(refused) and state_of(second) is State.PENDING
    door.post(f"/backoffice/petitions/act/{second}/decline", note="資料不全")
    assert state_of(second) is State.DECLINED
    assert set(db.session.scalars(select(StateMove.move).where(StateMove.subject_kind == "petition"))) == {
        "accept",
        "decline",
    }
    events = set(db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject_id == first)))
    assert events == {"petition.accept"}

    answer = confirmed(door).get("/backoffice/petitions/export/csv?state=declined")
    head, *lines = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    assert head[0] == "姓名" and [line[0] for line in lines] == ["陳1"]


def test_chosen_rows_are_done_one_by_one_and_each_is_told(
    enter: Callable[[Officer], OfficeDoor], agency: Agency
) -> None:
    (done,) = petitions(agency, 1, state=State.DECLINED)
    first, second = petitions(agency, 2)
    (foreign,) = petitions(factories.agency(), 1)
    door = enter(factories.officer(agency))
    door.get(LIST)
    send = {"action": "accept", "rowid": [done, first, second]}
    asked = door.post("/backoffice/petitions/action_post", **send)
    assert "確認?" in words(asked) and state_of(first) is State.PENDING
    result = door.post("/backoffice/petitions/action_post", confirmed="1", **send)
    assert "完成2筆，未完成1筆" in words(result) and "本件已審核" in words(result)
    assert [row[1] for row in table(result)] == ["本件已審核，請重新整理清單。", "已完成", "已完成"]
    assert state_of(first) is state_of(second) is State.ACCEPTED
    send = {"action": "accept", "rowid": [first, foreign], "confirmed": "1"}
    assert door.post("/backoffice/petitions/action_post", **send).status_code == 404
    assert door.post("/backoffice/petitions/action_post", action="decline", rowid=[first]).status_code == 404
    assert state_of(foreign) is State.PENDING


def test_an_act_that_nobody_could_do_does_not_start(app: Flask) -> None:
    with pytest.raises(TypeError, match="can_bless"):
        type("Blessed", (PetitionView,), {"acts": (Act("bless", "", review, "", permission="can_bless"),)})()
