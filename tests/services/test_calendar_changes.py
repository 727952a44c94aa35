"""辦公日曆維護: differences first, bookings on a closed day listed and marked, all or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import Stale
from app.extensions import db
from app.rules.calendar import DayInfo, official_days
from app.rules.calendar_refusals import NothingToChange
from app.rules.vocabulary import Attention
from app.security import Actor
from app.services import calendar_changes
from app.services.calendar_changes import CalendarUnseen
from models import AuditEntry, CalendarDay, Reservation
from tests import factories
from tests.stillness import taiwan

STAFF = Actor("staff", "1", "王小明")
TYPHOON = date(2026, 3, 10)
OFF = DayInfo(False, "颱風停止上班")


def days() -> dict[date, DayInfo]:
    db.session.rollback()
    return {row.day: DayInfo(row.is_working, row.name) for row in db.session.scalars(select(CalendarDay))}


def booked() -> Reservation:
    return factories.reservation(factories.granted(), taiwan("2026-03-10 10:00"))


def attention(row: Reservation) -> Attention | None:
    db.session.rollback()
    return db.session.get_one(Reservation, row.id).attention


def test_a_closed_day_shows_its_bookings_and_marks_them(each_database: str, app: Flask) -> None:
    booking = booked()
    with pytest.raises(CalendarUnseen) as refused:
        calendar_changes.save_day(TYPHOON, OFF, None, "", STAFF)
    assert [hit.id for hit in refused.value.plan.hits] == [booking.id] and days() == {}
    later = factories.reservation(factories.granted(), taiwan("2026-03-10 14:30"))
    with pytest.raises(CalendarUnseen) as again:  # another booking was made meanwhile
        calendar_changes.save_day(TYPHOON, OFF, None, refused.value.plan.mark, STAFF)
    calendar_changes.save_day(TYPHOON, OFF, None, again.value.plan.mark, STAFF)
    assert days() == {TYPHOON: OFF}
    assert attention(booking) is Attention.DAY_OFF and attention(later) is Attention.DAY_OFF
    calendar_changes.save_day(TYPHOON, None, OFF, "", STAFF)
    assert days() == {} and attention(booking) is None
    events = set(db.session.scalars(select(AuditEntry.event)))
    assert {"reservation.day_off", "reservation.day_on", "calendar_day.edit"} <= events


def test_what_somebody_else_saved_is_not_overwritten(app: Flask) -> None:
    calendar_changes.save_day(TYPHOON, OFF, None, "", STAFF)
    with pytest.raises(Stale):
        calendar_changes.save_day(TYPHOON, DayInfo(False, "別的"), None, "", STAFF)


def test_a_years_file_replaces_the_year_at_once(each_database: str, app: Flask) -> None:
    factories.calendar_day(date(2026, 5, 5), name="誤植")
    factories.calendar_day(date(2027, 1, 1), name="開國紀念日")
    official = official_days(2026)
    plan = calendar_changes.plan_year(2026, official)
    assert {one.kind for one in plan.differences} == {"added", "removed"} and len(days()) == 2
    with pytest.raises(CalendarUnseen):
        calendar_changes.save_year(2026, official, "", STAFF)
    calendar_changes.save_year(2026, official, plan.mark, STAFF)
    assert days() == {**official, date(2027, 1, 1): DayInfo(False, "開國紀念日")}
    with pytest.raises(NothingToChange):
        calendar_changes.save_year(2026, official, plan.mark, STAFF)
