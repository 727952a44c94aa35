"""登入系統: account, password, code; sessions end on the server; nobody is led astray."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.adapters import captcha
from app.extensions import db
from app.transaction import transaction
from models import AuditEntry, BrowserSession, Officer
from tests import factories
from tests.stillness import StoppedClock
from tests.views.backoffice.office_door import CODE, HOME, SIGN_IN, OfficeDoor, words
from views.backoffice import captcha_gate

FAILED = "帳號、密碼或驗證碼不正確，請重新輸入。"


def test_the_right_account_password_and_code_open_the_door(door: OfficeDoor) -> None:
    assert door.sign_in(factories.officer()).location == HOME
    assert "王小明，您好" in words(door.get(HOME))


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"captcha": "XXXX"}, {"username": "nobody"}])
def test_what_was_wrong_is_not_said(door: OfficeDoor, wrong: dict[str, str]) -> None:
    door.get(SIGN_IN)
    right = {"username": factories.officer().username, "password": factories.PASSWORD, "captcha": CODE}
    answer = door.post(SIGN_IN, **{**right, **wrong})
    assert answer.status_code == 422
    assert FAILED in words(answer)
    assert factories.PASSWORD not in answer.text, "a password is never sent back"
    assert f'value="{({**right, **wrong})["username"]}"' in answer.text, "the account that was typed stays"


def test_a_used_code_is_gone_even_when_the_next_page_never_came(
    door: OfficeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:

    officer = factories.officer()
    door.get(SIGN_IN)
    monkeypatch.setattr(captcha_gate, "ask", lambda form: {"form": form, "serial": "x"})
    door.post(SIGN_IN, username=officer.username, password="wrong", captcha=CODE)
    assert door.get("/backoffice/captcha.png").status_code == 404
    assert door.post(SIGN_IN, username=officer.username, password=factories.PASSWORD, captcha=CODE).status_code == 422


def test_a_code_is_worth_nothing_after_five_minutes(door: OfficeDoor, clock_at: StoppedClock) -> None:
    officer = factories.officer()
    door.get(SIGN_IN)
    clock_at.passes(minutes=5)
    assert door.get("/backoffice/captcha.png").status_code == 404
    assert door.post(SIGN_IN, username=officer.username, password=factories.PASSWORD, captcha=CODE).status_code == 422


def test_the_picture_is_a_picture_and_no_cache_keeps_it(door: OfficeDoor) -> None:
    assert door.get("/backoffice/captcha.png").status_code == 404, "nobody was asked for a code"
    door.get(SIGN_IN)
    answer = door.get("/backoffice/captcha.png")
    assert answer.mimetype == "image/png" and answer.data.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_question_in_words_does_instead_of_the_picture(door: OfficeDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captcha, "question", lambda: ("請以數字回答：三加四等於多少？", "7"))
    officer = factories.officer()
    door.get(SIGN_IN)
    asked = door.post(SIGN_IN, username=officer.username, captcha_change="words")
    assert "三加四等於多少" in words(asked) and asked.status_code == 200
    assert f'value="{officer.username}"' in asked.text
    fields = {"username": officer.username, "password": factories.PASSWORD, "captcha_form": "words"}
    assert door.post(SIGN_IN, captcha="７", **fields).status_code == 302


def test_the_code_is_spoken_too_but_not_for_ever(door: OfficeDoor) -> None:
    assert door.get("/backoffice/captcha.wav").status_code == 404, "nobody was asked for a code"
    officer = factories.officer()
    door.get(SIGN_IN)
    door.post(SIGN_IN, captcha_change="words")
    for _time in range(captcha_gate.MOST_PLAYS):
        answer = door.get("/backoffice/captcha.wav")
        assert answer.mimetype == "audio/wav" and answer.headers["Cache-Control"] == "no-store"
    assert door.get("/backoffice/captcha.wav").status_code == 404
    fields = {"username": officer.username, "password": factories.PASSWORD, "captcha_form": "words"}
    assert door.post(SIGN_IN, captcha=CODE, **fields).status_code == 302


def test_empty_fields_each_have_their_sentence(door: OfficeDoor) -> None:
    door.get(SIGN_IN)
    seen = words(door.post(SIGN_IN, username="", password="", captcha=""))
    for sentence in ("請填寫「帳號」。", "請填寫「密碼」。", "請填寫「驗證碼」。"):
        assert sentence in seen


def test_the_sign_in_form_needs_its_token(door: OfficeDoor) -> None:
    door.get(SIGN_IN)
    officer = factories.officer()
    answer = door.post(SIGN_IN, with_token=False, username=officer.username, password=factories.PASSWORD, captcha=CODE)
    assert answer.status_code == 400 and "資料未送出" in words(answer)


def test_signing_in_gives_the_session_a_new_number(door: OfficeDoor) -> None:
    door.get(SIGN_IN)
    before = door.client.get_cookie("staff")
    door.sign_in(factories.officer())
    after = door.client.get_cookie("staff")
    assert before is not None and after is not None and before.value != after.value
    assert after.http_only and after.same_site == "Strict"


@pytest.mark.parametrize("path", ["/backoffice/parameters/list/", "/backoffice/applications/list/?state=&number=0601"])
def test_a_stranger_is_led_in_and_back(door: OfficeDoor, path: str) -> None:
    answer = door.get(path)
    assert answer.status_code == 302 and answer.location.startswith(SIGN_IN)
    assert "Set-Cookie" not in answer.headers, "nobody gets a session for being turned away"
    asked = door.get(answer.location)
    assert 'name="next"' in asked.text
    assert door.sign_in(factories.officer(), next=path).location == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/backoffice/",
        "//evil.example/backoffice/",
        "/portal/",
        "/backoffice",
        "/backoffice/../portal/",
        "/backoffice/%2e%2e/portal/",
        "/backoffice/\\evil.example",
        "/backoffice/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_out_of_the_house(door: OfficeDoor, elsewhere: str) -> None:
    assert door.sign_in(factories.officer(), next=elsewhere).location == HOME


def test_an_auditor_lands_at_the_audit_desk(door: OfficeDoor) -> None:
    assert door.sign_in(factories.auditor()).location == "/auditor/"
    assert door.get(HOME).location == "/auditor/"
    assert door.get("/backoffice/parameters/list/").status_code == 403


def test_whoever_is_signed_in_does_not_see_the_sign_in_page(officer_door: OfficeDoor) -> None:
    assert officer_door.get(SIGN_IN).location == HOME


def test_signing_out_ends_the_session_on_the_server(app: Flask, officer_door: OfficeDoor) -> None:
    cookie = officer_door.client.get_cookie("staff")
    assert cookie is not None
    assert officer_door.get("/backoffice/logout/").status_code == 405, "looking at an address changes nothing"
    assert officer_door.post("/backoffice/logout/").location.startswith(SIGN_IN)
    copied = app.test_client()
    copied.set_cookie("staff", cookie.value)
    assert copied.get(HOME).status_code == 302, "a stolen cookie is dead"


def test_signing_out_needs_its_token(officer_door: OfficeDoor) -> None:
    assert officer_door.post("/backoffice/logout/", with_token=False).status_code == 400
    assert officer_door.get(HOME).status_code == 200


def test_an_account_that_is_stopped_is_out_at_once(officer_door: OfficeDoor) -> None:
    with transaction() as session:
        session.scalars(select(Officer)).one().active = False
    assert officer_door.get(HOME).status_code == 302


def test_an_account_ends_with_its_last_day(signed_in: Callable[[Officer], OfficeDoor], clock_at: StoppedClock) -> None:
    door = signed_in(factories.officer(valid_until=clock.today()))
    assert door.get(HOME).status_code == 200
    with transaction() as session:
        session.scalars(select(Officer)).one().valid_until = clock.today() - timedelta(days=1)
    assert door.get(HOME).status_code == 302


def test_a_page_that_stays_open_can_keep_the_session(officer_door: OfficeDoor, clock_at: StoppedClock) -> None:
    clock_at.passes(minutes=14)
    assert officer_door.post("/backoffice/session/").status_code == 204
    clock_at.passes(minutes=14)
    assert officer_door.get(HOME).status_code == 200
    clock_at.passes(minutes=15)
    assert officer_door.get(HOME).status_code == 302


def test_the_session_of_the_other_door_opens_nothing_here(app: Flask, officer_door: OfficeDoor) -> None:
    cookie = officer_door.client.get_cookie("staff")
    assert cookie is not None
    at_the_portal = app.test_client()
    at_the_portal.set_cookie("portal", cookie.value)
    assert at_the_portal.get(HOME).status_code == 302


def test_both_outcomes_are_in_the_trail(door: OfficeDoor) -> None:
    officer = factories.officer()
    door.sign_in(officer, password="wrong")
    door.sign_in(officer)
    events = list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)))
    assert events == ["officer.sign_in_failed", "officer.password_accepted", "officer.sign_in"]


def test_the_language_is_chosen_by_post_and_stays(officer_door: OfficeDoor) -> None:
    assert 'lang="zh-Hant-TW"' in officer_door.get(HOME).text
    assert officer_door.get("/backoffice/language/").status_code == 405
    back = officer_door.post("/backoffice/language/", locale="en", back="/backoffice/parameters/list/")
    assert back.location == "/backoffice/parameters/list/"
    assert '<html lang="en">' in officer_door.get(HOME).text
    assert officer_door.post("/backoffice/language/", locale="xx", back="//evil.example/").location == HOME


def test_looking_around_leaves_no_session_behind(door: OfficeDoor) -> None:
    for path in (HOME, "/backoffice/parameters/list/", "/backoffice/nothing/"):
        door.get(path)
    assert db.session.scalar(select(func.count()).select_from(BrowserSession)) == 0
