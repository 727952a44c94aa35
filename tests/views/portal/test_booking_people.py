"""Other companions for a visit by session, and a lawyer's mobile visit. It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ReservationState, VisitKind
from app.transaction import end_reading, transaction
from models import Applicant, Reservation
from tests import factories
from tests.stillness import taiwan
from tests.views.portal.conftest import Visitor

FRIDAY = "2026-03-06T09:00:00+08:00"


@pytest.fixture
def booked(visitor: Visitor) -> Reservation:
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency)
    inmate = factories.inmate(agency, number="0609", name="黃小萍")
    row = factories.session_visit(inmate, starts_at=taiwan("2026-03-06 09:00"), state=ReservationState.APPROVED)
    assert row.applicant is not None
    visitor.signs_in(row.applicant)
    return row


def person(n: int, born: str = "1980/01/01") -> dict[str, str]:
    number = factories.id_number(8000 + n)
    return {"name": f"黃大{'一二三四'[n]}", "id_number": number, "relation": "sibling", "birth_date": born}


def test_companions_change_in_one_act(visitor: Visitor, booked: Reservation) -> None:
    own = f"/portal/bookings/{booked.id}"
    assert "變更其他接見人" in visitor.opens(own).main
    visitor.opens(f"{own}/people")
    for n in range(3):
        visitor.sends(do="add", **person(n))
    page = visitor.sends(do="next")
    assert "以3人為限" in page.main and "黃大三" in page.main and "修改其他接見人" in page.main
    page = visitor.opens(f"{own}/people")
    page = visitor.sends("/people/2/remove")
    assert "黃大三" not in page.main
    page = visitor.sends(to=f"{own}/people", do="next")
    assert "改為「待審核」" in page.main
    with transaction() as session:  # an officer is faster
        session.get_one(Reservation, booked.id).requested_on = taiwan("2026-03-02 09:00").date()
    page = visitor.sends()
    assert page.status == 409 and "黃大二" in page.main
    page = visitor.sends()
    assert "預約已變更" in page.main and "黃大一（兄弟姊妹）" in page.main and "待審核" in page.main
    end_reading()
    row = db.session.get_one(Reservation, booked.id)
    assert (row.persons, row.state, len(row.companions)) == (3, ReservationState.PENDING, 2)


def test_a_relative_from_abroad_comes_with_a_passport(visitor: Visitor, booked: Reservation) -> None:
    own = f"/portal/bookings/{booked.id}"
    visitor.opens(f"{own}/people")
    guest = {"name": "NGUYEN THI MAI", "relation": "spouse", "birth_date": "1990/01/01", "id_number": "C1234567"}
    page = visitor.sends(do="add", id_kind="passport", **guest)
    assert page.status == 422 and "請選擇護照之核發國家或地區" in page.told("id_country")
    assert (page.value("id_kind"), page.value("id_number")) == ("passport", "C1234567")
    page = visitor.sends(do="add", id_country="VN")
    assert "VN-C123****" in page.main and "C1234567" not in page.source
    visitor.sends(do="next")
    assert "預約已變更" in visitor.sends().main
    end_reading()
    [companion] = db.session.get_one(Reservation, booked.id).companions
    assert companion.id_number == "VN-C1234567"


def test_after_the_deadline_the_page_says_so(visitor: Visitor, booked: Reservation, clock_at) -> None:  # type: ignore[no-untyped-def]
    clock_at("2026-03-05 15:00")
    visitor.signs_in(booked.applicant)  # type: ignore[arg-type]
    page = visitor.opens(f"/portal/bookings/{booked.id}/people")
    assert page.status == 422 and "已逾取消或變更期限" in page.main
    assert "變更其他接見人" not in visitor.opens(f"/portal/bookings/{booked.id}").main


def test_a_lawyer_books_a_mobile_visit_and_is_told_how_to_join(visitor: Visitor) -> None:
    lawyer: Applicant = factories.applicant(name="陳律師")
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency, VisitKind.LAWYER_MOBILE, quota=[])
    grant_id = factories.granted(lawyer, factories.inmate(agency, number="0609", name="黃小萍")).id
    visitor.signs_in(lawyer)
    page = visitor.opens("/portal/bookings/new")
    assert "預約律師現場接見" in page.main and "預約律師行動接見" in page.main
    visitor.sends(kind="lawyer_mobile")
    page = visitor.sends(grant_id=grant_id)
    assert "將出示的文件" in page.main and "12歲" not in page.main
    visitor.sends(do="next")
    visitor.sends(session=FRIDAY)
    assert "預約接見申請完成" in visitor.sends().main
    booked = db.session.scalars(select(Reservation)).one()
    assert (booked.kind, booked.number[0]) == (VisitKind.LAWYER_MOBILE, "T")
    own = f"/portal/bookings/{booked.id}"
    assert "審核通過後，將於本頁及通知信件告知連線方式。" in visitor.opens(own).main
    with transaction() as session:
        row = session.get_one(Reservation, booked.id)
        row.state, row.decided_at = ReservationState.APPROVED, taiwan("2026-03-03 10:00")
    page = visitor.opens(own)
    assert "請於10分鐘前備妥證件與設備，依機關以您登記之聯絡方式所通知之連線方式進入。" in page.main
