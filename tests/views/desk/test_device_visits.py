"""行動接見申請, as officers and the desk go through it. It is Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.rules.vocabulary import ReservationState, VisitKind
from app.transaction import end_reading
from models import Agency, Inmate, Reservation
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock, taiwan
from tests.views.desk.conftest import Desk

LIST = "/backoffice/mobile-visits/list/"


@pytest.fixture
def inmate(agency: Agency) -> Inmate:
    return factories.inmate(agency, number="0609", name="黃小萍")


def now(row: Reservation) -> Reservation:
    end_reading()
    return db.session.get_one(Reservation, row.id)


def test_from_the_list_to_the_outcome(
    officer: Office, inmate: Inmate, browser_of: Desk, clock_at: StoppedClock
) -> None:
    row = factories.session_visit(inmate, VisitKind.FAMILY_MOBILE)
    factories.session_visit(inmate)
    factories.session_visit(factories.inmate(), VisitKind.FAMILY_MOBILE)
    other = factories.session_visit(inmate, VisitKind.LAWYER_MOBILE, room="A室", state=ReservationState.APPROVED)
    page = officer.opens(LIST)
    assert [cells[1] for cells in page.rows(".ab-table tbody tr")] == [row.number]  # 待審核, mobile, own agency
    assert "0609黃○○" in page.text and "林○○" in page.text and "未安排" in page.text and "黃小萍" not in page.text
    page = officer.follows(f"審核 {row.number}")
    assert "黃小萍" in page.text and f"同時段已使用之設備室：A室（{other.number}）" in page.text.replace(" ", "")
    page = officer.submits({"verdict": "approve", "room": "a室", "minutes": "999"}, expect=422)
    assert any("1至60" in sentence for sentence in page.errors)
    page = officer.submits({"minutes": "20"}, expect=409)  # what was typed stays
    assert "已安排預約" in page.text and other.number in page.text
    page = officer.submits({"room": "B室"})
    assert "已審核為「審核通過」" in page.text and page.address == LIST
    assert (now(row).state, now(row).room, now(row).minutes) == (ReservationState.APPROVED, "B室", 20)
    page = officer.opens(f"/backoffice/mobile-visits/show/{row.id}")
    assert "接見完成" not in page.text and "mobile" not in page.text
    clock_at("2026-03-04 10:30")
    officer = browser_of(factories.desk(inmate.agency))
    officer.opens(f"/backoffice/mobile-visits/show/{row.id}")
    officer.follows("接見完成")
    page = officer.submits({"note": "連線中斷一次"})
    assert "接見完成" in page.text and "實際接見起訖 10:00－10:20" in page.text


def test_a_colleagues_verdict_is_told_and_what_was_typed_stays(officer: Office, desk: Office, inmate: Inmate) -> None:
    row = factories.session_visit(inmate, VisitKind.LAWYER_MOBILE)
    officer.opens(f"/backoffice/mobile-visits/review/{row.id}")
    desk.opens(f"/backoffice/mobile-visits/review/{row.id}")
    desk.submits({"verdict": "reject", "reason": "重複預約"})
    page = officer.submits({"verdict": "approve", "room": "A室"}, expect=409)
    assert any("審核為「審核未通過」，您的結果未儲存。" in sentence for sentence in page.errors)
    assert now(row).state is ReservationState.REJECTED
    officer.opens(f"/backoffice/desk/family-visits/review/{row.id}", expect=404)


def test_relatives_on_site_have_the_same_pages(
    desk: Office, inmate: Inmate, browser_of: Desk, clock_at: StoppedClock
) -> None:
    row = factories.session_visit(inmate, starts_at=taiwan("2026-03-03 10:00"))
    assert row.number in desk.opens("/backoffice/desk/family-visits/list/").text
    page = desk.follows(f"審核 {row.number}")
    assert "設備室" not in page.text
    desk.submits({"verdict": "approve"})
    clock_at("2026-03-03 10:10")
    desk = browser_of(factories.desk(inmate.agency))
    desk.opens(f"/backoffice/desk/family-visits/show/{row.id}")
    desk.follows("未到")
    assert "已登記為「未到」" in desk.submits({"note": ""}).text
    assert now(row).state is ReservationState.NO_SHOW
