"""現場登記（未預約）: the record of 監獄行刑法 §69, kept sealed; nothing refuses the entry of somebody who has come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.errors import NotFound, RuleErrors
from app.extensions import db
from app.rules.vocabulary import BookingSource, ReservationState, RestrictionKind
from app.security import Actor
from app.services import day_moves, state_moves, walk_in_undo, walk_ins
from app.services.companions import CompanionData
from app.services.desk_visitors import VisitorData
from app.services.walk_ins import VisitRecord, WalkIn
from models import AuditEntry, Inmate, Notification, Officer, Reservation
from tests import factories
from tests.stillness import StoppedClock


@pytest.fixture
def inmate(seeded: None) -> Inmate:
    return factories.inmate(number="0609")


@pytest.fixture
def desk(inmate: Inmate) -> Officer:
    return factories.desk(inmate.agency)


def asked(inmate: Inmate, **changes: object) -> WalkIn:
    visitor = VisitorData("王大明", "lawyer", "A123456789", "", "(106)臺檢證字第1號")
    record = VisitRecord("律師", "４５", "桃園市桃園區縣府路1號")
    return replace(WalkIn(inmate.agency_id, inmate.number, visitor, record, "form-1"), **changes)  # type: ignore[arg-type]


def enter(inmate: Inmate, desk: Officer, **changes: object) -> Reservation:
    scope, actor = frozenset({inmate.agency_id}), Actor("staff", str(desk.id))
    return db.session.get_one(Reservation, walk_ins.enter(asked(inmate, **changes), scope, desk.id, actor))


def test_a_walk_in_is_checked_in_with_its_record(
    each_database: str, inmate: Inmate, desk: Officer, clock_at: StoppedClock
) -> None:
    clock_at("2026-03-03 10:07")
    guest = CompanionData("許書瑋", factories.id_number(5), "trainee_lawyer", "學習律師證")
    row = enter(inmate, desk, companions=[guest])
    assert (row.state, row.source) == (ReservationState.CHECKED_IN, BookingSource.WALK_IN)
    assert row.checked_in_at == row.decided_at and row.decided_by_id == row.entered_by_id == desk.id
    assert f"{row.arrives_local:%Y-%m-%d %H:%M}" == "2026-03-03 10:07"
    assert row.visit_record == {"occupation": "律師", "age": 45, "address": "桃園市桃園區縣府路1號"}
    assert "律師".encode() not in bytes(row.visit_record_sealed or b"") and len(row.companions) == 1
    assert db.session.scalar(select(AuditEntry.event)) == "reservation.walk_in"
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0


def test_the_same_form_sent_again_is_the_same_entry(each_database: str, inmate: Inmate, desk: Officer) -> None:
    assert enter(inmate, desk).id == enter(inmate, desk).id
    assert enter(inmate, desk, key="form-2").id  # the same person may come twice a day


def test_an_entry_made_by_mistake_is_taken_back(
    each_database: str, inmate: Inmate, desk: Officer, clock_at: StoppedClock
) -> None:
    row_id, second = enter(inmate, desk).id, enter(inmate, desk, key="form-2").id
    actor, scope = Actor("staff", str(desk.id)), frozenset({inmate.agency_id})
    with pytest.raises(walk_in_undo.ReasonMissing):
        walk_in_undo.take_back(row_id, " ", 1, scope, actor)
    with pytest.raises(NotFound):
        walk_in_undo.take_back(row_id, "呼號錯誤", 1, frozenset(), actor)
    walk_in_undo.take_back(row_id, "呼號錯誤", 1, scope, actor)
    row = db.session.get_one(Reservation, row_id, populate_existing=True)
    assert (row.state, str(row.state_label), row.queue_number) == (ReservationState.CANCELLED, "機關取消", None)
    assert row.visit_record["age"] == 45, "what was written down stays"
    moves = state_moves.moves_of(db.session(), row)
    assert [(m.move, m.reason) for m in moves] == [("undo_entry", "呼號錯誤")]
    assert db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)).all()[-1] == "reservation.undo_entry"
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0
    with pytest.raises(day_moves.MovedMeanwhile):
        walk_in_undo.take_back(row_id, "再一次", 1, scope, actor)
    again = enter(inmate, desk)  # Back, put right, sent once more
    assert again.id != row_id and again.queue_number == 3
    day_moves.start(second, 1, scope, actor)
    with pytest.raises(walk_in_undo.HasBegun):
        walk_in_undo.take_back(second, "錯誤", 2, scope, actor)
    again_id = again.id
    clock_at("2026-03-04 09:00")
    with pytest.raises(walk_in_undo.EnteredBefore):
        walk_in_undo.take_back(again_id, "錯誤", 1, scope, actor)


def test_who_was_booked_is_not_taken_back_as_a_walk_in(inmate: Inmate, desk: Officer) -> None:
    booked = factories.reservation(factories.granted(about=inmate), state=ReservationState.CHECKED_IN)
    with pytest.raises(walk_in_undo.NotEntered):
        walk_in_undo.take_back(booked.id, "錯誤", booked.version, None, Actor("staff", str(desk.id)))


def test_neither_restriction_nor_hour_refuses(inmate: Inmate, desk: Officer, clock_at: StoppedClock) -> None:
    for kind in RestrictionKind:
        factories.restriction(inmate, kind)
    clock_at("2026-03-07 19:00")  # a Saturday evening
    assert enter(inmate, desk).state is ReservationState.CHECKED_IN


def test_the_record_has_to_be_complete(inmate: Inmate, desk: Officer) -> None:
    for age in ("", "0", "131", "x", "四五"):
        with pytest.raises(RuleErrors) as refused:
            enter(inmate, desk, record=VisitRecord("", age, " "))
        assert [e.field for e in refused.value.errors] == ["occupation", "age", "address"]
