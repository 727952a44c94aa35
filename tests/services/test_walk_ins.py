"""現場登記（未預約）: the record of 監獄行刑法 §69, kept sealed; nothing refuses the entry of somebody who has come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.errors import RuleErrors
from app.extensions import db
from app.rules.vocabulary import BookingSource, ReservationState, RestrictionKind
from app.security import Actor
from app.services import walk_ins
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
    record = VisitRecord("律師", "45", "桃園市桃園區縣府路1號")
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


def test_neither_restriction_nor_hour_refuses(inmate: Inmate, desk: Officer, clock_at: StoppedClock) -> None:
    for kind in RestrictionKind:
        factories.restriction(inmate, kind)
    clock_at("2026-03-07 19:00")  # a Saturday evening
    assert enter(inmate, desk).state is ReservationState.CHECKED_IN


def test_the_record_has_to_be_complete(inmate: Inmate, desk: Officer) -> None:
    for age in ("", "0", "131", "x", "４５"):
        with pytest.raises(RuleErrors) as refused:
            enter(inmate, desk, record=VisitRecord("", age, " "))
        assert [e.field for e in refused.value.errors] == ["occupation", "age", "address"]
