"""帳號權限管理: headquarters makes, changes and shuts accounts; nobody shuts the last of headquarters out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import StaffRole
from app.security import SYSTEM, Actor
from app.services import second_factor, staff, staff_accounts
from app.transaction import end_reading
from models import AuditEntry, Officer, SessionKind
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock
from tests.views.backoffice.test_own_account import HOME, SIGN_IN

LIST = "/backoffice/staff/list/"
ADD = "/backoffice/staff/add"


@pytest.fixture
def chief(app: Flask) -> Officer:
    """Somebody of headquarters."""
    return factories.headquarters(last_name="陳", first_name="志強")


@pytest.fixture
def person(client: FlaskClient, chief: Officer) -> Office:
    """That person, signed in, who has given the password again."""
    staff.ensure_roles()
    door = Office(client)
    door.signs_in(chief)
    door.opens(ADD)
    door.confirms()
    return door


def account(username: str) -> Officer:
    end_reading()
    return db.session.scalars(select(Officer).where(Officer.username == username)).one()


def filled(**changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "username": "lin.mei",
        "family_name": "林",
        "given_name": "美玲",
        "email": "lin@mail.example.gov.tw",
        "roles": [StaffRole.VISIT_DESK.value],
    }
    return {**fields, **changes}


def test_the_list_says_who_may_what_until_when(person: Office) -> None:
    agency = factories.agency(name="桃園女子監獄")
    factories.officer(agency, username="b1", valid_until=clock.today(), has_second_factor=False)
    factories.desk(agency, username="b2", active=False)
    factories.officer(agency, username="b3", valid_until=clock.today() - timedelta(days=1))
    factories.officer(agency, username="b4", signed_in_at=clock.now() - timedelta(days=91))
    rows = {row[0]: row for row in person.opens(LIST).rows()}
    assert rows["b1"][1:5] == ["王小明", "桃園女子監獄", "機關專責人員", "2026/03/03"]
    assert rows["b1"][6:8] == ["使用中", "尚未設定"]
    assert [rows[name][6] for name in ("b2", "b3", "b4")] == ["已停用", "已逾期", "閒置停用"]


def test_somebody_new_gets_a_password_that_is_shown_once(app: Flask, person: Office) -> None:
    agency = factories.agency()
    person.opens(ADD)
    page = person.submits(filled(agencies=[agency.id], valid_until="2026-12-31"))
    password = page.words("#starting-password")
    assert "僅顯示這一次" in page.text and len(password) == 16
    made = account("lin.mei")
    assert made.must_change_password and made.agencies == [agency] and str(made.valid_until) == "2026-12-31"
    assert made.email == "lin@mail.example.gov.tw" and made.full_name == "林美玲"
    new = Office(app.test_client())
    assert new.gives_password(made, password).address == "/backoffice/login/password/"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": "x"}, "帳號須為3至64個英文字母"),
        ({"username": "林美玲"}, "帳號須為3至64個英文字母"),
        ({"family_name": " "}, "請填寫「姓」"),
        ({"email": "nobody"}, "電子郵件格式不正確"),
        ({"roles": []}, "請至少選擇一個角色"),
        ({"roles": ["VisitDesk"], "agencies": []}, "須至少選擇一個機關"),
        ({"roles": ["Auditor", "Headquarters"]}, "「稽核」不可與其他角色併用"),
        ({"roles": ["Admin"]}, "「角色」沒有這個選項"),
        ({"agencies": ["no-such-agency"]}, "「機關」沒有這個選項"),
        ({"valid_until": "2026-02-30"}, "須為存在的日期"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(person: Office, wrong: dict[str, object], sentence: str) -> None:
    factories.agency()
    person.opens(ADD)
    assert sentence in person.submits(filled(**wrong), expect=422).text
    kept = person.page.form().filled({})
    assert kept["given_name"] == ["美玲"], "what was typed stays"


def test_two_people_never_share_a_name(person: Office) -> None:
    fields = filled(roles=["Auditor"])
    person.opens(ADD)
    person.submits(fields)
    person.opens(ADD)
    assert "已有相同帳號或電子郵件" in person.submits(fields, expect=409).text


def test_only_the_roles_of_the_allow_list_are_offered(person: Office) -> None:
    page = person.opens(ADD)
    offered = {box.get("value") for box in page.tree.xpath("//input[@name='roles']")}
    assert offered == set(StaffRole.values()) and "Admin" not in page.text


def test_other_roles_end_the_sessions(app: Flask, person: Office) -> None:
    officer = factories.officer()
    other = Office(app.test_client())
    other.signs_in(officer)
    person.opens(f"/backoffice/staff/edit/{officer.id}")
    person.submits({"roles": ["VisitDesk"], "given_name": "大明"})
    assert "已儲存" in person.page.text
    assert [role.name for role in account(officer.username).roles] == ["VisitDesk"]
    assert other.opens(HOME).address == SIGN_IN


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(person: Office) -> None:
    officer = factories.officer()
    person.opens(f"/backoffice/staff/edit/{officer.id}")
    staff_accounts.disable(officer.id, SYSTEM)
    assert "已有異動" in person.submits({"given_name": "大明"}, expect=409).text
    assert account(officer.username).first_name == "小明"


def test_an_account_is_shut_at_once_and_opened_again(app: Flask, person: Office) -> None:
    officer = factories.officer()
    other = Office(app.test_client())
    other.signs_in(officer)
    person.opens(f"/backoffice/staff/show/{officer.id}")
    person.follows("停用帳號")
    person.submits(button="停用帳號")
    assert other.opens(HOME).address == SIGN_IN and not account(officer.username).active
    other.gives_password(officer, expect=422)
    person.opens(f"/backoffice/staff/show/{officer.id}")
    person.follows("啟用帳號")
    person.submits(button="啟用帳號")
    assert other.signs_in(officer).address == HOME
    events = set(db.session.scalars(select(AuditEntry.event)))
    assert {"officer.disable", "officer.enable"} <= events


def test_a_forgotten_password_is_given_anew(app: Flask, person: Office) -> None:
    officer = factories.officer()
    other = Office(app.test_client())
    for _time in range(5):
        other.gives_password(officer, "wrong", expect=None)
    person.opens(f"/backoffice/staff/reset-password/{officer.id}")
    password = person.submits(button="重設密碼").words("#starting-password")
    other.gives_password(officer, expect=422)
    other.gives_password(officer, password)
    assert other.submits({"code": other.code_of(officer)}).address == "/backoffice/login/password/"


def test_a_lost_telephone_is_forgotten(app: Flask, person: Office) -> None:
    officer = factories.officer()
    person.opens(f"/backoffice/staff/reset-second-factor/{officer.id}")
    person.submits(button="重設兩步驟驗證")
    assert not second_factor.is_set_up(SessionKind.STAFF, str(officer.id))
    assert Office(app.test_client()).gives_password(officer).address == "/backoffice/login/set-up/"


def test_the_list_says_who_is_locked_and_headquarters_lifts_it(app: Flask, person: Office) -> None:
    officer, calm = factories.officer(username="b1"), factories.officer(username="b2")
    other = Office(app.test_client())
    for _time in range(5):
        other.gives_password(officer, "wrong", expect=None)
    states = {row[0]: row[6] for row in person.opens(LIST).rows()}
    assert (states["b1"], states["b2"]) == ("鎖定中（至09:15）", "使用中")
    assert "鎖定15分鐘" in other.gives_password(officer, expect=429).text
    person.opens(f"/backoffice/staff/show/{officer.id}")
    person.follows("解除鎖定")
    person.submits(button="解除鎖定")
    assert {row[0]: row[6] for row in person.opens(LIST).rows()}["b1"] == "使用中"
    assert other.signs_in(officer).address == HOME
    assert "officer.lift_lock" in db.session.scalars(select(AuditEntry.event)).all()
    assert "解除鎖定" not in person.opens(f"/backoffice/staff/show/{calm.id}").text
    page = person.opens(f"/backoffice/staff/lift-lock/{calm.id}")
    assert "目前沒有鎖定" in person.sends(page.form("lift-lock"), expect=409).text


def test_wrong_codes_lock_too_and_the_lock_ends_by_itself(
    app: Flask, person: Office, chief: Officer, clock_at: StoppedClock
) -> None:
    officer = factories.officer(username="b1")
    other = Office(app.test_client())
    other.gives_password(officer)
    for _time in range(5):
        other.submits({"code": "not a code"}, expect=None)
    assert {row[0]: row[6] for row in person.opens(LIST).rows()}["b1"].startswith("鎖定中")
    clock_at.passes(minutes=15)
    person.signs_in(chief)
    assert {row[0]: row[6] for row in person.opens(LIST).rows()}["b1"] == "使用中"


@pytest.mark.parametrize("act", ["disable", "reset-password", "reset-second-factor", "lift-lock"])
def test_nobody_does_it_to_oneself(person: Office, chief: Officer, act: str) -> None:
    factories.headquarters()
    page = person.opens(f"/backoffice/staff/{act}/{chief.id}")
    assert "不可對自己的帳號" in person.sends(page.form(), expect=409).text


@pytest.mark.parametrize("change", [{"roles": ["Auditor"]}, {"valid_until": "2026-03-02"}])
def test_nobody_takes_the_own_keys_away(person: Office, chief: Officer, change: dict[str, object]) -> None:
    factories.headquarters()
    person.opens(f"/backoffice/staff/edit/{chief.id}")
    assert "不可對自己的帳號" in person.submits(change, expect=409).text
    person.opens(LIST)


def test_the_last_of_headquarters_stays(app: Flask, reference_data: None) -> None:
    staff.ensure_roles()
    last, spare = factories.headquarters(), factories.headquarters(active=False)
    with pytest.raises(staff_accounts.LastHeadquarters):
        staff_accounts.disable(last.id, SYSTEM)
    data = staff_accounts.AccountData("陳", "志強", "x@y.example", (StaffRole.AUDITOR,), ())
    with pytest.raises(staff_accounts.LastHeadquarters):
        staff_accounts.change(last.id, data, staff_accounts.seen(last), SYSTEM)
    staff_accounts.enable(spare.id, SYSTEM)
    staff_accounts.disable(last.id, Actor("staff", str(spare.id)))


def test_nothing_is_changed_before_the_password_is_given_again(client: FlaskClient, chief: Officer) -> None:
    officer, person = factories.officer(), Office(client)
    person.signs_in(chief)
    token = person.opens(HOME).form("/logout/").filled({})["csrf_token"]
    for path in (ADD, *(f"/backoffice/staff/{act}/{officer.id}" for act in ("edit", "disable", "reset-password"))):
        assert person.opens(path).title == "再次確認密碼"
        answer = client.post(path, data={"csrf_token": token})
        assert answer.status_code == 302 and "/account/confirm/" in answer.location
    assert account(officer.username).active


def test_a_starting_password_keeps_the_rules(app: Flask) -> None:
    found = {staff_accounts.starting_password() for _time in range(50)}
    assert len(found) == 50 and all(not set(p) & set("0O1lI") for p in found)
