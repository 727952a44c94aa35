"""Another tab or device has chosen something else since the confirmation page was shown: nothing is booked unseen."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import VisitKind
from app.services import place_holds
from app.transaction import end_reading
from models import Applicant, Reservation
from tests import factories
from tests.stillness import taiwan
from tests.views.portal.conftest import Visitor
from tests.views.portal.test_booking import chooses, gets_to_the_time, reservations
from tests.views.portal.test_booking_sessions import FRIDAY, THURSDAY, books, gets_to_the_week


def relatives(applicant: Applicant):  # type: ignore[no-untyped-def]
    """A grant of a relative, at an agency with a timetable."""
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency)
    return factories.relative(factories.inmate(agency, number="0609", name="黃小萍"), applicant)


def test_what_another_tab_has_chosen_since_is_not_booked_unseen(visitor: Visitor, lawyer: Applicant) -> None:
    grant = factories.granted(lawyer, factories.inmate(factories.agency(name="測試看守所")))
    gets_to_the_time(visitor, grant)
    seen = chooses(visitor, day="2026-03-05")
    visitor.opens("/portal/bookings/new/time")
    chooses(visitor, day="2026-03-06")
    visitor.page = seen
    page = visitor.sends()
    assert page.status == 409 and "已於另一視窗或裝置變更預約內容，本次尚未送出" in page.main
    assert "2026-03-06" in page.main and reservations() == []
    assert "預約接見申請完成" in visitor.sends().main
    assert [made.visit_on.isoformat() for made in reservations()] == ["2026-03-06"]


def test_what_another_tab_holds_by_now_is_not_booked_unseen(visitor: Visitor, lawyer: Applicant) -> None:
    grant = relatives(lawyer)
    booked = books(visitor, grant)
    change, old = f"/portal/bookings/{booked.id}/session", booked.visit_on
    visitor.opens(change)
    seen = visitor.sends(session=FRIDAY)
    visitor.opens(change)
    visitor.sends(session="2026-03-09T09:00:00+08:00")
    visitor.page = seen
    page = visitor.sends()
    assert page.status == 409 and "本頁原列內容未送出" in page.main and "2026-03-09(星期一) 09:00" in page.main
    end_reading()
    assert db.session.scalars(select(Reservation)).one().visit_on == old
    visitor.sends()
    end_reading()
    assert db.session.scalars(select(Reservation)).one().visit_on.isoformat() == "2026-03-09"


def test_another_device_that_holds_another_place_is_told(visitor: Visitor, lawyer: Applicant) -> None:
    grant = relatives(lawyer)
    applicant_id, grant_id = grant.applicant_id, grant.id
    gets_to_the_week(visitor, grant)
    visitor.sends(session=THURSDAY)
    end_reading()
    place_holds.take(applicant_id, grant_id, VisitKind.FAMILY_ON_SITE, taiwan("2026-03-06 09:00"))
    page = visitor.sends()
    assert page.status == 409 and "本頁原列內容未送出" in page.main and "2026-03-06(星期五) 09:00" in page.main
    assert db.session.scalars(select(Reservation)).all() == []
