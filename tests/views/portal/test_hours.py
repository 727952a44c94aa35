"""機關接見時段查詢: the same hours that bookings are checked against, for everybody."""

from __future__ import annotations

from datetime import date

import pytest

from app.seeds import reference
from app.transaction import transaction
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Visitor


@pytest.fixture(autouse=True)
def calendar(app: object) -> None:
    with transaction() as session:
        reference.calendar(session)


def planned(**columns: object) -> str:
    """An agency that begins at 08:30 from 10 March on."""
    agency = factories.agency(name="測試看守所", **columns)
    factories.parameter(agency, "RAS", next_value="08:30", next_from_on=date(2026, 3, 10))
    return agency.id


def test_a_planned_change_stands_with_its_day_until_it_is_there(visitor: Visitor, clock_at: StoppedClock) -> None:
    address = f"/portal/hours?agency_id={planned()}"
    page = visitor.opens(address)
    assert "09:00~11:00" in page.main and "14:00~16:00" in page.main
    assert "2026年3月10日（星期二）起" in page.main and "上午08:30~11:00、下午14:00~16:00" in page.main
    clock_at("2026-03-10 00:01")  # in force, whether the worker has come by or not
    page = visitor.opens(address)
    assert "08:30~11:00" in page.main and "09:00~11:00" not in page.main and "3月10日（星期二）起" not in page.main


def test_cut_off_and_days_ahead_are_said_in_words(visitor: Visitor, clock_at: StoppedClock) -> None:
    agency = factories.agency({"CUTOFF": "15:00", "AHEAD": "7"})
    clock_at("2026-02-26 15:30")
    page = visitor.opens(f"/portal/hours?agency_id={agency.id}")
    assert "接見日之前一工作日15:00" in page.main and "可預約今日起7天內之接見。" in page.main
    # 27 February is a day off: Monday's visits closed at 15:00 today, Tuesday's are open until Monday.
    assert "例如2026年3月3日（星期二）之接見，線上預約至2026年3月2日（星期一）15:00截止。" in page.main


def test_holidays_of_the_coming_weeks(visitor: Visitor) -> None:
    page = visitor.opens("/portal/hours")
    assert "2026-04-03(星期五)" in page.main and "2026-04-06(星期一)" in page.main
    assert "2026-03-07" not in page.main and "2026-06-19" not in page.main and "2026-02-27" not in page.main


def test_all_agencies_stand_in_a_table_that_leads_to_each(visitor: Visitor) -> None:
    key = planned()
    factories.agency({"RFE": "17:00"}, name="晚間監獄")
    page = visitor.opens("/portal/hours")
    assert "晚間監獄" in page.main and "14:00~17:00" in page.main
    assert "2026/03/10起上午08:30~11:00、下午14:00~16:00" in page.main
    assert page.links("測試看守所") == [f"/portal/hours?agency_id={key}"]
    assert "<script>" not in visitor.opens("/portal/hours?agency_id=<script>").source
