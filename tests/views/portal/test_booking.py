"""線上預約接見, step by step, and 預約紀錄查詢及異動. The clock stands at Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import ReservationState
from models import Applicant, Reservation, ServiceGrant
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Page, Visitor

WEDNESDAY = "2026-03-04"
PAPER = "(114)學律字第0123號"


@pytest.fixture
def grant(lawyer: Applicant) -> ServiceGrant:
    """What the lawyer who has signed in may visit."""
    inmate = factories.inmate(factories.agency(name="測試看守所"), number="0609", name="黃小萍")
    return factories.granted(lawyer, inmate)


def gets_to_companions(visitor: Visitor, grant: ServiceGrant) -> Page:
    grant_id = grant.id
    visitor.opens("/portal/bookings/new")
    visitor.sends(kind="lawyer_on_site")
    return visitor.sends(grant_id=grant_id)


def gets_to_the_time(visitor: Visitor, grant: ServiceGrant) -> Page:
    gets_to_companions(visitor, grant)
    return visitor.sends(do="next")


def chooses(visitor: Visitor, day: str = WEDNESDAY, at: str = "10:30", half: str = "morning") -> Page:
    hour, minute = at.split(":")
    return visitor.sends(do="next", visit_on=day, half=half, **{f"{half}_hour": hour, f"{half}_minute": minute})


def reservations() -> list[Reservation]:
    return list(db.session.scalars(select(Reservation).order_by(Reservation.created_at)))


def test_from_the_kind_to_the_number(visitor: Visitor, grant: ServiceGrant) -> None:
    page = gets_to_companions(visitor, grant)
    assert "3/5 選擇其他接見人" in page.main
    page = visitor.sends(do="add", name="許書瑋", id_number="F131104093", relation="trainee_lawyer", paper=PAPER)
    assert "許書瑋（學習律師） F13110****" in page.main and "F131104093" not in page.source

    page = visitor.sends(do="next")
    assert "09:00~11:00及14:00~16:00" in page.main and "16:00截止" in page.main
    assert "未預約者，仍得於機關接見時間至現場辦理" in page.main
    assert "各時段預約律師現場接見人數一覽表" in page.main and "2026-03-04(星期三)" in page.source

    page = chooses(visitor)
    for words in ("預約律師現場接見", "測試看守所", "0609黃○○", "許書瑋", "2026-03-04(星期三)", "10:30"):
        assert words in page.main

    page = visitor.sends()
    assert "預約接見申請完成" in page.main
    assert "惟實際開始時間仍須視前一位律師接見結束後方可進行安排" in page.main
    made = reservations()[0]
    assert made.number in page.main and made.remind_me and clock.local(made.arrives_at).time() == time(10, 30)
    assert [c.name for c in made.companions] == ["許書瑋"]
    assert page.row("10:00-11:00") == "1人"
    assert visitor.in_session("booking") is None


def test_what_was_typed_before_is_there_when_going_back(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_companions(visitor, grant)
    visitor.sends(do="add", name="許書瑋", id_number="F131104093", relation="trainee_lawyer", paper=PAPER)
    visitor.sends(do="next")
    chooses(visitor, at="14:35", half="afternoon")
    assert "許書瑋" in visitor.opens("/portal/bookings/new/companions").main
    page = visitor.opens("/portal/bookings/new/time")
    kept = [page.value(name) for name in ("visit_on", "half", "afternoon_hour", "afternoon_minute")]
    assert kept == [WEDNESDAY, "afternoon", "14", "35"]


def test_steps_cannot_be_jumped_over(visitor: Visitor, grant: ServiceGrant) -> None:
    assert visitor.opens("/portal/bookings/new/confirm").path == "/portal/bookings/new"
    gets_to_companions(visitor, grant)
    assert visitor.opens("/portal/bookings/new/confirm").path == "/portal/bookings/new/companions"


def test_without_a_grant_the_way_to_one_is_shown(visitor: Visitor, lawyer: Applicant) -> None:
    page = visitor.opens("/portal/bookings/new")
    assert "您目前沒有可預約接見之服務項目" in page.main
    assert "/portal/applications/new" in page.links("律師接見服務項目申請")


def test_a_step_without_a_choice(visitor: Visitor, grant: ServiceGrant) -> None:
    visitor.opens("/portal/bookings/new")
    assert visitor.sends(kind="family_mobile").told("kind") == "請選擇一項，再按「下一步」。"
    visitor.sends(kind="lawyer_on_site")
    page = visitor.sends(grant_id="nothing")
    assert page.status == 422 and page.told("grant_id")


def test_the_grant_of_somebody_else_is_no_choice(visitor: Visitor, grant: ServiceGrant) -> None:
    other = factories.granted().id
    visitor.opens("/portal/bookings/new")
    visitor.sends(kind="lawyer_on_site")
    assert visitor.sends(grant_id=other).status == 422


@pytest.mark.parametrize(
    ("typed", "beside", "sentence"),
    [
        ({"name": "許1"}, "name", "姓名須為1至50個字"),
        ({"id_number": "F131104094"}, "id_number", "格式不符"),
        ({"relation": ""}, "relation", "請選擇其他接見人的身分"),
        ({"paper": " "}, "paper", "以「學習律師」身分同行者，須出示學習律師證書字號"),
        ({"paper": "", "relation": "interpreter"}, "paper", "以「通譯」身分同行者，須出示法院或檢察官同意文件"),
        ({"paper": "字" * 101}, "paper", "至多100個字"),
    ],
)
def test_a_wrong_companion(
    visitor: Visitor, grant: ServiceGrant, typed: dict[str, str], beside: str, sentence: str
) -> None:
    right = {"name": "許書瑋", "id_number": "F131104093", "relation": "trainee_lawyer", "paper": PAPER}
    gets_to_companions(visitor, grant)
    page = visitor.sends(do="add", **{**right, **typed})
    assert page.status == 422 and sentence in page.told(beside)
    for name, kept in {**right, **typed}.items():
        assert page.value(name) == kept


def test_a_companion_in_the_fields_is_not_lost_by_going_on(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_companions(visitor, grant)
    page = visitor.sends(do="next", name="許書瑋", id_number="F131104093", relation="trainee_lawyer", paper=PAPER)
    assert page.path == "/portal/bookings/new/time"
    assert [person["name"] for person in visitor.in_session("booking")["companions"]] == ["許書瑋"]


def test_a_companion_can_be_taken_off(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_companions(visitor, grant)
    visitor.sends(do="add", name="許書瑋", id_number="F131104093", relation="trainee_lawyer", paper=PAPER)
    assert "許書瑋" not in visitor.sends("/remove").main


@pytest.mark.parametrize(
    ("day", "at", "half", "beside", "sentence"),
    [
        (WEDNESDAY, "11:05", "morning", "half", "預計到達時間須在測試看守所開放之09:00~11:00或14:00~16:00內"),
        (WEDNESDAY, "12:30", "morning", "half", "預計到達時間須在"),
        (WEDNESDAY, "10:33", "morning", "half", "以5分鐘為單位"),
        (WEDNESDAY, "25:00", "morning", "half", "請選擇預計上午或下午到達"),
        (WEDNESDAY, "10:30", "", "half", "請選擇預計上午或下午到達"),
        ("", "10:30", "morning", "visit_on", "請選擇接見日期"),
        ("2026-02-30", "10:30", "morning", "visit_on", "請選擇接見日期"),
        ("2026-03-02", "10:30", "morning", "visit_on", "已過，無法預約"),
        ("2026-03-03", "10:30", "morning", "visit_on", "截止線上預約"),
        ("2026-03-07", "10:30", "morning", "visit_on", "該機關不辦理接見"),
        ("2026-03-18", "10:30", "morning", "visit_on", "14天內"),
    ],
)
def test_a_wrong_time(
    visitor: Visitor, grant: ServiceGrant, day: str, at: str, half: str, beside: str, sentence: str
) -> None:
    gets_to_the_time(visitor, grant)
    hour, minute = at.split(":")
    page = visitor.sends(do="next", visit_on=day, half=half, morning_hour=hour, morning_minute=minute)
    assert page.status == 422
    assert sentence in page.told(beside)
    assert page.title.startswith("錯誤：")
    if day == WEDNESDAY:
        assert page.value("visit_on") == day


def test_after_four_the_next_day_is_closed(
    visitor: Visitor, lawyer: Applicant, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    clock_at("2026-03-03 15:50")
    visitor.signs_in(lawyer)
    gets_to_the_time(visitor, grant)
    clock_at("2026-03-03 15:59:59")
    assert chooses(visitor).path == "/portal/bookings/new/confirm"
    clock_at("2026-03-03 16:00")
    page = visitor.sends()
    assert page.status == 422
    assert "2026年3月4日（星期三）之接見已於2026年3月3日（星期二）16:00截止線上預約" in page.main
    assert reservations() == []


def test_the_table_of_another_day_is_shown_while_choosing(visitor: Visitor, grant: ServiceGrant) -> None:
    factories.reservation(grant, arrives_at=clock.at(clock.today().replace(day=5), time(14, 30)))
    gets_to_the_time(visitor, grant)
    page = visitor.sends(do="tally", visit_on="2026-03-05", half="morning")
    assert page.status == 200 and page.row("14:00-15:00") == "1人"
    assert (page.value("visit_on"), page.value("half")) == ("2026-03-05", "morning")


def test_a_double_click_is_one_booking(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_the_time(visitor, grant)
    page = chooses(visitor)
    first = visitor.sends()
    visitor.page = page
    second = visitor.sends()
    assert first.path == second.path and second.status == 200
    assert len(reservations()) == 1


def test_two_clicks_at_the_same_moment_are_one_booking(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_the_time(visitor, grant)
    page = chooses(visitor)
    draft = visitor.in_session("booking")
    first = visitor.sends()
    with visitor.client.session_transaction() as held:  # as the second request saw it before the first was done
        held["booking"] = draft
        del held["booked"]
    visitor.page = page
    second = visitor.sends()
    assert first.path == second.path
    assert len(reservations()) == 1


def test_a_second_booking_in_the_same_half_day_is_asked_about(visitor: Visitor, grant: ServiceGrant) -> None:
    first = factories.reservation(grant, arrives_at=clock.at(clock.today().replace(day=4), time(9, 30)))
    gets_to_the_time(visitor, grant)
    chooses(visitor)
    page = visitor.sends()
    assert page.status == 422
    assert "您於同一時段已預約接見該收容人（09:30到達）" in page.told("again")
    assert f"/portal/bookings/{first.id}/change" in page.links("變更原預約")
    page = visitor.sends(again="y")
    assert "預約接見申請完成" in page.main
    assert len(reservations()) == 2


def test_no_reminder_when_none_is_wanted(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_the_time(visitor, grant)
    page = chooses(visitor)
    form = page.form()
    form.fields["remind_me"] = None
    visitor.sends()
    assert not reservations()[0].remind_me


def test_mine_are_listed_and_one_is_cancelled(visitor: Visitor, grant: ServiceGrant) -> None:
    reservation = factories.reservation(grant)
    number, path = reservation.number, f"/portal/bookings/{reservation.id}"
    page = visitor.opens("/portal/bookings")
    assert number in page.main and "待審核" in page.main and path in page.links(number)
    assert {f"{path}/{act}" for act in ("change", "cancel", "slip", "calendar")} <= set(page.links(number))
    page = visitor.opens(f"{path}/cancel")
    assert "確定要取消這項預約嗎？" in page.main
    page = visitor.sends()
    assert page.path == path and "申請人取消" in page.main and not page.links("取消預約")
    assert reservations()[0].state == ReservationState.CANCELLED


def test_a_reservation_that_changed_meanwhile_is_not_cancelled_unseen(visitor: Visitor, grant: ServiceGrant) -> None:
    reservation = factories.reservation(grant)
    visitor.opens(f"/portal/bookings/{reservation.id}/cancel")
    page = visitor.sends(version="99")
    assert page.status == 409 and "已有異動" in page.main


def test_a_strangers_reservation_does_not_exist(stranger: Visitor, visitor: Visitor, grant: ServiceGrant) -> None:
    reservation = factories.reservation(grant)
    path = f"/portal/bookings/{reservation.id}"
    for page in (path, f"{path}/done", f"{path}/cancel", f"{path}/change", f"{path}/change/companions"):
        assert visitor.opens(page).status == 200
        seen = stranger.opens(page)
        assert seen.status == 404 and "查無此資料，或您無權查看。" in seen.main
    stranger.opens("/portal/bookings/new")
    visitor.opens(f"{path}/cancel")
    token = stranger.opens("/portal/applications/new").value("csrf_token")
    response = stranger.client.post(f"{path}/cancel", data={"csrf_token": token, "version": "1"})
    assert response.status_code == 404
    assert reservations()[0].state == ReservationState.PENDING


def test_a_session_that_has_ended_leads_back_to_the_step(
    visitor: Visitor, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    gets_to_the_time(visitor, grant)
    clock_at.passes(hours=1)
    page = chooses(visitor)
    assert page.path == "/portal/login"
    assert "next=/portal/bookings/new/time" in page.address
