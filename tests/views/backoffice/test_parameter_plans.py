"""系統參數設定(機關): a change with 生效日期, what is planned, and the bookings that it leaves outside."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import Attention
from models import Agency, AgencyParameter, Reservation
from tests import factories
from tests.doors import Office
from tests.stillness import taiwan


@pytest.fixture
def agency(app: object) -> Agency:
    return factories.agency({"RAS": "09:00", "RAE": "11:00"}, name="桃園女子監獄")


@pytest.fixture
def officer(app: object, agency: Agency) -> Office:
    return Office(app.test_client()).is_signed_in_as(factories.officer(agency))  # type: ignore[attr-defined]


def row(code: str = "RAS") -> AgencyParameter:
    db.session.rollback()
    return db.session.scalars(select(AgencyParameter).where(AgencyParameter.code == code)).one()


def address() -> str:
    return f"/backoffice/parameters/edit/{row().id}"


def test_a_change_is_planned_shown_and_withdrawn(officer: Office) -> None:
    page = officer.opens(address())
    assert "先改「迄」再改「起」" in page.text and "留空或輸入今日為立即生效" in page.text
    page = officer.submits({"value": "8:30", "next_from_on": "2026-03-10"})
    assert page.rows()[0][:4] == ["桃園女子監獄", "RAS", "09:00（2026/03/10起：08:30）", "現場律師接見上午時間起"]
    page = officer.opens(address())
    assert "2026/03/10起之參數值已預定為「08:30」" in page.text
    assert page.form(button="儲存").filled({})["value"] == ["09:00"], "the form begins with what is in force"
    page = officer.submits(button="取消預定之變更")
    assert page.rows()[0][2] == "09:00" and "已取消預定之變更。" in page.text
    assert (row().value, row().next_value) == ("09:00", None)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-03-02", "「生效日期」不可早於今日。請改選今日以後之日期，或留空以立即生效。"),
        ("2027-03-04", "「生效日期」至遲為2027年3月3日（星期三）（一年內）。請重新選擇。"),
        ("2026-02-30", "「生效日期」須為存在的日期，例如2026/03/03。請重新輸入。"),
    ],
)
def test_a_day_that_cannot_be_is_told_beside_its_field(officer: Office, day: str, sentence: str) -> None:
    officer.opens(address())
    page = officer.submits({"value": "08:30", "next_from_on": day}, expect=422)
    assert page.words("#next_from_on-error") == sentence
    assert row().value == "09:00"


def test_bookings_outside_are_listed_before_anything_is_saved(officer: Office, agency: Agency) -> None:
    held = factories.inmate(agency)
    visit = factories.reservation(factories.granted(about=held), taiwan("2026-03-10 09:10"), visitor_name="陳大文")
    visit_id, number = visit.id, visit.number
    officer.opens(address())
    page = officer.submits({"value": "09:30"}, expect=409)
    assert "儲存後將有1件已預約案件落在時段外，請先處理或設定生效日期。" in page.errors[0]
    assert page.rows() == [[number, "2026/03/10", "09:10", "陳○○", "待審核"]]
    assert row().value == "09:00" and "陳大文" not in page.text
    page = officer.submits({"next_from_on": "2026-03-11"}, button="儲存")  # a start date after it
    assert page.rows()[0][2] == "09:00（2026/03/11起：09:30）"
    officer.opens(address())
    officer.submits({"value": "09:30"}, expect=409)
    officer.submits(button="仍要儲存")
    assert row().value == "09:30"
    assert db.session.get_one(Reservation, visit_id).attention == Attention.OUTSIDE_HOURS


def test_a_plan_with_bookings_is_withdrawn_after_they_were_shown(officer: Office, agency: Agency) -> None:
    officer.opens(address())
    officer.submits({"value": "08:30", "next_from_on": "2026-03-10"})
    factories.reservation(factories.granted(about=factories.inmate(agency)), taiwan("2026-03-10 08:40"))
    officer.opens(address())
    page = officer.submits(button="取消預定之變更", expect=409)
    assert len(page.rows()) == 1 and row().next_from_on == date(2026, 3, 10)
    officer.submits(button="仍要取消預定之變更")
    assert row().next_from_on is None
    form = page.form(button="仍要取消預定之變更")
    assert "本件資料在您開啟後已有異動" in officer.sends(form, expect=409).text


def test_another_agencys_plan_is_not_there(app: object, agency: Agency, officer: Office) -> None:
    stranger = Office(app.test_client()).is_signed_in_as(factories.officer(factories.agency()))  # type: ignore[attr-defined]
    officer.opens(address())
    token = stranger.opens("/backoffice/").form(button="登出").filled({})
    answer = stranger.client.post(address().replace("edit", "withdraw"), data=token)
    assert answer.status_code == 404
