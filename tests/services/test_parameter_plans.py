"""A parameter changed at once or from a day on, and the bookings that this leaves outside."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import Stale
from app.extensions import db
from app.rules.effective import EffectiveDayPast, ParameterRangeLater, PlanSaysNothing
from app.rules.parameters import ParameterRange
from app.rules.vocabulary import Attention, ReservationState
from app.security import Actor
from app.services import job_runs, parameters
from app.services.parameters import ParameterBreaks
from app.transaction import transaction
from models import Agency, AgencyParameter, AuditEntry, AuditValues, Reservation
from tests import factories
from tests.concurrency.contest import contest
from tests.stillness import StoppedClock, taiwan

STAFF = Actor("staff", "1", "王小明")
LATER = date(2026, 3, 10)


@pytest.fixture
def agency(seeded: None) -> Agency:
    """An agency with the default windows."""
    return factories.agency({"RAS": "09:00", "RAE": "11:00", "RFS": "14:00", "RFE": "16:00", "A": "20"})


def row(agency: Agency, code: str) -> AgencyParameter:
    db.session.rollback()
    return db.session.scalars(
        select(AgencyParameter).where(AgencyParameter.agency_id == agency.id, AgencyParameter.code == code)
    ).one()


def change(agency: Agency, code: str, value: str, from_on: date | None = None, accepted: str = "") -> None:
    found = row(agency, code)
    parameters.change(found.id, value, found.version, STAFF, from_on=from_on, accepted=accepted)


def booked(agency: Agency, at: str, **columns: Any) -> Reservation:
    return factories.reservation(factories.granted(about=factories.inmate(agency)), taiwan(at), **columns)


def attention(reservation: Reservation) -> Attention | None:
    db.session.rollback()
    return db.session.get_one(Reservation, reservation.id).attention


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)))


def test_a_planned_value_begins_on_its_day_and_is_folded_by_the_worker(
    each_database: str, agency: Agency, clock_at: StoppedClock
) -> None:
    change(agency, "RAS", "8:30", LATER)
    found = row(agency, "RAS")
    assert (found.value, found.next_value, found.next_from_on) == ("09:00", "08:30", LATER)
    assert db.session.scalars(select(AuditValues)).one().facts == {
        "code": "RAS", "value": ["09:00", "08:30"], "from_on": "2026-03-10",
    }  # fmt: skip
    assert parameters.keep_up() == 0 and row(agency, "RAS").next_value == "08:30"
    clock_at("2026-03-10 00:05")
    assert (parameters.keep_up(), parameters.keep_up()) == (1, 0)
    found = row(agency, "RAS")
    assert (found.value, found.next_value, found.next_from_on) == ("08:30", None, None)
    assert events() == ["parameter.plan", "parameter.apply"]


def test_the_workers_round_keeps_up(agency: Agency, clock_at: StoppedClock) -> None:
    change(agency, "A", "30", LATER)
    clock_at("2026-03-10 00:05")
    job_runs.run_due()
    assert row(agency, "A").value == "30"


def test_a_due_value_is_folded_by_the_next_save_too(agency: Agency, clock_at: StoppedClock) -> None:
    change(agency, "A", "30", LATER)
    clock_at("2026-03-10 09:00")
    change(agency, "A", "40")
    assert (row(agency, "A").value, row(agency, "A").next_value) == ("40", None)
    facts = [
        values.facts["value"] for values in db.session.scalars(select(AuditValues).order_by(AuditValues.entry_seq))
    ]
    assert facts == [["20", "30"], ["20", "30"], ["30", "40"]]


def test_today_is_at_once_and_yesterday_is_refused(agency: Agency) -> None:
    change(agency, "A", "30", date(2026, 3, 3))
    assert (row(agency, "A").value, row(agency, "A").next_value) == ("30", None)
    with pytest.raises(EffectiveDayPast) as refused:
        change(agency, "A", "40", date(2026, 3, 2))
    assert refused.value.field == "next_from_on"
    with pytest.raises(PlanSaysNothing):
        change(agency, "A", "30", LATER)


def test_a_pair_is_planned_step_by_step_for_the_same_day(agency: Agency) -> None:
    with pytest.raises(ParameterRangeLater):
        change(agency, "RAS", "11:30", LATER)
    change(agency, "RAE", "12:30", LATER)
    change(agency, "RAS", "11:30", LATER)
    planned = parameters.schedule_of(agency.id)
    assert (planned["RAS"].on(LATER), planned["RAE"].on(LATER), planned["RAS"].value) == ("11:30", "12:30", "09:00")
    with pytest.raises(ParameterRange):  # one of the pair cannot go alone
        parameters.withdraw(row(agency, "RAE").id, None, STAFF)
    parameters.withdraw(row(agency, "RAS").id, None, STAFF)
    parameters.withdraw(row(agency, "RAE").id, None, STAFF)
    with pytest.raises(Stale):
        parameters.withdraw(row(agency, "RAE").id, None, STAFF)
    assert events()[-2:] == ["parameter.withdraw", "parameter.withdraw"]


def test_a_change_at_once_that_breaks_a_plan_names_its_day(agency: Agency) -> None:
    change(agency, "RAS", "10:30", LATER)
    with pytest.raises(ParameterRangeLater) as refused:
        change(agency, "RAE", "10:00")
    assert "2026年3月10日" in str(refused.value)
    assert row(agency, "RAE").value == "11:00"


def test_bookings_outside_are_listed_masked_and_only_from_the_day_on(agency: Agency) -> None:
    booked(agency, "2026-03-09 09:10")
    late = booked(agency, "2026-03-10 09:10", visitor_name="陳大文", state=ReservationState.APPROVED)
    booked(agency, "2026-03-10 09:20", state=ReservationState.CANCELLED)
    booked(agency, "2026-03-10 09:30")
    with pytest.raises(ParameterBreaks) as refused:
        change(agency, "RAS", "09:30", LATER)
    assert str(refused.value) == "儲存後將有1件已預約案件落在時段外，請先處理或設定生效日期。"
    [listed] = refused.value.bookings
    assert (listed.number, listed.visit_on, listed.arrives, listed.visitor) == (late.number, LATER, "09:10", "陳○○")
    with pytest.raises(ParameterBreaks) as refused:
        change(agency, "RAS", "09:30")
    assert len(refused.value.bookings) == 2
    change(agency, "RAS", "09:30", date(2026, 3, 11))  # the way out: a later day


def test_saved_anyway_they_are_marked_and_unmarked_when_the_hours_come_back(each_database: str, agency: Agency) -> None:
    seen, graver = booked(agency, "2026-03-10 09:10"), booked(agency, "2026-03-10 09:15")
    with transaction() as session:
        session.get_one(Reservation, graver.id).attention = Attention.GRANT_SUSPENDED
    with pytest.raises(ParameterBreaks) as refused:
        change(agency, "RAS", "09:30")
    booked(agency, "2026-03-11 09:10")  # one more than the officer has seen
    with pytest.raises(ParameterBreaks) as again:
        change(agency, "RAS", "09:30", accepted=refused.value.mark)
    assert len(again.value.bookings) == 3 and attention(seen) is None
    change(agency, "RAS", "09:30", accepted=again.value.mark)
    assert (attention(seen), attention(graver)) == (Attention.OUTSIDE_HOURS, Attention.GRANT_SUSPENDED)
    assert events()[-3:] == ["reservation.outside_hours", "reservation.outside_hours", "parameter.change"]
    change(agency, "RAS", "09:45")  # who was outside already is no news
    change(agency, "RAS", "09:00")
    assert (attention(seen), attention(graver)) == (None, Attention.GRANT_SUSPENDED)


def test_another_parameter_asks_nothing_about_bookings(agency: Agency) -> None:
    booked(agency, "2026-03-10 08:00")
    change(agency, "A", "30")


def test_bookings_made_under_a_plan_are_listed_when_it_is_withdrawn_or_moved(agency: Agency) -> None:
    change(agency, "RAS", "08:30", LATER)
    booked(agency, "2026-03-10 08:40")
    for act in (
        lambda: parameters.withdraw(row(agency, "RAS").id, None, STAFF),
        lambda: change(agency, "RAS", "08:30", date(2026, 3, 12)),
    ):
        with pytest.raises(ParameterBreaks):
            act()
    with pytest.raises(ParameterBreaks) as refused:
        parameters.withdraw(row(agency, "RAS").id, None, STAFF)
    parameters.withdraw(row(agency, "RAS").id, None, STAFF, accepted=refused.value.mark)
    assert row(agency, "RAS").next_value is None


def test_a_booking_that_crossed_the_change_is_marked_by_the_worker(agency: Agency) -> None:
    change(agency, "RAS", "09:30")
    crossed = booked(agency, "2026-03-10 09:10")  # its own check had seen the hours of before
    meant = booked(agency, "2026-03-10 08:00", exception_reason="收容人當日下午借提")
    assert parameters.keep_up() == 1
    assert (attention(crossed), attention(meant)) == (Attention.OUTSIDE_HOURS, None)


def test_two_ends_of_a_window_changed_at_once_cannot_pass_one_another(
    app: Flask, each_database: str, agency: Agency
) -> None:
    """Each alone is right; both together would leave an empty window: one of the two is refused."""
    start, end = row(agency, "RAS").id, row(agency, "RAE").id
    db.session.rollback()
    outcomes = contest(
        app,
        lambda: parameters.change(start, "10:30", None, STAFF),
        lambda: parameters.change(end, "10:00", None, STAFF),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "ParameterRange"]
