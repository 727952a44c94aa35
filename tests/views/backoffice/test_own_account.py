"""我的帳號: one's own password, second factor and sessions; the password asked again before what matters."""

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
from app.security import SYSTEM, Actor
from app.services import second_factor, sessions, staff_accounts
from models import AuditEntry, Officer, SessionKind
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock

HOME, ACCOUNT, SIGN_IN = "/backoffice/", "/backoffice/account/", "/backoffice/login/"
NEW = {"current": factories.PASSWORD, "password": "Pine-Lake-Cloud-7", "password_again": "Pine-Lake-Cloud-7"}
STAFF = SessionKind.STAFF


@pytest.fixture
def officer(app: Flask) -> Officer:
    """An officer whose password may be changed: it is two days old."""
    return factories.officer(password_set_at=clock.now() - timedelta(days=2))


@pytest.fixture
def person(client: FlaskClient, officer: Officer) -> Office:
    """That officer, signed in."""
    door = Office(client)
    door.signs_in(officer)
    return door


def copied(app: Flask, person: Office) -> Office:
    """A thief with a copy of this person's cookie."""
    thief, cookie = Office(app.test_client()), person.client.get_cookie("staff")
    assert cookie is not None
    thief.client.set_cookie("staff", cookie.value)
    assert thief.opens(HOME).address == HOME
    return thief


def test_one_sees_ones_own_account(person: Office, officer: Officer) -> None:
    page = person.opens(ACCOUNT)
    for words in (
        officer.username,
        "王小明",
        officer.email,
        "機關專責人員",
        officer.agencies[0].name,
        "2026/03/03 09:00",
    ):
        assert words in page.text
    assert "變更密碼" in person.opens(HOME).text, "the menu leads there"


def test_logout_kills_a_copied_cookie(app: Flask, person: Office) -> None:
    thief = copied(app, person)
    person.opens(HOME)
    person.signs_out()
    assert thief.opens(HOME).address == SIGN_IN


def test_changing_the_password_kills_a_copied_cookie_but_not_ones_own_session(app: Flask, person: Office) -> None:
    thief = copied(app, person)
    ends = person.session_row().expires_at  # type: ignore[union-attr]
    person.opens(f"{ACCOUNT}password/")
    assert "密碼已變更" in person.submits(NEW).text
    assert thief.opens(HOME).address == SIGN_IN
    assert person.opens(HOME).address == HOME
    assert person.session_row().expires_at == ends, "the eight hours go on"  # type: ignore[union-attr]


def test_a_password_is_kept_for_a_day_and_does_not_come_back(person: Office, clock_at: StoppedClock) -> None:
    person.opens(f"{ACCOUNT}password/")
    person.submits(NEW)
    person.opens(f"{ACCOUNT}password/")
    again = {"current": NEW["password"], "password": "Other-Lake-Cloud-8", "password_again": "Other-Lake-Cloud-8"}
    assert "須滿1天後才能再次變更" in person.submits(again, expect=422).text
    clock_at.passes(minutes=14)
    back = {"current": NEW["password"], "password": NEW["password"], "password_again": NEW["password"]}
    clock_at.passes(days=1)
    officer = db.session.scalars(select(Officer)).one()
    person.signs_in(officer, NEW["password"])
    person.opens(f"{ACCOUNT}password/")
    assert "不可與前3次使用過的密碼相同" in person.submits(back, expect=422).text


@pytest.mark.parametrize("act", [staff_accounts.disable, staff_accounts.reset_password])
def test_headquarters_ends_all_sessions(
    app: Flask, person: Office, officer: Officer, act: Callable[[int, Actor], object]
) -> None:
    thief = copied(app, person)
    act(officer.id, SYSTEM)
    assert person.opens(HOME).address == thief.opens(HOME).address == SIGN_IN


def test_the_list_of_sessions_marks_this_one_and_ends_others(app: Flask, person: Office, officer: Officer) -> None:
    elsewhere = Office(app.test_client())
    elsewhere.signs_in(officer)
    page = person.opens(f"{ACCOUNT}sessions/")
    rows = page.rows("table:first-of-type tbody tr")
    assert rows[0][4] == "本裝置" and "登出此裝置" in rows[1][4]
    person.submits(form="/sessions/end/")
    assert "已登出該裝置" in person.page.text
    assert elsewhere.opens(HOME).address == SIGN_IN and person.opens(HOME).address == HOME


def test_all_other_sessions_end_at_once(app: Flask, person: Office, officer: Officer) -> None:
    others = [Office(app.test_client()) for _ in range(2)]
    for other in others:
        other.signs_in(officer)
    person.opens(f"{ACCOUNT}sessions/")
    person.submits(form="/sessions/end-others/")
    assert [other.opens(HOME).address for other in others] == [SIGN_IN, SIGN_IN]
    assert person.opens(HOME).address == HOME


def test_nobody_ends_the_session_of_somebody_else(app: Flask, person: Office) -> None:
    other = Office(app.test_client())
    other.signs_in(factories.officer())
    row = other.session_row()
    assert row is not None
    person.opens(ACCOUNT)
    token = person.page.form("/logout/").filled({})["csrf_token"]
    answer = person.client.post(f"{ACCOUNT}sessions/end/{row.id}", data={"csrf_token": token})
    assert answer.status_code == 404 and other.opens(HOME).address == HOME


def test_an_idle_session_is_not_among_the_live_ones(app: Flask, person: Office, clock_at: StoppedClock) -> None:
    officer = db.session.scalars(select(Officer)).one()
    clock_at.passes(minutes=16)
    later = Office(app.test_client())
    later.signs_in(officer)
    page = later.opens(f"{ACCOUNT}sessions/")
    assert "登出此裝置" not in page.text and "最近登入紀錄" in page.text


def test_new_recovery_codes_ask_for_the_password_again(person: Office, officer: Officer) -> None:
    old = second_factor.renew_codes(STAFF, str(officer.id), SYSTEM)
    person.opens(f"{ACCOUNT}second-factor/")
    assert "再次確認密碼" in person.follows("重新產生備用碼").title
    assert "目前的密碼不正確" in person.confirms("wrong", expect=422).text
    assert person.confirms().title == "重新產生備用碼"
    assert "僅顯示這一次" in person.submits(button="重新產生備用碼").text
    person.signs_out()
    person.gives_password(officer)
    person.submits({"code": old[0]}, expect=422)


def test_a_confirmed_password_counts_for_five_minutes(person: Office, clock_at: StoppedClock) -> None:
    codes = f"{ACCOUNT}second-factor/codes/"
    person.opens(codes)
    person.confirms()
    clock_at.passes(minutes=4, seconds=59)
    assert person.opens(codes).address == codes
    clock_at.passes(seconds=1)
    assert person.submits(button="重新產生備用碼").title == "再次確認密碼"
    assert "剛才的作業尚未執行" in person.page.text
    assert person.confirms().address == codes


def test_a_wrong_password_five_times_shuts_the_question(person: Office) -> None:
    person.opens(f"{ACCOUNT}second-factor/codes/")
    for _time in range(5):
        person.confirms("wrong", expect=422)
    assert "鎖定15分鐘" in person.confirms(expect=429).text


def test_the_question_leads_nowhere_else(person: Office) -> None:
    person.opens(f"{ACCOUNT}confirm/?next=//evil.example/")
    assert person.confirms().address == HOME


def test_another_telephone_takes_the_place_of_the_first(app: Flask, person: Office, officer: Officer) -> None:
    thief = copied(app, person)
    old = second_factor.current_code(STAFF, str(officer.id))
    person.opens(f"{ACCOUNT}second-factor/renew/")
    person.confirms()
    assert person.client.get(f"{ACCOUNT}second-factor/qr.png").mimetype == "image/png"
    person.submits({"code": old}, expect=422)
    assert second_factor.current_code(STAFF, str(officer.id)) == old, "the old one works until the new one is proved"
    secret = person.page.words(".ab-secret").replace(" ", "")
    page = person.submits({"code": pyotp.TOTP(secret).at(int(clock.now().timestamp()))})
    assert "僅顯示這一次" in page.text
    assert second_factor.current_code(STAFF, str(officer.id)) != old
    assert thief.opens(HOME).address == SIGN_IN and person.opens(HOME).address == HOME


def test_an_auditor_has_an_account_of_their_own_and_nothing_else(client: FlaskClient) -> None:
    auditor, person = factories.auditor(), Office(client)
    person.signs_in(auditor)
    for part in ("", "password/", "second-factor/", "sessions/"):
        assert person.opens(f"{ACCOUNT}{part}").address == f"{ACCOUNT}{part}"
    person.opens("/backoffice/parameters/list/", expect=403)
    person.opens("/backoffice/staff/list/", expect=403)


def test_a_page_knows_when_the_session_ends_for_good(person: Office, clock_at: StoppedClock) -> None:
    page = person.opens(HOME)
    ends = page.tree.get_element_by_id("idle").get("data-ends")
    assert int(ends) == int(timedelta(hours=8).total_seconds())
    for _quarter in range(33):
        clock_at.passes(minutes=14)
        assert person.opens(HOME).address == HOME
    for _quarter in range(2):
        clock_at.passes(minutes=10)
        address = person.opens(HOME).address
    assert address == SIGN_IN, "eight hours are the end, however busy somebody is"


def test_what_was_done_is_in_the_trail(person: Office) -> None:
    person.opens(f"{ACCOUNT}password/")
    person.submits(NEW)
    events = set(db.session.scalars(select(AuditEntry.event)))
    assert {"officer.sign_in", "officer.change_password"} <= events
    assert timedelta(minutes=5) == sessions.FRESH_FOR
