"""預約現場律師接見查詢維護 (CJALF223F), telephone bookings and walk-ins, as the desk goes through them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import Attention, BookingSource, CancelledBy, ReservationState
from models import Agency, AuditEntry, Inmate, Notification, Reservation
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock, taiwan
from tests.views.desk.conftest import Desk

LIST, PHONE, WALK_IN = "/backoffice/desk/onsite/list/", "/backoffice/desk/phone-bookings/", "/backoffice/desk/walk-ins/"
CALLER = {
    "inmate_number": "0609",
    "name": "王大明",
    "relation": "lawyer",
    "id_number": "A123456789",
    "certificate": "1號",
}
ARRIVAL = {"day": "2026-03-04", "at": "10:30", "phone": "02-23456789"}


@pytest.fixture
def inmate(agency: Agency) -> Inmate:
    return factories.inmate(agency, number="0609", name="黃小萍")


def booked(inmate: Inmate, at: str = "2026-03-04 09:30", **columns: object) -> Reservation:
    return factories.reservation(factories.granted(about=inmate), taiwan(at), **columns)


def numbers(page) -> list[str]:  # type: ignore[no-untyped-def]
    return [row[1] for row in page.rows(".ab-table tbody tr")]


def the_booking() -> Reservation:
    return db.session.scalars(select(Reservation)).one()


def test_the_list_begins_today_and_filters(each_database: str, desk: Office, inmate: Inmate) -> None:
    booked(inmate, "2026-03-02 09:00", number="L-OLD")
    booked(inmate, number="L-1", attention=Attention.DAY_OFF)
    booked(inmate, "2026-03-05 09:30", number="L-2", source=BookingSource.PHONE)
    cancelled = {"state": ReservationState.CANCELLED, "cancelled_by": CancelledBy.AGENCY}
    booked(factories.inmate(inmate.agency, number="0007"), "2026-03-05 10:00", number="L-3", **cancelled)
    booked(factories.inmate(), number="L-FOREIGN")
    assert numbers(desk.opens(LIST)) == ["L-1", "L-2", "L-3"]
    assert "機關取消" in desk.page.text and "接見日期已改為不辦理接見" in desk.page.text
    for query, found in {
        "from=2026-03-01": ["L-OLD", "L-1", "L-2", "L-3"],
        "until=2026-03-04": ["L-OLD", "L-1"],
        "source=phone": ["L-2"],
        "state=cancelled": ["L-3"],
        "attention=any": ["L-1"],
        "attention=day_off": ["L-1"],
        "inmate=0007": ["L-3"],
        "number=L-2": ["L-2"],
    }.items():
        assert numbers(desk.opens(f"{LIST}?{query}")) == found, query
    assert desk.opens(f"{LIST}?attention=x").errors


def test_a_person_is_found_by_post_only(each_database: str, desk: Office, inmate: Inmate) -> None:
    booked(inmate, number="L-1", visitor_name="李大同")
    factories.companion(booked(inmate, "2026-03-04 10:30", number="L-2"), id_number="A123456789")
    booked(inmate, number="L-3", applicant_id=None, grant_id=None, visitor_id_number="A123456789")
    booked(factories.inmate(), number="L-FOREIGN", visitor_name="李大同")
    search = desk.opens("/backoffice/desk/onsite/search/").form(button="查詢")
    assert numbers(desk.sends(search, {"name": "李大同"})) == ["L-1"]
    assert "李大同" not in desk.page.response.request.url
    assert numbers(desk.sends(search, {"id_number": "ａ123456789"})) == ["L-3", "L-2"]
    assert "身分證號" in desk.sends(search, {"id_number": "A1"}, expect=422).text
    desk.sends(search, {}, expect=422)
    assert "查無符合條件" in desk.sends(search, {"name": "李大同", "since": "2026-03-05"}).text


def test_the_page_of_a_booking_is_full_and_its_reading_logged(desk: Office, inmate: Inmate) -> None:
    factories.restriction(inmate)
    row = booked(inmate, visitor_certificate="1號", exception_reason="法院囑託")
    factories.companion(row, paper="學習律師證")
    page = desk.opens(f"/backoffice/desk/onsite/show/{row.id}")
    for words in ("禁止接見通信", "法院囑託", "學習律師證", "0609黃小萍", "1號"):
        assert words in page.text
    assert db.session.scalars(select(AuditEntry.event)).all() == ["reservation.opened"]
    foreign = booked(factories.inmate())
    for part in ("show", "change", "cancel", "clear", "mark/no_show"):
        desk.opens(f"/backoffice/desk/onsite/{part}/{foreign.id}", expect=404)
    desk.opens(f"/backoffice/desk/onsite/slip/{foreign.id}.pdf", expect=404)
    desk.opens(f"/backoffice/desk/onsite/mark/approve/{row.id}", expect=404)


def test_the_slip_is_a_pdf(desk: Office, inmate: Inmate) -> None:
    row = booked(inmate)
    answer = desk.opens(f"/backoffice/desk/onsite/slip/{row.id}.pdf").response
    assert answer.data.startswith(b"%PDF") and row.id not in answer.headers.get("Content-Disposition", "")


def test_a_telephone_booking(each_database: str, desk: Office, inmate: Inmate) -> None:
    guest = {"companions_0_name": "許書瑋", "companions_0_relation": "trainee_lawyer"}
    guest["companions_0_paper"] = "學習律師證"
    desk.opens(PHONE)
    page = desk.submits({**CALLER, **ARRIVAL, **guest, "phone": ""}, button="儲存預約", expect=422)
    assert len(page.errors) >= 1 and "聯絡電話格式不符" in page.text
    kept = page.form(button="儲存預約").filled({}, "儲存預約")
    assert (kept["name"], kept["companions_0_name"]) == (["王大明"], ["許書瑋"])
    mended = {"phone": "02-23456789", "companions_0_id_number": factories.id_number(5)}
    for at in ("10:61", "25:00", "十點半", "10"):
        page = desk.submits({**mended, "at": at}, button="儲存預約", expect=422)
        assert "請選擇接見日期及預計到達時間" in page.text and page.form(button="儲存預約").filled({})["at"] == [at]
    desk.submits({**mended, "at": "１０：３０"}, button="儲存預約")
    assert "預約已登記，列入待審核。" in desk.page.text and "請以電話告知" in desk.page.text
    row = the_booking()
    assert (row.source, row.state) == (BookingSource.PHONE, ReservationState.PENDING)
    assert [c.name for c in row.companions] == ["許書瑋"]
    listed = desk.opens("/backoffice/desk/bookings/").rows(".dk-table tbody tr[id]")
    assert "無帳號，結果請電話告知" in listed[0][7]


def test_a_broken_rule_asks_for_a_reason(browser_of: Desk, inmate: Inmate, clock_at: StoppedClock) -> None:
    clock_at("2026-03-03 16:10")
    desk = browser_of(factories.desk(inmate.agency))
    desk.opens(PHONE)
    page = desk.submits({**CALLER, **ARRIVAL}, button="儲存預約", expect=422)
    assert "此預約不符線上預約規則（已逾線上預約截止時間）" in page.text
    desk.submits({"exception_reason": "法院囑託"}, button="儲存預約")
    assert the_booking().exception_reason == "法院囑託"


def test_a_second_visit_is_offered_a_box(desk: Office, inmate: Inmate) -> None:
    for at in ("10:30", "09:30"):
        desk.opens(PHONE)
        desk.submits({**CALLER, **ARRIVAL, "at": at}, button="儲存預約", expect=200 if at == "10:30" else 422)
    desk.submits({"second_visit_confirmed": "y"}, button="儲存預約")
    assert len(db.session.scalars(select(Reservation)).all()) == 2


def test_one_more_line_saves_nothing(desk: Office, inmate: Inmate) -> None:
    desk.opens(PHONE)
    page = desk.submits({"name": "王大明"}, button="再加一人")
    assert "companions_2_name" in page.form(button="儲存預約").names
    assert page.form(button="儲存預約").filled({}, "")["name"] == ["王大明"]


def test_a_walk_in_is_warned_about_and_entered(each_database: str, desk: Office, inmate: Inmate) -> None:
    factories.restriction(inmate)
    desk.opens(WALK_IN)
    typed = {**CALLER, "occupation": "律師", "age": "45", "address": "桃園市"}
    page = desk.submits(typed, button="登記並報到")
    assert "禁止接見通信" in page.text and "無有效之服務項目" in page.text
    assert not db.session.scalars(select(Reservation)).all()
    desk.submits({}, button="確認登記")
    assert the_booking().state is ReservationState.CHECKED_IN and "桃園市" in desk.page.text
    assert numbers(desk.opens(f"{LIST}?source=walk_in")) == [the_booking().number]


def test_change_cancel_mark_and_clear(desk: Office, inmate: Inmate, clock_at: StoppedClock) -> None:
    row = booked(inmate, state=ReservationState.APPROVED, attention=Attention.GRANT_SUSPENDED)
    page = f"/backoffice/desk/onsite/show/{row.id}"
    desk.opens(page)
    desk.follows("清除注意事項")
    desk.submits({"note": ""}, button="確認", expect=422)
    desk.submits({"note": "仍受委任"}, button="確認")
    assert "注意事項已清除。" in desk.page.text
    desk.follows("變更預約")
    desk.submits({"at": "10:00"}, button="儲存變更", expect=422)
    desk.submits({"reason": "其他", "note": "律師來電"}, button="儲存變更")
    assert "預約已變更，待審核。通知信件已排入寄送。" in desk.page.text
    desk.follows("取消預約")
    desk.submits({"reason": "重複預約"}, button="確認")
    assert "機關取消" in desk.page.text
    other = booked(inmate, "2026-03-03 09:05", state=ReservationState.APPROVED)
    clock_at.passes(minutes=10)
    desk.opens(f"/backoffice/desk/onsite/show/{other.id}")
    desk.follows("未到")
    desk.submits({}, button="確認")
    sent = db.session.scalars(select(Notification.event)).all()
    assert sorted(sent) == ["booking_cancelled_by_agency", "booking_changed_by_agency", "visit_no_show"]


def test_a_form_that_is_behind_is_told(desk: Office, inmate: Inmate) -> None:
    row = booked(inmate)
    form = desk.opens(f"/backoffice/desk/onsite/cancel/{row.id}").form(button="確認")
    for version in ("9", "x", "9" * 5000):
        desk.sends(form, {"version": version, "reason": "重複預約"}, "確認", expect=409)


def test_headquarters_looks_and_enters_nothing(browser_of: Desk, inmate: Inmate) -> None:
    office = browser_of(factories.headquarters())
    row = booked(inmate)
    page = office.opens(f"/backoffice/desk/onsite/show/{row.id}")
    assert "取消預約" not in page.text
    for address in (PHONE, WALK_IN, f"/backoffice/desk/onsite/cancel/{row.id}"):
        office.opens(address, expect=403)


def test_the_alarm_on_the_front_page_leads_to_its_rows(
    browser_of: Desk, inmate: Inmate, clock_at: StoppedClock
) -> None:
    row = booked(inmate, number="L-1")
    booked(inmate, "2026-03-05 09:30", number="L-2")
    clock_at("2026-03-03 15:59")
    desk, officer = browser_of(factories.desk(inmate.agency)), browser_of(factories.officer(inmate.agency))
    assert not desk.opens("/backoffice/").words(".dk-alarm")
    clock_at("2026-03-03 16:00")
    assert "2026年3月4日（星期三）之預約律師接見尚有1件未審核" in desk.opens("/backoffice/").text
    listed = desk.follows("立即審核").rows(".dk-table tbody tr[id]")
    assert len(listed) == 1 and row.number in listed[0][0]
    assert not officer.opens("/backoffice/").words(".dk-alarm")
    assert clock.now() < row.arrives_at
