"""行動接見 in a browser: a relative changes who comes, an officer gives a room, the relative reads how to join."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.rules.vocabulary import ReservationState, VisitKind
from tests import factories
from tests.browser.live import LiveServer
from tests.browser.person import Applicant, Staff
from tests.factories import PASSWORD
from tests.stillness import taiwan

pytestmark = pytest.mark.slow  # a browser and a server of its own


@pytest.fixture
def names(live: LiveServer) -> tuple[str, str, str, str]:
    """Mail of the relative, user name of the officer, id and number of the booking."""
    with live.app.app_context():
        agency = factories.agency(name="行動監獄")
        for kind in (VisitKind.FAMILY_MOBILE, VisitKind.LAWYER_MOBILE):
            factories.visit_rules(agency, kind)
        inmate = factories.inmate(agency, number="0609", name="黃小萍")
        factories.session_visit(inmate, VisitKind.LAWYER_MOBILE, room="行動一室", state=ReservationState.APPROVED)
        row = factories.session_visit(inmate, VisitKind.FAMILY_MOBILE, taiwan("2026-03-06 09:00"))
        assert row.applicant is not None
        return row.applicant.mail, str(factories.officer(agency).username), row.id, row.number


def test_a_mobile_visit(live: LiveServer, new_page: Callable[..., Page], names: tuple[str, str, str, str]) -> None:
    mail, username, booking, number = names
    relative, officer = Applicant(live, new_page(), "mobile-relative"), Staff(live, new_page(), "mobile-officer")
    relative.signs_in(mail, PASSWORD)
    relative.opens(f"/portal/bookings/{booking}")
    relative.checks("pending")
    relative.presses("變更其他接見人")
    relative.fills(name="黃小明", id_number="A123456789", birth_date="2001/03/10")
    relative.page.locator("#relation").select_option("child")
    relative.checks("people")
    relative.presses("下一步")
    relative.sees("黃小明（子女）")
    relative.checks("people-confirm")
    relative.presses("確認變更")
    relative.sees("預約已變更")
    officer.signs_in(username, PASSWORD)
    officer.opens("/backoffice/mobile-visits/list/")
    officer.sees(number)
    officer.checks("list")
    officer.page.get_by_role("link", name="審核").last.click()
    officer.checks("review")
    officer.page.get_by_label("審核通過").check()
    officer.fills(room="行動二室", minutes="99")
    officer.presses("儲存審核結果")
    officer.sees("1至60")
    officer.checks("refused")
    officer.fills(minutes="20")
    officer.presses("儲存審核結果")
    officer.sees("已審核為「審核通過」")
    officer.opens(f"/backoffice/mobile-visits/show/{booking}")
    officer.checks("show")
    officer.follows("安排設備室及時間")
    officer.checks("arrange")
    relative.opens(f"/portal/bookings/{booking}")
    relative.sees("請於10分鐘前備妥證件與設備")
    relative.checks("approved")
