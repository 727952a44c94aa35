"""預約接見明細 and the calendar's entry: for the booker only, neutral outside, complete on paper."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from app import clock
from app.rules.vocabulary import ReservationState
from app.security import Actor
from app.services import booking_changes
from models import Applicant, Reservation
from tests import factories
from tests.views.portal.conftest import Visitor

THURSDAY = date(2026, 3, 5)


@pytest.fixture
def booked(lawyer: Applicant) -> Reservation:
    """An approved booking for Thursday at 09:30, with a companion."""
    agency = factories.agency(name="測試監獄", full_name="法務部矯正署測試監獄")
    grant = factories.granted(lawyer, factories.inmate(agency, number="0609", name="黃小萍"))
    arrives = clock.at(THURSDAY, time(9, 30))
    row = factories.reservation(grant, arrives, number="L260305-ABC234", state=ReservationState.APPROVED)
    factories.companion(row, name="Nguyen Thi Hanh", paper="同意函")
    return row


def slip_of(visitor: Visitor, row: Reservation) -> str:
    answer = visitor.client.get(f"/portal/bookings/{row.id}/slip")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="booking-L260305-ABC234.pdf"'
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.data)).pages)


def entry_of(visitor: Visitor, row: Reservation) -> tuple[str, object]:
    answer = visitor.client.get(f"/portal/bookings/{row.id}/calendar")
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="booking-L260305-ABC234.ics"'
    [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    return answer.get_data(as_text=True).replace("\r\n ", ""), event


def test_the_slip_names_everything_in_full(visitor: Visitor, booked: Reservation) -> None:
    text = slip_of(visitor, booked)
    for words in (
        "預約接見明細",
        "法務部矯正署測試監獄",
        "L260305-ABC234",
        "中華民國115年3月5日（星期四）",
        "09:30",
    ):
        assert words in text
    for words in ("0609", "黃小萍", "陳律師", "NguyenThiHanh（學習律師）", "審核通過", "請持本明細及證件至接見室報到"):
        assert words in text


def test_a_pending_one_says_so(visitor: Visitor, booked: Reservation) -> None:
    wanted = booking_changes.BookingChange(THURSDAY, time(10, 0), booked.version)
    booking_changes.change(str(booked.applicant_id), booked.id, wanted, Actor("applicant"))
    text = slip_of(visitor, booked)
    assert "待審核（尚未核准，審核結果將以電子郵件通知）" in text and "10:00" in text


def test_the_slip_in_english(visitor: Visitor, booked: Reservation) -> None:
    visitor.client.post("/portal/language", data={"locale": "en"}, headers={"Origin": "http://localhost"})
    text = slip_of(visitor, booked)
    assert "Visitslip" in text and "Thursday,5March2026" in text and "Approved" in text


def test_what_will_not_take_place_has_no_slip(visitor: Visitor, booked: Reservation) -> None:
    booking_changes.cancel(str(booked.applicant_id), booked.id, booked.version, Actor("applicant"))
    page = visitor.opens(f"/portal/bookings/{booked.id}/slip")
    assert page.status == 409 and "本件目前狀態為「申請人取消」" in page.main
    assert not visitor.opens(f"/portal/bookings/{booked.id}").links("下載預約接見明細")


def test_the_entry_is_discreet_and_follows_the_booking(visitor: Visitor, booked: Reservation) -> None:
    text, event = entry_of(visitor, booked)
    assert (event["SUMMARY"], event["STATUS"], event["SEQUENCE"]) == ("預約 L260305-ABC234", "CONFIRMED", 1)
    assert event["DTSTART"].dt == clock.at(THURSDAY, time(9, 30))
    for word in ("監", "獄", "矯正", "收容", "接見", "黃小萍", "黃", "0609", "律師", "龜山"):
        assert word not in text
    uid = event["UID"]
    wanted = booking_changes.BookingChange(THURSDAY, time(10, 0), booked.version)
    booking_changes.change(str(booked.applicant_id), booked.id, wanted, Actor("applicant"))
    _text, event = entry_of(visitor, booked)
    assert (event["UID"], event["STATUS"], event["SEQUENCE"] > 1) == (uid, "TENTATIVE", True)
    sequence = event["SEQUENCE"]
    booking_changes.cancel(str(booked.applicant_id), booked.id, booked.version, Actor("applicant"))
    _text, event = entry_of(visitor, booked)
    assert (event["UID"], event["STATUS"], event["SEQUENCE"] > sequence) == (uid, "CANCELLED", True)


@pytest.mark.parametrize("page", ["slip", "calendar"])
def test_nobody_else_gets_them(visitor: Visitor, stranger: Visitor, booked: Reservation, page: str) -> None:
    address = f"/portal/bookings/{booked.id}/{page}"
    assert visitor.client.get(address).status_code == 200
    assert stranger.opens(address).status == 404
    visitor.sends("/logout")
    assert visitor.opens(address).path == "/portal/login"
