"""停止辦理接見 in a browser: the officer's screens, and what the booker and the public see, at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.extensions import db
from app.rules.vocabulary import VisitKind
from app.security import Actor
from app.services import place_holds, session_bookings
from app.services.session_bookings import SessionBooking
from models import Reservation
from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Applicant, Staff
from tests.factories import PASSWORD
from tests.stillness import taiwan

pytestmark = pytest.mark.slow  # a browser and a server of its own


@pytest.fixture
def people(live: LiveServer) -> tuple[str, str, str, str]:
    """An officer, a relative with a booking on Thursday at nine, that booking, and the agency."""
    with live.app.app_context():
        agency = factories.agency(name="停止監獄")
        agency_id, officer = agency.id, str(factories.officer(agency).username)
        factories.visit_rules(agency)
        relative = factories.relative(factories.inmate(agency, number="0609", name="黃小萍"))
        applicant_id, mail = relative.applicant_id, relative.applicant.mail
        place_holds.take(applicant_id, relative.id, VisitKind.FAMILY_ON_SITE, taiwan("2026-03-05 09:00"))
        actor = Actor("applicant", applicant_id, "林小美")
        booked = session_bookings.confirm(applicant_id, SessionBooking("form-1"), actor)
        assert db.session.get(Reservation, booked) is not None
    return officer, mail, booked, agency_id


def test_a_typhoon_day(
    live: LiveServer, browser_page: Page, new_page: Callable[..., Page], people: tuple[str, str, str, str]
) -> None:
    username, mail, booked, agency_id = people
    officer, page = Staff(live, browser_page, "closures"), browser_page
    officer.signs_in(username, PASSWORD)
    officer.opens("/backoffice/closures/new")
    officer.presses("列出受影響之預約")
    officer.sees("請輸入停止辦理之起日及迄日")
    officer.checks("mistake")
    page.get_by_label("起日", exact=True).fill("2026-03-05")
    page.get_by_label("常用原因").select_option("颱風停止上班")
    officer.presses("列出受影響之預約")
    officer.sees("受影響之預約（1件）")
    officer.checks("hits")
    officer.presses("確認停止辦理")
    officer.sees("未回覆 1")
    officer.checks("answers")
    officer.follows("延長回覆期限")
    officer.checks("extend")
    officer.opens("/backoffice/closures/list/")
    officer.checks("list")

    wife = Applicant(live, new_page(), "closed")
    wife.signs_in(mail, PASSWORD)
    wife.opens("/portal/bookings")
    wife.checks("bookings")
    wife.opens(f"/portal/bookings/{booked}")
    wife.sees("停止監獄因颱風停止上班")
    wife.checks("booking")
    wife.presses("改選時段")
    wife.sees("原時段已停止辦理接見")
    wife.checks("week")
    wife.opens(f"/portal/hours?agency_id={agency_id}")
    wife.sees("停止辦理接見公告")
    wife.checks("hours")
