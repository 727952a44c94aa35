"""A relative books by session, changes, cancels. The clock stands at Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select

from app.extensions import db
from app.rules.vocabulary import Attention, ReservationState, ServiceItem, VisitKind
from app.services import place_holds
from app.transaction import end_reading, transaction
from models import Applicant, PlaceHold, Reservation, ServiceGrant, VisitSession
from tests import factories
from tests.stillness import StoppedClock, taiwan
from tests.views.portal.conftest import Page, Visitor

THURSDAY, FRIDAY = "2026-03-05T09:00:00+08:00", "2026-03-06T09:00:00+08:00"


@pytest.fixture
def wife(visitor: Visitor) -> Applicant:
    """A relative who has signed in with ``visitor``."""
    applicant = factories.applicant(name="林小美")
    visitor.signs_in(applicant)
    return applicant


@pytest.fixture
def grant(wife: Applicant) -> ServiceGrant:
    agency = factories.agency(name="測試監獄")
    factories.visit_rules(agency, notes="請由側門進入。")
    return factories.relative(factories.inmate(agency, number="0609", name="黃小萍"), wife)


def gets_to_the_week(visitor: Visitor, grant: ServiceGrant) -> Page:
    grant_id = grant.id
    visitor.opens("/portal/bookings/new")
    visitor.sends(kind="family_on_site")
    visitor.sends(grant_id=grant_id)
    return visitor.sends(do="next")


def books(visitor: Visitor, grant: ServiceGrant) -> Reservation:
    gets_to_the_week(visitor, grant)
    visitor.sends(session=THURSDAY)
    visitor.sends()
    return db.session.scalars(select(Reservation)).one()


def taken(at: str) -> int:
    end_reading()
    where = VisitSession.starts_at == taiwan(at[:16].replace("T", " "))
    return int(db.session.scalar(select(VisitSession.taken).where(where)) or 0)


def test_from_the_kind_to_the_number(visitor: Visitor, grant: ServiceGrant) -> None:
    grant_id = grant.id
    page = visitor.opens("/portal/bookings/new")
    assert "預約現場接見" in page.main and "預約遠距接見" not in page.main and "律師現場" not in page.main
    visitor.sends(kind="family_on_site")
    page = visitor.sends(grant_id=grant_id)
    assert "未滿12歲者不計入人數" in page.main and "將出示的文件" not in page.main
    child = {"name": "黃小明", "id_number": factories.id_number(), "relation": "child", "birth_date": "2015/03/10"}
    page = visitor.sends(do="add", **child)
    assert "黃小明（子女）" in page.main
    page = visitor.sends(do="next")
    assert "2026-03-05(星期四)" in page.main and "預約09:00－09:30" in page.main and "尚餘2名額" in page.main
    assert "請由側門進入。" in page.main
    page = visitor.sends(session=THURSDAY)
    assert "此時段為您保留至09:10" in page.main and "2026-03-05(星期四) 09:00" in page.main
    page = visitor.sends()
    booked = db.session.scalars(select(Reservation)).one()
    assert "預約接見申請完成" in page.main and booked.number in page.main and "律師" not in page.main
    assert (booked.persons, booked.companions[0].name, booked.remind_me) == (1, "黃小明", True)
    assert "09:00" in visitor.opens(f"/portal/bookings/{booked.id}").main


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59:59-12:00", "9999-12-31T20:00+00:00", "24:00"])
def test_the_ends_of_the_calendar_are_no_session(visitor: Visitor, grant: ServiceGrant, at: str) -> None:
    gets_to_the_week(visitor, grant)
    page = visitor.sends(session=at)
    assert page.status == 422 and "請選擇一個可預約的時段" in page.main


def test_why_not_and_when_again_stand_in_the_week(visitor: Visitor, grant: ServiceGrant) -> None:
    others = [factories.relative(factories.inmate(grant.agency)) for _ in range(2)]
    for other in others:
        place_holds.take(other.applicant_id, other.id, "family_on_site", taiwan("2026-03-05 09:00"))  # type: ignore[arg-type]
    page = gets_to_the_week(visitor, grant)
    assert "2026年3月5日（星期四）09:00已額滿。最近可預約之時段為2026年3月5日（星期四）10:00。" in page.main
    assert "已於2026年3月2日（星期一）17:00截止預約" in page.main
    assert "自2026年3月4日（星期三）08:00起開放預約" in page.main
    page = visitor.sends(session=THURSDAY)
    assert page.status == 422 and "已額滿" in page.main and visitor.in_session("booking")["companions_seen"]


def test_a_restriction_is_one_neutral_sentence(visitor: Visitor, grant: ServiceGrant) -> None:
    factories.restriction(grant.inmate)
    page = gets_to_the_week(visitor, grant)
    assert "目前無法線上預約，請洽該機關（電話：03-319-1119）。" in page.main
    assert "禁止" not in page.main and "預約09:00" not in page.main


def test_the_hold_runs_out_while_typing(visitor: Visitor, grant: ServiceGrant, clock_at: StoppedClock) -> None:
    gets_to_the_week(visitor, grant)
    visitor.sends(session=THURSDAY)
    page = visitor.sends("/bookings/hold/extend")
    assert "已延長保留10分鐘" in page.main and "尚可延長1次" in page.main
    clock_at.passes(minutes=11)
    page = visitor.sends(to="/portal/bookings/new/session/confirm", key=visitor.in_session("booking")["key"])
    assert page.status == 409 and "保留時間已到" in page.main and "重新選擇時段" in page.main
    assert db.session.scalar(select(func.count()).select_from(Reservation)) == 0
    page = visitor.opens("/portal/bookings/new/session")
    page = visitor.sends(session=THURSDAY)
    assert "此時段為您保留至" in page.main


def test_one_form_sent_nine_times(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_the_week(visitor, grant)
    page = visitor.sends(session=THURSDAY)
    data = dict(page.form().form_values())
    pages = [visitor.sends(to="/portal/bookings/new/session/confirm", **data) for _ in range(1)]
    for _ in range(8):
        answer = visitor.client.post("/portal/bookings/new/session/confirm", data=data, follow_redirects=True)
        pages.append(Page(answer))
    assert {page.status for page in pages} == {200} and all("預約接見申請完成" in page.main for page in pages)
    assert taken(THURSDAY) == 1 and db.session.scalar(select(func.count()).select_from(Reservation)) == 1


def test_changing_keeps_the_old_place_until_the_new_one_is_booked(visitor: Visitor, grant: ServiceGrant) -> None:
    booked = books(visitor, grant)
    own, number = booked.id, booked.number
    page = visitor.opens(f"/portal/bookings/{own}/change")
    assert "原預約：2026-03-05(星期四) 09:00" in page.main
    page = visitor.sends(session=FRIDAY)
    assert "原時段" in page.main and "新時段" in page.main and (taken(THURSDAY), taken(FRIDAY)) == (1, 1)
    page = visitor.sends()
    assert "預約已變更" in page.main and number in page.main
    assert (taken(THURSDAY), taken(FRIDAY)) == (0, 1)


def test_ones_own_place_is_not_taken_by_somebody_else(visitor: Visitor, grant: ServiceGrant) -> None:
    other = factories.relative(factories.inmate(grant.agency))
    place_holds.take(other.applicant_id, other.id, VisitKind.FAMILY_ON_SITE, taiwan("2026-03-05 09:00"))
    booked = books(visitor, grant).id  # both places are taken now
    page = visitor.opens(f"/portal/bookings/{booked}/change")
    assert "已額滿" not in page.main and THURSDAY not in page.source
    visitor.sends(session=FRIDAY)
    assert "尚餘2名額" in visitor.opens(f"/portal/bookings/{booked}/change").main.split("2026-03-06")[1][:40]


def test_a_closed_day_is_said_once(visitor: Visitor, grant: ServiceGrant) -> None:
    factories.closure(grant.agency, from_at=taiwan("2026-03-05 00:00"), until_at=taiwan("2026-03-06 00:00"))
    page = gets_to_the_week(visitor, grant)
    assert page.main.count("2026年3月5日（星期四）09:00、10:00因颱風停止上班停止辦理接見。") == 1


def test_a_timetable_that_was_changed_under_a_booking_is_told(visitor: Visitor, grant: ServiceGrant) -> None:
    own = books(visitor, grant).id
    with transaction() as session:
        session.get_one(Reservation, own).attention = Attention.OUTSIDE_HOURS  # visit_rules_changes.save
    assert "您的預約仍依原時段保留" in visitor.opens(f"/portal/bookings/{own}").main


def test_two_windows_confirm_what_stands_on_them(visitor: Visitor, grant: ServiceGrant) -> None:
    own = books(visitor, grant).id
    visitor.opens(f"/portal/bookings/{own}/change")
    visitor.sends(session=FRIDAY)
    seen = visitor.page  # the change to Friday stays open
    gets_to_the_week(visitor, grant)
    visitor.sends(session="2026-03-05T10:00:00+08:00")
    visitor.page, new = seen, visitor.page
    page = visitor.sends()
    assert page.status == 409 and "您已在其他視窗改選時段" in page.main and "重新選擇時段" in page.main
    assert db.session.get_one(Reservation, own).visit_on.isoformat() == "2026-03-05"
    visitor.page = new
    assert "預約接見申請完成" in visitor.sends().main


def test_cancelling_and_its_deadline(
    visitor: Visitor, wife: Applicant, grant: ServiceGrant, clock_at: StoppedClock
) -> None:
    booked = books(visitor, grant)
    own = booked.id
    clock_at("2026-03-04 15:00")
    visitor.signs_in(wife)
    page = visitor.opens(f"/portal/bookings/{own}")
    assert "已逾取消或變更期限（2026年3月4日（星期三）15:00）" in page.main and not page.links("取消預約")
    page = visitor.opens("/portal/bookings")
    assert "變更及取消期限（2026/03/04 15:00）已過" in page.main and page.links("查看") and not page.links("取消")
    clock_at("2026-03-04 14:59")
    visitor.signs_in(wife)
    page = visitor.opens("/portal/bookings")
    assert "2026/03/04 15:00前可變更或取消" in page.main and page.links("取消")
    visitor.opens(f"/portal/bookings/{own}/cancel")
    page = visitor.sends()
    assert "預約已取消。" in page.main and taken(THURSDAY) == 0
    assert db.session.get_one(Reservation, own).state is ReservationState.CANCELLED


def test_foreign_bookings_do_not_exist(visitor: Visitor, grant: ServiceGrant, stranger: Visitor) -> None:
    own = books(visitor, grant).id
    for path in ("session", "session/confirm"):
        assert stranger.opens(f"/portal/bookings/{own}/{path}").status == 404


def test_an_agency_without_a_timetable_says_so(visitor: Visitor, wife: Applicant) -> None:
    grant = factories.relative(factories.inmate(), wife, item=ServiceItem.ON_SITE_VISIT)
    assert "目前沒有公告可線上預約之時段" in gets_to_the_week(visitor, grant).main
    assert db.session.scalar(select(PlaceHold.id)) is None


def test_a_week_costs_few_statements(visitor: Visitor, grant: ServiceGrant) -> None:
    gets_to_the_week(visitor, grant)
    seen: list[str] = []

    def sees(_c: object, _x: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", sees)
    visitor.opens("/portal/bookings/new/session")
    event.remove(db.engine, "before_cursor_execute", sees)
    own = [
        s for s in seen if any(t in s for t in ("visit_", "place_hold", "reservation", "calendar_day", "FROM inmate"))
    ]
    assert len(own) <= 7 and len(seen) <= 10, seen
