"""變更預約 in the portal, and the sentences of everything that comes between. Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import GrantState, InmateStatus, ReservationState
from app.transaction import transaction
from models import Applicant, Companion, Notification, Reservation, ServiceGrant
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Page, Visitor
from tests.views.portal.test_booking import PAPER, chooses, gets_to_the_time

THURSDAY, FRIDAY = "2026-03-05", "2026-03-06"
CALL = "目前無法線上預約，請洽該機關（電話：03-319-1119）。"


@pytest.fixture
def grant(lawyer: Applicant) -> ServiceGrant:
    """What the lawyer who has signed in may visit."""
    return factories.granted(
        lawyer, factories.inmate(factories.agency(name="測試看守所"), number="0609", name="黃小萍")
    )


@pytest.fixture
def booked(grant: ServiceGrant) -> Reservation:
    """An approved booking for Thursday at 09:30."""
    return factories.reservation(grant, clock.at(date(2026, 3, 5), time(9, 30)), state=ReservationState.APPROVED)


def path_of(row: Reservation, page: str = "") -> str:
    return f"/portal/bookings/{row.id}{page}"


def set_row(row: object, **columns: object) -> None:
    with transaction() as session:
        fresh = session.get_one(type(row), row.id)  # type: ignore[attr-defined]
        for name, value in columns.items():
            setattr(fresh, name, value)


def opens_change(visitor: Visitor, row: Reservation) -> Page:
    return visitor.opens(path_of(row, "/change"))


def test_day_time_and_companions_are_changed(visitor: Visitor, booked: Reservation) -> None:
    page = opens_change(visitor, booked)
    kept = [page.value(name) for name in ("visit_on", "half", "morning_hour", "morning_minute")]
    assert kept == [THURSDAY, "morning", "09", "30"] and "須由機關重新審核" in page.main
    page = chooses(visitor, day=FRIDAY, at="14:35", half="afternoon")
    assert page.path == path_of(booked, "/change/confirm")
    page = visitor.opens(path_of(booked, "/change"))
    page = visitor.sends(do="companions")
    assert page.path == path_of(booked, "/change/companions") and "變更預約" in page.main
    page = visitor.sends(do="next", name="許書瑋", id_number="F131104093", relation="trainee_lawyer", paper=PAPER)
    assert page.path == path_of(booked, "/change/confirm")
    for words in ("2026-03-05(星期四)", "2026-03-06(星期五)", "09:30", "14:35", "許書瑋", "本預約已審核通過"):
        assert words in page.main
    page = visitor.sends()
    assert page.path == path_of(booked) and "預約已變更，待機關審核。" in page.main and "待審核" in page.main
    assert booked.state is ReservationState.PENDING and f"{booked.arrives_local:%m-%d %H:%M}" == "03-06 14:35"
    assert [c.paper for c in booked.companions] == [PAPER]
    assert "預約已變更，待機關審核。" not in visitor.opens(path_of(booked)).main


def test_a_companion_is_taken_off(visitor: Visitor, booked: Reservation) -> None:
    factories.companion(booked, paper=PAPER)
    visitor.opens(path_of(booked, "/change/companions"))
    assert "林學律" not in visitor.sends("/companions/0/remove").main
    visitor.sends(do="next")
    visitor.sends()
    assert booked.companions == []


def test_nothing_changed_is_nothing_sent(visitor: Visitor, booked: Reservation) -> None:
    opens_change(visitor, booked)
    page = visitor.sends(do="next")
    assert "您沒有變更任何內容，預約維持不變。" in page.main and not page.tree.xpath("//button[text()='確認變更']")
    assert booked.state is ReservationState.APPROVED


def test_a_double_click_changes_once(visitor: Visitor, booked: Reservation) -> None:
    opens_change(visitor, booked)
    page = chooses(visitor, day=FRIDAY)
    first = visitor.sends()
    visitor.page = page
    second = visitor.sends()
    assert first.path == second.path and second.status == 200
    assert len(db.session.scalars(select(Notification)).all()) == 1


def test_what_another_tab_has_chosen_since_is_not_sent_unseen(visitor: Visitor, booked: Reservation) -> None:
    opens_change(visitor, booked)
    seen = chooses(visitor, day=FRIDAY)
    opens_change(visitor, booked)
    chooses(visitor, day="2026-03-09")
    visitor.page = seen
    page = visitor.sends()
    assert page.status == 409 and "已有異動" in page.main and "2026-03-09" in page.main
    assert visitor.sends().status == 200 and booked.visit_on == date(2026, 3, 9)


def test_a_booking_changed_in_another_tab(visitor: Visitor, booked: Reservation) -> None:
    opens_change(visitor, booked)
    chooses(visitor, day=FRIDAY)
    set_row(booked, remind_me=False)
    page = visitor.sends()
    assert page.status == 409 and "本件資料在您開啟後已有異動，您的內容未儲存。" in page.main
    assert booked.visit_on == date(2026, 3, 5)
    assert visitor.sends().path == path_of(booked) and booked.visit_on == date(2026, 3, 6)


def test_a_booking_decided_meanwhile(visitor: Visitor, booked: Reservation) -> None:
    opens_change(visitor, booked)
    chooses(visitor, day=FRIDAY)
    set_row(booked, state=ReservationState.INMATE_AWAY)
    page = visitor.sends()
    assert page.status == 409 and "本件目前狀態為「收容人不在監（所）」" in page.main
    assert opens_change(visitor, booked).status == 409


def test_after_the_deadline_only_cancelling_is_left(
    visitor: Visitor, lawyer: Applicant, booked: Reservation, clock_at: StoppedClock
) -> None:
    clock_at("2026-03-04 15:59:59")
    visitor.signs_in(lawyer)
    page = visitor.opens("/portal/bookings")
    assert "2026/03/04 16:00前可變更" in page.main and page.links("變更") and page.links("取消")
    assert opens_change(visitor, booked).status == 200
    chooses(visitor, day=FRIDAY)
    clock_at("2026-03-04 16:00:00")
    sentence = "已逾變更期限（2026年3月4日（星期三）16:00），請電洽機關（03-319-1119）辦理；如不克前往，仍可線上取消。"
    page = visitor.sends()
    assert page.status == 409 and sentence in page.main
    assert opens_change(visitor, booked).status == 409
    page = visitor.opens(path_of(booked))
    assert sentence in page.main and not page.links("變更預約") and page.links("取消預約")
    page = visitor.opens("/portal/bookings")
    assert "變更期限（2026/03/04 16:00）已過，仍可取消" in page.main
    assert page.links("取消") and not [link for link in page.links("變更") if "change" in link]
    visitor.opens(path_of(booked, "/cancel"))
    assert "申請人取消" in visitor.sends().main


def test_a_visit_whose_day_is_over_is_not_cancelled(
    visitor: Visitor, lawyer: Applicant, booked: Reservation, clock_at: StoppedClock
) -> None:
    clock_at("2026-03-05 23:59:59")
    visitor.signs_in(lawyer)
    page = visitor.opens(path_of(booked, "/cancel"))
    assert "確定要取消" in page.main
    clock_at("2026-03-06 00:00:00")
    sentence = "接見日期（2026年3月5日（星期四））已過，預約無法變更或取消。"
    page = visitor.sends()
    assert page.status == 409 and sentence in page.main
    page = visitor.opens(path_of(booked))
    assert sentence in page.main and not page.links("取消預約") and not page.links("變更預約")
    assert not visitor.opens("/portal/bookings").links("取消")
    assert sentence in opens_change(visitor, booked).main


def test_cancelling_twice_and_what_cannot_be_cancelled(visitor: Visitor, booked: Reservation) -> None:
    page = visitor.opens(path_of(booked, "/cancel"))
    visitor.sends()
    visitor.page = page
    assert visitor.sends().path == path_of(booked)
    assert visitor.opens(path_of(booked, "/cancel")).path == path_of(booked)


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        ({"state": GrantState.SUSPENDED}, "您目前沒有可用於該日期的律師接見服務項目"),
        ({"state": GrantState.REVOKED}, "您目前沒有可用於該日期的律師接見服務項目"),
        ({"until_on": date(2026, 3, 3)}, "您目前沒有可用於該日期的律師接見服務項目"),
        ({"state": GrantState.TO_CHECK}, CALL),
    ],
)
def test_a_grant_that_ended_in_another_tab(
    visitor: Visitor, grant: ServiceGrant, happens: dict[str, object], sentence: str
) -> None:
    gets_to_the_time(visitor, grant)
    set_row(grant, **happens)
    page = chooses(visitor)
    assert page.status == 422 and sentence in page.main
    set_row(grant, state=GrantState.ACTIVE, until_on=date(2026, 12, 31))
    chooses(visitor)
    set_row(grant, **happens)
    page = visitor.sends()
    assert page.status == 422 and sentence in page.main
    assert db.session.scalars(select(Reservation)).all() == []


@pytest.mark.parametrize("status", [InmateStatus.RELEASED, InmateStatus.TRANSFERRED])
def test_an_inmate_who_left_between_two_steps(visitor: Visitor, grant: ServiceGrant, status: InmateStatus) -> None:
    gets_to_the_time(visitor, grant)
    chooses(visitor)
    set_row(grant.inmate, status=status)
    page = visitor.sends()
    assert CALL in page.main and str(status.label) not in page.main


def test_the_page_of_a_booking_tells_a_changed_calendar(visitor: Visitor, booked: Reservation) -> None:
    factories.calendar_day(date(2026, 3, 5), name="颱風停班")
    assert "已改為不辦理接見（颱風停班）" in visitor.opens(path_of(booked)).main
    page = opens_change(visitor, booked)
    assert THURSDAY not in [option.get("value") for option in page.tree.iter("option")]
    page = chooses(visitor, day=THURSDAY)
    assert "2026年3月5日（星期四）為颱風停班，該機關不辦理接見。" in page.told("visit_on")


@pytest.mark.parametrize(
    ("day", "at", "sentence"),
    [
        ("2026-03-04", "10:61", "請選擇預計上午或下午到達，並選擇點、分。"),
        ("2026-03-04", "11:01", "預計到達時間以5分鐘為單位。請重新選擇，例如10點30分或10點35分。"),
        ("2026-03-04", "11:00", None),
        ("2026-03-01", "10:30", "2026年3月1日（星期日）已過，無法預約。最近可預約日期為2026年3月4日（星期三）。"),
        ("2026-03-08", "10:30", "2026年3月8日（星期日）為星期日，該機關不辦理接見。"),
        ("2026-03-07", "10:30", None),
        ("2026-03-14", "10:30", "為星期六，該機關不辦理接見。"),
    ],
)
def test_odd_days_and_times(visitor: Visitor, grant: ServiceGrant, day: str, at: str, sentence: str | None) -> None:
    factories.calendar_day(date(2026, 3, 7), is_working=True, name="補行上班日")  # a Saturday
    gets_to_the_time(visitor, grant)
    page = chooses(visitor, day=day, at=at)
    if sentence is None:
        assert page.path == "/portal/bookings/new/confirm"
    else:
        assert page.status == 422 and sentence in page.main


def test_monday_closes_on_a_make_up_saturday(
    visitor: Visitor, lawyer: Applicant, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    factories.calendar_day(date(2026, 3, 7), is_working=True, name="補行上班日")
    clock_at("2026-03-07 15:50")
    visitor.signs_in(lawyer)
    gets_to_the_time(visitor, grant)
    clock_at("2026-03-07 15:59:59")
    assert chooses(visitor, day="2026-03-09").path == "/portal/bookings/new/confirm"
    clock_at("2026-03-07 16:00:00")
    assert "已於2026年3月7日（星期六）16:00截止線上預約" in visitor.sends().main


def test_hours_that_change_are_told_and_hold_from_their_day(visitor: Visitor, grant: ServiceGrant) -> None:
    factories.parameter(grant.agency, "RAS", value="09:00", next_value="08:30", next_from_on=date(2026, 3, 6))
    page = gets_to_the_time(visitor, grant)
    assert "測試看守所開放律師到達時間為09:00~11:00及14:00~16:00。" in page.main
    assert "2026年3月6日（星期五）起，開放律師到達時間改為08:30~11:00及14:00~16:00。" in page.main
    page = chooses(visitor, day=THURSDAY, at="08:30")
    assert "須在測試看守所開放之09:00~11:00或14:00~16:00內" in page.told("half")
    assert chooses(visitor, day=FRIDAY, at="08:30").path == "/portal/bookings/new/confirm"


def test_whether_a_companion_holds_a_grant_is_not_to_be_seen(visitor: Visitor, grant: ServiceGrant) -> None:
    known = factories.applicant(id_number="A123456789", id_bound_at=clock.now())
    factories.granted(known, grant.inmate)
    seen = []
    for number, at, half in (("A123456789", "09:30", "morning"), ("F131104093", "14:30", "afternoon")):
        visitor.opens("/portal/bookings/new")
        visitor.sends(kind="lawyer_on_site")
        visitor.sends(grant_id=grant.id)
        visitor.sends(do="next", name="許書瑋", id_number=number, relation="lawyer", paper="1號")
        chooses(visitor, at=at, half=half)
        done = visitor.sends()
        assert "預約接見申請完成" in done.main
        detail = visitor.opens(done.path.removesuffix("/done"))
        seen.append([page.main.split("其他接見人")[1].split("接見日期")[0] for page in (done, detail)])
    assert seen[0] == seen[1]
    assert {c.grant_id is None for c in db.session.scalars(select(Companion))} == {True, False}
