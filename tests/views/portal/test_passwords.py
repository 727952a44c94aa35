"""Forgotten and changed passwords, as an applicant meets them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import AccountState
from app.transaction import end_reading, transaction
from models import Applicant, Notification, OneTimeToken
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Page, Visitor

NEW = "另一個很長的密碼 9"
LOCKED = "登入失敗已達5次，帳號鎖定15分鐘。您可於09:15後再試，或使用「忘記密碼」。"


def tries(visitor: Visitor, identifier: str, password: str) -> Page:
    visitor.opens("/portal/login")
    return visitor.sends(identifier=identifier, password=password, captcha=visitor.code())


def asks(visitor: Visitor, identifier: str) -> Page:
    visitor.opens("/portal/login")
    visitor.opens(visitor.page.links("忘記密碼")[0])
    return visitor.sends(identifier=identifier, captcha=visitor.code())


def link() -> str:
    end_reading()
    message = db.session.scalars(
        select(Notification).where(Notification.event == "password").order_by(Notification.queued_at.desc())
    ).first()
    assert message is not None
    address: str = message.secret["link"]
    return address[address.index("/portal/") :]


def test_five_failures_lock_and_the_link_gets_in(visitor: Visitor) -> None:
    mail = factories.applicant().mail
    for _ in range(4):
        assert tries(visitor, mail, "wrong password").status == 422
    page = tries(visitor, mail, "wrong password")
    assert page.status == 429 and page.told("identifier") == LOCKED
    page = tries(visitor, mail, factories.PASSWORD)
    assert page.status == 429 and LOCKED in page.main

    asks(visitor, mail)
    visitor.opens(link())
    visitor.sends(password=NEW, password_again=NEW)
    assert visitor.page.path == "/portal/password/renewed"
    assert visitor.opens("/portal/messages").path == "/portal/login", "nobody is signed in by a link"
    assert tries(visitor, mail, factories.PASSWORD).status == 422
    assert tries(visitor, mail, NEW).path == "/portal/"


def test_after_fifteen_minutes_it_opens_again(visitor: Visitor, clock_at: StoppedClock) -> None:
    mail = factories.applicant().mail
    for _ in range(5):
        tries(visitor, mail, "wrong password")
    clock_at.passes(minutes=15)
    assert tries(visitor, mail, factories.PASSWORD).path == "/portal/"


def test_looking_at_the_link_does_not_use_it_up(visitor: Visitor) -> None:
    asks(visitor, factories.applicant().mail)
    address = link()
    for _ in range(3):
        assert visitor.opens(address).status == 200
    assert visitor.client.head(address).status_code == 200
    assert visitor.sends(password=NEW, password_again=NEW).status == 200
    page = visitor.opens(address)
    assert page.status == 410 and "密碼重設連結已失效或已使用。請重新申請。" in page.main
    assert page.links("重新申請") == ["/portal/password"]


def test_a_link_lives_thirty_minutes(visitor: Visitor, clock_at: StoppedClock) -> None:
    asks(visitor, factories.applicant().mail)
    clock_at.passes(minutes=29)
    visitor.opens(link())
    clock_at.passes(minutes=1)
    assert visitor.sends(password=NEW, password_again=NEW).status == 410


def test_a_refused_password_keeps_the_link(visitor: Visitor) -> None:
    asks(visitor, factories.applicant().mail)
    visitor.opens(link())
    page = visitor.sends(password="short", password_again="short")
    assert page.status == 422 and "密碼至少須有8個字元" in page.told("password")
    page = visitor.sends(password="password123", password_again="password123")
    assert "過於常見" in page.told("password")
    page = visitor.sends(password=NEW, password_again="different")
    assert "兩次輸入的密碼不同" in page.told("password_again")
    assert visitor.sends(password=NEW, password_again=NEW).path == "/portal/password/renewed"


def test_a_link_of_the_other_kind_is_no_way_in(visitor: Visitor) -> None:
    asks(visitor, factories.applicant().mail)
    assert visitor.opens(link().replace("/password/", "/verify/")).path.startswith("/portal/verify/")
    if visitor.page.status == 200:
        assert visitor.sends().status == 410
    with transaction() as session:
        assert session.scalars(select(OneTimeToken)).one().used_at is None


def test_asking_needs_the_code_and_a_name(visitor: Visitor) -> None:
    visitor.opens("/portal/password")
    page = visitor.sends(identifier="a@example.com", captcha="XXXX")
    assert page.status == 422 and page.told("captcha") == "驗證碼不正確，請重新輸入。"
    assert page.value("identifier") == "a@example.com"
    page = visitor.sends(identifier=" ", captcha=visitor.code())
    assert page.status == 422 and page.told("identifier") == "請填寫此欄位。"
    page = visitor.sends(captcha_change="words")
    assert page.status == 200 and visitor.in_session("captcha")["asked"] in page.main


def test_one_sender_asks_so_often(visitor: Visitor) -> None:
    from app.services import throttle

    for _ in range(throttle.SENDER_MAIL.most):
        assert asks(visitor, "nobody@example.com").status == 200
    page = asks(visitor, "nobody@example.com")
    assert page.status == 429 and "操作次數已達上限，請於10:00後再試。" in page.main


def changes(visitor: Visitor, **fields: str) -> Page:
    visitor.opens("/portal/my/password")
    return visitor.sends(**{"current": factories.PASSWORD, "password": NEW, "password_again": NEW, **fields})


def test_changing_keeps_this_session_and_ends_the_others(app: Flask, visitor: Visitor, lawyer: Applicant) -> None:
    other = Visitor(app.test_client())
    other.signs_in(db.session.get_one(Applicant, lawyer.id))
    assert "密碼已變更，其他裝置均已登出。" in changes(visitor).main
    assert visitor.opens("/portal/messages").path == "/portal/messages"
    assert other.opens("/portal/messages").path == "/portal/login"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("current", "wrong", "目前的密碼不正確"),
        ("password", "short", "密碼至少須有8個字元"),
        ("password_again", "different", "兩次輸入的密碼不同"),
    ],
)
def test_a_refused_change_says_why(visitor: Visitor, lawyer: object, field: str, value: str, sentence: str) -> None:
    page = changes(visitor, **{field: value})
    assert page.status == 422 and sentence in page.told(field)


def copied(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("portal")
    assert cookie is not None
    return cookie.value


def test_a_copied_cookie_is_dead(app: Flask, visitor: Visitor, clock_at: StoppedClock) -> None:
    """After logout, a changed password, a reset, disabling, half an hour without a sign, eight hours."""
    applicant = factories.applicant()
    applicant_id, mail = applicant.id, applicant.mail
    thief = Visitor(app.test_client())

    def is_dead() -> bool:
        thief.client.set_cookie("portal", number)
        return thief.opens("/portal/messages").path == "/portal/login"

    tries(visitor, mail, factories.PASSWORD)
    number = copied(visitor)
    assert not is_dead()
    visitor.opens("/portal/")
    visitor.sends("/portal/logout")
    assert is_dead()

    elsewhere = Visitor(app.test_client())
    tries(elsewhere, mail, factories.PASSWORD)
    number = copied(elsewhere)
    tries(visitor, mail, factories.PASSWORD)
    assert not is_dead()
    changes(visitor)
    assert is_dead()

    number = copied(visitor)
    assert visitor.opens("/portal/my/password").status == 200
    visitor.sends(current=NEW, password=NEW + "2", password_again=NEW + "2")
    assert is_dead() and visitor.opens("/portal/messages").path == "/portal/messages"

    number = copied(visitor)
    asks(elsewhere, mail)
    elsewhere.opens(link())
    assert not is_dead()
    elsewhere.sends(password=factories.PASSWORD, password_again=factories.PASSWORD)
    assert is_dead()

    tries(visitor, mail, factories.PASSWORD)
    number = copied(visitor)
    assert not is_dead()
    clock_at.passes(minutes=30)
    assert is_dead()

    tries(visitor, mail, factories.PASSWORD)
    number = copied(visitor)
    for _ in range(23):
        clock_at.passes(minutes=20)
        assert not is_dead()
    clock_at.passes(minutes=20)
    assert is_dead()

    tries(visitor, mail, factories.PASSWORD)
    number = copied(visitor)
    with transaction() as session:
        session.get_one(Applicant, applicant_id).state = AccountState.DISABLED
    assert is_dead()
    with transaction() as session:
        session.get_one(Applicant, applicant_id).state = AccountState.ACTIVE
    assert is_dead(), "who was signed out stays signed out"


def test_an_empty_field_is_no_wrong_password(visitor: Visitor, lawyer: Applicant) -> None:
    visitor.opens("/portal/my/password")
    for _ in range(6):  # more than lock the account
        page = visitor.sends(current="", password="another fine day 7", password_again="another fine day 7")
        assert page.status == 422 and page.told("current") == "請填寫此欄位。"
