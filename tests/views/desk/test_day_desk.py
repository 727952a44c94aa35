"""當日接見報到, the board and the waiting room's screen, as the desk and the room see them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import ReservationState, VisitKind
from app.services import waiting_screens
from app.session import BY_ITSELF
from models import Agency, AuditEntry, Reservation
from tests import factories
from tests.doors import Office, Visitor
from tests.stillness import StoppedClock, taiwan

DAY, BOARD = "/backoffice/desk/day/", "/backoffice/desk/board/"


@pytest.fixture
def visit(agency: Agency) -> Reservation:
    grant = factories.granted(about=factories.inmate(agency, number="0609", name="黃小萍"))
    columns = {"number": "L260303-ABC234", "visitor_name": "李大同", "state": ReservationState.APPROVED}
    return factories.reservation(grant, taiwan("2026-03-03 09:30"), **columns)


def stands(visit: Reservation) -> ReservationState:
    return db.session.scalars(select(Reservation.state).where(Reservation.id == visit.id)).one()


def test_a_code_leads_to_the_check_in_and_through_the_visit(
    each_database: str, desk: Office, visit: Reservation
) -> None:
    desk.opens(DAY)
    page = desk.submits({"find": "l260303-abc234"}, form="find")
    assert page.address == f"/backoffice/desk/day/visit/{visit.id}" and "請查驗接見人及同行人" in page.text
    assert "開始接見" not in page.text.partition("處理經過")[0].partition("本次接見")[0]
    desk.submits({}, button="查驗無誤，報到")
    assert desk.page.address == DAY and "李大同：已報到，候見號碼1。" in desk.page.text
    assert stands(visit) is ReservationState.CHECKED_IN
    desk.submits({}, button="開始接見")
    desk.submits({}, button="結束接見")
    assert stands(visit) is ReservationState.COMPLETED
    desk.follows("檢視")
    desk.submits({}, button="復原上一步")
    assert "已復原上一步。" in desk.page.text and stands(visit) is ReservationState.IN_PROGRESS
    events = db.session.scalars(select(AuditEntry.event)).all()
    assert {"reservation.day_desk", "reservation.day_find", "reservation.opened"} <= set(events)


def test_what_is_typed_stays_out_of_addresses_and_several_are_offered(desk: Office, visit: Reservation) -> None:
    factories.reservation(
        factories.granted(about=visit.inmate),
        taiwan("2026-03-03 10:00"),
        visitor_name="李大明",
        kind=VisitKind.FAMILY_REMOTE,
        room="第2視訊室",
        state=ReservationState.APPROVED,
    )
    desk.opens(DAY)
    page = desk.submits({"find": "李大"}, form="find")
    assert "查得2件，請選擇" in page.text and "第2視訊室" in page.text
    assert "李大" not in page.response.request.url and page.form("find").filled({})["find"] == [""]
    page = desk.submits({"find": "9999"}, form="find", expect=422)
    assert page.errors and "今日查無符合的預約" in page.errors[0]
    assert page.form("find").filled({})["find"] == ["9999"]


def test_two_desks_at_once_and_other_agencies(desk: Office, visit: Reservation, clock_at: StoppedClock) -> None:
    clock_at("2026-03-03 09:05")
    address = f"/backoffice/desk/day/visit/{visit.id}"
    desk.opens(address)
    form = desk.page.form(button="查驗無誤，報到")
    desk.sends(form)
    page = desk.sends(form, expect=409)
    assert "本件已由林美玲於09:05登記，目前狀態為「已報到」" in page.errors[0]
    page = desk.submits({"note": "不願出房"}, button="收容人拒絕接見")
    assert stands(visit) is ReservationState.REFUSED_BY_INMATE and "已登記為「收容人拒絕接見」" in page.text
    assert desk.client.post(f"{address}/approve").status_code in (400, 404)
    foreign = factories.reservation(None, taiwan("2026-03-03 09:30"), number="L260303-XYZ234")
    desk.opens(f"/backoffice/desk/day/visit/{foreign.id}", expect=404)
    desk.opens(f"{DAY}?agency={foreign.agency_id}", expect=404)
    desk.opens(DAY)
    assert "不屬於本機關" in desk.submits({"find": "L260303-XYZ234"}, form="find", expect=422).text


def test_the_board_masks_and_the_screen_shows_numbers_only(
    desk: Office, visit: Reservation, clock_at: StoppedClock
) -> None:
    desk.opens(f"/backoffice/desk/day/visit/{visit.id}")
    desk.submits({}, button="查驗無誤，報到")
    page = desk.opens(BOARD)
    assert "李○○" in page.text and "李大同" not in page.text and "即將輪到" in page.text
    screen = page.link("候見室螢幕")
    room = Visitor(desk.client.application.test_client())
    shown = room.opens(screen)
    assert "桃園女子監獄" in shown.text and "即將輪到" in shown.text
    assert not any(word in shown.response.get_data(as_text=True) for word in ("李", "黃", "0609", "L260303"))
    assert not shown.response.headers.getlist("Set-Cookie")
    room.opens(screen[:-1], expect=404)
    room.opens(screen.replace(visit.agency_id, factories.agency().id), expect=404)
    assert screen == f"/portal/screen/{waiting_screens.token(visit.agency_id)}"

    desk.follows("更換網址")
    form = desk.page.form(button="更換網址")
    page = desk.sends(form)
    assert page.address == BOARD and "候見室螢幕之網址已更換" in page.text
    room.opens(screen, expect=404)
    room.opens(page.link("候見室螢幕"))
    assert "已由他人更換" in desk.sends(form, expect=409).errors[0]


def test_a_board_that_fetches_itself_keeps_nobody_signed_in(
    desk: Office, agency: Agency, clock_at: StoppedClock
) -> None:
    desk.opens(BOARD)
    looks = select(AuditEntry.id).where(AuditEntry.event == "reservation.board")
    before = desk.session_row().seen_at  # type: ignore[union-attr]
    clock_at.passes(minutes=8)
    assert desk.client.get(BOARD, headers={BY_ITSELF: "1"}).status_code == 200
    assert desk.session_row().seen_at == before and len(db.session.scalars(looks).all()) == 1  # type: ignore[union-attr]
    desk.opens(BOARD)
    assert len(db.session.scalars(looks).all()) == 2 and clock.now() > before


def test_a_passport_is_taken_at_the_desk(desk: Office, agency: Agency) -> None:
    factories.inmate(agency, number="0609")
    desk.opens("/backoffice/desk/walk-ins/")
    typed = {"inmate_number": "0609", "name": "Nguyen Thi", "relation": "interpreter", "id_kind": "passport"}
    typed |= {"id_number": "c1234567", "occupation": "通譯", "age": "45", "address": "桃園市"}
    assert "請選擇護照之核發國家或地區" in desk.submits(typed, button="登記並報到", expect=422).text
    desk.submits({"id_country": "VN"}, button="登記並報到")
    desk.submits({}, button="確認登記")
    row = db.session.scalars(select(Reservation)).one()
    assert (row.visitor_id_number, row.queue_number) == ("VN-C1234567", 1)


def test_a_walk_in_typed_wrong_is_taken_back_from_its_page(desk: Office, agency: Agency) -> None:
    factories.inmate(agency, number="0609")
    desk.opens("/backoffice/desk/walk-ins/")
    typed = {"inmate_number": "0609", "name": "趙律師", "relation": "lawyer", "certificate": "(99)臺檢證字第9號"}
    typed |= {"id_number": factories.id_number(), "occupation": "律師", "age": "45", "address": "桃園市"}
    desk.submits(typed, button="登記並報到")
    desk.submits({}, button="確認登記")
    page = desk.follows("取消現場登記")
    assert "登記錯誤者" not in page.text and "候見號碼收回" in page.text
    page = desk.submits({"reason": ""}, button="確認取消現場登記", expect=422)
    assert "請填寫取消現場登記之原因" in page.text
    page = desk.submits({"reason": "呼號登錄錯誤"}, button="確認取消現場登記")
    assert "趙律師：現場登記已取消。" in page.text
    row = db.session.scalars(select(Reservation)).one()
    page = desk.opens(f"/backoffice/desk/onsite/show/{row.id}")
    assert "機關取消" in page.text and "呼號登錄錯誤" in page.text and "取消現場登記" in page.text
