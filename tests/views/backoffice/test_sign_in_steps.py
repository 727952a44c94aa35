"""After the password: a code, a new password, the set-up; until the last step nobody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import StaffRole
from app.security import SYSTEM, Actor
from app.services import second_factor, staff_accounts
from app.transaction import transaction
from models import BrowserSession, Officer, SessionKind
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock

CODE, PASSWORD, SET_UP = (f"/backoffice/login/{part}/" for part in ("code", "password", "set-up"))
HOME = "/backoffice/"
LOCKED = "登入失敗已達5次，帳號鎖定15分鐘。您可於09:15後再試"
NEW = "Pine-Lake-Cloud-7"
STAFF = SessionKind.STAFF


@pytest.fixture
def person(client: FlaskClient) -> Office:
    return Office(client)


def secret_on(person: Office) -> str:
    return person.page.words(".ab-secret").replace(" ", "")


def code_for(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()))


def test_the_code_of_the_telephone_opens_the_door(person: Office) -> None:
    officer = factories.officer()
    assert person.gives_password(officer).address == CODE
    assert "王小明，您好" in person.submits({"code": person.code_of(officer)}).text
    assert db.session.scalars(select(Officer.signed_in_at)).one() == clock.now()


def test_a_code_works_once(app: Flask, person: Office) -> None:
    officer = factories.officer()
    code = person.code_of(officer)
    person.gives_password(officer)
    person.submits({"code": code})
    other = Office(app.test_client())
    other.gives_password(officer)
    assert "驗證碼不正確或已使用過" in other.submits({"code": code}, expect=422).text


@pytest.mark.parametrize("typed", ["000000", "12345", "１２３４５６", "驗證碼", "\x07", "' OR 1=1 --", "-" * 32])
def test_a_wrong_code_is_refused_in_words(person: Office, typed: str) -> None:
    person.gives_password(factories.officer())
    assert "驗證碼不正確或已使用過" in person.submits({"code": typed}, expect=422).text
    assert person.opens(HOME).address == "/backoffice/login/"


def test_a_code_typed_with_chinese_digits_is_the_same_code(person: Office) -> None:
    officer = factories.officer()
    person.gives_password(officer)
    wide = person.code_of(officer).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert person.submits({"code": f"{wide[:3]} {wide[3:]}"}).address == HOME


def test_the_fifth_wrong_code_locks_the_second_step(person: Office, clock_at: StoppedClock) -> None:
    officer = factories.officer()
    person.gives_password(officer)
    for _time in range(4):
        person.submits({"code": "000000"}, expect=422)
    assert LOCKED in person.submits({"code": "000000"}, expect=429).text
    assert LOCKED in person.submits({"code": person.code_of(officer)}, expect=429).text
    clock_at.passes(minutes=15)
    person.gives_password(officer)
    assert person.submits({"code": person.code_of(officer)}).address == HOME


def test_the_fifth_wrong_password_locks_the_account(person: Office, clock_at: StoppedClock) -> None:
    officer = factories.officer()
    for _time in range(4):
        assert "帳號、密碼或驗證碼不正確" in person.gives_password(officer, "wrong", expect=422).text
    assert LOCKED in person.gives_password(officer, "wrong", expect=429).text
    assert LOCKED in person.gives_password(officer, expect=429).text
    clock_at.passes(minutes=15)
    assert person.gives_password(officer).address == CODE


def test_a_recovery_code_does_instead_once(app: Flask, person: Office) -> None:
    officer = factories.officer()
    codes = second_factor.renew_codes(STAFF, str(officer.id), SYSTEM)
    person.gives_password(officer)
    assert person.submits({"code": codes[0].lower().replace("-", " ")}).address == HOME
    other = Office(app.test_client())
    other.gives_password(officer)
    other.submits({"code": codes[0]}, expect=422)
    assert other.submits({"code": codes[1]}).address == HOME
    assert second_factor.codes_left(STAFF, str(officer.id)) == 8


def test_whoever_has_only_given_a_password_reaches_nothing_else(person: Office) -> None:
    person.gives_password(factories.headquarters())
    for path in (HOME, "/backoffice/staff/list/", "/backoffice/account/", "/auditor/", "/backoffice/parameters/list/"):
        assert person.opens(path).address == "/backoffice/login/"
    for path in (PASSWORD, SET_UP, "/backoffice/login/qr.png"):
        assert person.opens(path).address == CODE, "the other steps are not this person's"
    assert not db.session.scalar(select(BrowserSession.subject_id).where(BrowserSession.subject_id.is_not(None)))


def test_each_step_has_a_new_session_number(app: Flask, person: Office) -> None:
    officer, numbers = factories.officer(), []
    person.opens("/backoffice/login/")
    for step in range(3):
        if step == 1:
            person.gives_password(officer)
        if step == 2:
            person.submits({"code": person.code_of(officer)})
        cookie = person.client.get_cookie("staff")
        assert cookie is not None
        numbers.append(cookie.value)
    assert len(set(numbers)) == 3
    for number in numbers[:2]:
        thief = Office(app.test_client())
        thief.client.set_cookie("staff", number)
        assert thief.opens(HOME).address == "/backoffice/login/"
        assert thief.opens(CODE).address == "/backoffice/login/"


def test_the_way_in_is_open_for_ten_minutes(person: Office, clock_at: StoppedClock) -> None:
    officer = factories.officer()
    person.gives_password(officer)
    clock_at.passes(minutes=10)
    page = person.submits({"code": person.code_of(officer)})
    assert page.address == "/backoffice/login/" and "登入步驟逾時" in page.text


@pytest.mark.parametrize("act", [staff_accounts.disable, staff_accounts.reset_password])
def test_headquarters_stops_somebody_on_the_way_in(person: Office, act: Callable[[int, Actor], object]) -> None:
    officer = factories.officer()
    person.gives_password(officer)
    act(officer.id, SYSTEM)
    assert person.submits({"code": person.code_of(officer)}).address == "/backoffice/login/"


def test_giving_up_ends_the_way_in(person: Office) -> None:
    person.gives_password(factories.officer())
    assert "登入系統" in person.submits(form="/backoffice/logout/", button="放棄登入").title
    assert person.opens(CODE).address == "/backoffice/login/"


def test_the_first_time_a_password_is_chosen_and_a_telephone_set_up(person: Office) -> None:
    officer = factories.officer(must_change_password=True, has_second_factor=False)
    assert person.gives_password(officer).address == PASSWORD
    assert "請先變更密碼再繼續" in person.page.text
    for path in (HOME, SET_UP, CODE):
        assert person.opens(path).address in ("/backoffice/login/", PASSWORD)
    person.opens(PASSWORD)
    fields = {"current": factories.PASSWORD, "password": NEW, "password_again": NEW}
    person.submits({"current": "wrong", "password": NEW, "password_again": NEW}, expect=422)
    assert "目前的密碼不正確" in person.page.text
    assert person.submits(fields).address == SET_UP
    picture = person.client.get("/backoffice/login/qr.png")
    assert picture.mimetype == "image/png" and picture.headers["Cache-Control"] == "no-store"
    secret = secret_on(person)
    person.submits({"code": "000000"}, expect=422)
    assert secret_on(person) == secret, "the picture that was photographed stays good"
    page = person.submits({"code": code_for(secret)})
    assert "僅顯示這一次" in page.text
    assert "王小明，您好" in person.follows("已保存備用碼，繼續").text
    assert second_factor.codes_left(STAFF, str(officer.id)) == 10
    assert person.opens(SET_UP).address == HOME, "the codes are shown once"


def test_a_secret_that_was_seen_on_another_way_in_is_worth_nothing(app: Flask, person: Office) -> None:
    officer = factories.officer(has_second_factor=False)
    thief = Office(app.test_client())
    thief.gives_password(officer)
    person.gives_password(officer)
    assert secret_on(thief) != secret_on(person)
    person.submits({"code": code_for(secret_on(person))})
    assert thief.submits({"code": code_for(secret_on(thief))}).address == CODE, "it is set up: the code is asked for"


def test_a_password_of_ninety_days_is_changed_after_the_code(person: Office, clock_at: StoppedClock) -> None:
    officer = factories.officer(password_set_at=clock.now() - timedelta(days=91))
    assert person.gives_password(officer).address == CODE
    assert person.submits({"code": person.code_of(officer)}).address == PASSWORD
    assert "超過90天" in person.page.text
    assert person.opens(HOME).address == "/backoffice/login/"
    person.opens(PASSWORD)
    fields = {"current": factories.PASSWORD, "password": NEW, "password_again": NEW}
    assert person.submits(fields).address == HOME
    assert not db.session.scalars(select(Officer)).one().must_change_password


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("Short-1", "密碼至少須有12個字元"),
        ("onlysmalllettershere", "四類中至少三類"),
        ("Qqqqqqqqqqq1", None),
    ],
)
def test_the_rules_for_passwords_have_their_sentences(person: Office, new: str, sentence: str | None) -> None:
    person.gives_password(factories.officer(must_change_password=True, has_second_factor=False))
    fields = {"current": factories.PASSWORD, "password": new, "password_again": new}
    page = person.submits(fields, expect=422 if sentence else 200)
    assert (sentence or "設定兩步驟驗證") in page.text


def test_two_passwords_that_differ_are_told(person: Office) -> None:
    person.gives_password(factories.officer(must_change_password=True, has_second_factor=False))
    person.submits({"current": factories.PASSWORD, "password": NEW, "password_again": f"{NEW}x"}, expect=422)
    assert person.page.errors


def test_an_auditor_goes_the_same_way(person: Office) -> None:
    assert person.signs_in(factories.auditor()).address == "/auditor/"


def test_one_is_led_to_the_page_one_wanted_after_the_last_step(person: Office) -> None:
    officer = factories.officer()
    person.opens("/backoffice/parameters/list/")
    fields = {"username": officer.username, "password": factories.PASSWORD, "captcha": person.captcha_answer()}
    person.submits(fields)
    assert person.submits({"code": person.code_of(officer)}).address == "/backoffice/parameters/list/"


def test_who_forgot_the_password_is_told_whom_to_ask(person: Office) -> None:
    assert "忘記密碼" in person.opens("/backoffice/login/").text and "由矯正署重設密碼" in person.page.text


def test_an_account_that_was_idle_for_too_long_is_shut(person: Office) -> None:
    officer = factories.officer(signed_in_at=clock.now() - timedelta(days=91))
    person.gives_password(officer, expect=422)
    staff_accounts.enable(officer.id, SYSTEM)
    assert person.signs_in(officer).address == HOME


def test_a_role_that_is_taken_away_is_gone_at_once(person: Office) -> None:
    officer = factories.headquarters()
    person.signs_in(officer)
    person.opens("/backoffice/staff/list/")
    with transaction() as session:
        session.get_one(Officer, officer.id).roles = [factories.role(StaffRole.VISIT_DESK)]
    person.opens("/backoffice/staff/list/", expect=403)
