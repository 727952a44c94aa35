"""Registering, the one-time link, and what a page may not tell about others."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import AccountState, Channel
from app.services import delivery, outbox
from app.transaction import end_reading, transaction
from models import Applicant, Consent, Notification, OneTimeToken
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Page, Visitor

PASSWORD = "四個 不相關 的 詞彙"


def typed(**changes: str) -> dict[str, str]:
    return {
        "name": "林𠮷‧Anna",
        "id_kind": "national_id",
        "id_number": factories.id_number(),
        "birth_calendar": "roc",
        "birth_year": "50",
        "birth_month": "3",
        "birth_day": "10",
        "mail": "new.lawyer@example.com",
        "mobile": "0912-345-678",
        "landline": "",
        "address": "臺北市中正區重慶南路一段130號",
        "occupation": "律師",
        "password": PASSWORD,
        "password_again": PASSWORD,
        **changes,
    }


def reads_the_notice(visitor: Visitor) -> Page:
    visitor.opens("/portal/register/notice")
    return visitor.sends(agree="y")


def registers(visitor: Visitor, **changes: str) -> Page:
    reads_the_notice(visitor)
    return visitor.sends(**typed(**changes), captcha=visitor.code())


def link_of_the_mail(app: Flask) -> str:
    delivery.deliver_due()
    text = outbox.messages()[0].text
    start = text.index(app.config["BASE_URL"] + "/portal/verify/") + len(app.config["BASE_URL"])
    return text[start:].split()[0]


def test_the_notice_has_to_be_ticked(visitor: Visitor) -> None:
    assert visitor.opens("/portal/register").path == "/portal/register/notice"
    page = visitor.sends()
    assert page.status == 422
    assert page.told("agree") == "請先閱讀個人資料蒐集告知聲明並勾選同意，始得進行下一步。"
    assert "蒐集目的以外的利用" in page.main


def test_from_the_notice_to_the_first_signing_in(app: Flask, visitor: Visitor) -> None:
    page = registers(visitor)
    assert page.path == "/portal/register/done"
    assert "註冊成功，帳號驗證信件已寄至信箱：ne*****" in page.main
    assert "new.lawyer@example.com" not in page.source

    applicant = db.session.scalars(select(Applicant)).one()
    consent = db.session.scalars(select(Consent)).one()
    assert applicant.state == AccountState.UNVERIFIED
    assert (applicant.name, applicant.birth_date.isoformat()) == ("林𠮷‧Anna", "1961-03-10")
    assert (consent.applicant_id, consent.remote_address) == (applicant.id, "127.0.0.1")

    link = link_of_the_mail(app)
    mail_page = visitor.opens("/portal/outbox")
    assert link in mail_page.links("/portal/verify/")

    page = visitor.opens(link)
    assert "連結使用一次即失效" in page.main
    visitor.opens(link)  # a scanner that opens links uses nothing up
    page = visitor.sends()
    assert page.path == "/portal/verified" and "帳號驗證成功" in page.main

    visitor.opens("/portal/login")
    page = visitor.sends(identifier="new.lawyer@example.com", password=PASSWORD, captcha=visitor.code())
    assert page.path == "/portal/" and page.links("服務項目狀態查詢")


WRONG = [
    ("name", "王123", "name", "姓名須為1至50個字"),
    ("address", "路" * 201, "address", "至多200個字"),
    ("id_number", "A123456788", "id_number", "身分證號（或統一證號）格式不符"),
    ("birth_month", "13", "birth", "出生日期不正確"),
    ("mail", "not an address", "mail", "電子郵件格式不符"),
    ("mobile", "12345", "mobile", "行動電話號碼格式不符"),
    ("address", " ", "address", "請填寫"),
    ("occupation", "", "occupation", "請填寫"),
    ("password", "short", "password", "密碼至少須有8個字元"),
    ("password_again", "something else", "password_again", "兩次輸入的密碼不同"),
]


@pytest.mark.parametrize(("field", "value", "beside", "sentence"), WRONG)
def test_bad_input_names_the_rule_and_keeps_the_rest(
    visitor: Visitor, field: str, value: str, beside: str, sentence: str
) -> None:
    page = registers(visitor, **{field: value})

    assert page.status == 422
    assert page.title.startswith("錯誤：")
    assert sentence in page.told(beside)
    assert any(sentence in line for _target, line in page.summary)
    for name, kept in {**typed(), field: value}.items():
        if not name.startswith("password") and name != "id_number":
            assert page.value(name) == kept
    assert db.session.scalar(select(Applicant.id)) is None


def test_everything_wrong_is_told_at_once_with_its_number(visitor: Visitor) -> None:
    page = registers(visitor, name="", mail="", mobile="", address="")
    assert "請更正下列4項資料後再送出" in page.main
    assert [target for target, _line in page.summary] == ["#name", "#mail", "#mobile", "#address"]


def test_who_mends_a_slip_needs_neither_a_new_code_nor_two_passwords(visitor: Visitor) -> None:
    page = registers(visitor, mobile="12345")
    assert page.value("password") == PASSWORD
    assert "驗證碼" not in page.main
    assert visitor.sends(mobile="0912345678").path == "/portal/register/done"


def test_a_wrong_code_keeps_everything(visitor: Visitor) -> None:
    reads_the_notice(visitor)
    page = visitor.sends(**typed(), captcha="XXXX")
    assert page.told("captcha") == "驗證碼不正確，請重新輸入。"
    assert page.value("address") == typed()["address"]
    assert db.session.scalar(select(Applicant.id)) is None


def test_an_address_that_is_known_reads_the_same_on_the_page(visitor: Visitor) -> None:
    owner = factories.applicant(mail="new.owner@example.com")
    known, mail = owner.id, owner.mail
    page = registers(visitor, mail=mail)
    assert page.path == "/portal/register/done"
    assert "註冊成功，帳號驗證信件已寄至信箱：ne*****" in page.main
    visitor.opens("/portal/register/correct")
    assert "驗證信已寄至新信箱" in visitor.sends(mail="right.one@example.com").main
    told = {message.recipient: message for message in db.session.scalars(select(Notification))}
    assert told[mail].applicant_id == known and told[mail].secret is None
    assert told["right.one@example.com"].event == "verify", "the page says so, and so it is"


def test_a_mistyped_address_can_be_corrected(visitor: Visitor) -> None:
    registers(visitor)
    visitor.opens("/portal/register/correct")
    page = visitor.sends(mail="broken")
    assert page.status == 422 and page.value("mail") == "broken"
    page = visitor.sends(mail="right.one@example.com")
    assert "驗證信已寄至新信箱" in page.main and "ri*****" in page.main


def test_sending_again_has_to_wait(visitor: Visitor, clock_at: StoppedClock) -> None:
    registers(visitor)
    page = visitor.sends("/portal/register/resend")
    assert page.status == 429 and "請於09:03後再重新寄送" in page.main
    clock_at.passes(minutes=3)
    page = visitor.sends("/portal/register/resend")
    assert page.status == 200 and "驗證信已重新寄出" in page.main


def test_a_link_works_once(app: Flask, visitor: Visitor) -> None:
    registers(visitor)
    link = link_of_the_mail(app)
    visitor.opens(link)
    visitor.sends()
    page = visitor.opens(link)
    assert page.status == 410 and "驗證連結已失效或已使用" in page.main


def test_a_link_lives_a_day(app: Flask, visitor: Visitor, clock_at: StoppedClock) -> None:
    registers(visitor)
    link = link_of_the_mail(app)
    visitor.opens(link)
    with transaction() as session:
        session.scalars(select(OneTimeToken)).one().expires_at = clock.now()
    page = visitor.sends()
    assert page.status == 410
    assert db.session.scalars(select(Applicant)).one().state == AccountState.UNVERIFIED


@pytest.mark.parametrize("path", ["/portal/verify/unknown", "/portal/verify/%F0%A0%AE%B7"])
def test_an_unknown_link(visitor: Visitor, path: str) -> None:
    assert visitor.opens(path).status == 410


def test_the_outbox_is_for_demonstrations_only(built: Any, visitor: Visitor) -> None:
    real = built(SHOW_OUTBOX=False)
    assert real.test_client().get("/portal/outbox").status_code == 404
    assert "示範寄件匣" not in real.test_client().get("/portal/").get_data(as_text=True)
    assert "正式環境沒有本頁" in visitor.opens("/portal/outbox").main


def test_the_mobile_can_be_proved_before_the_mail_has_come(app: Flask, visitor: Visitor) -> None:
    app.config["SMS_URL"] = "local"
    page = registers(visitor)
    assert "以簡訊接收重要通知" in page.main and "0912345678" not in page.source
    page = visitor.sends("/register/mobile/send")
    assert page.path == "/portal/register/mobile"
    end_reading()
    message = db.session.scalars(select(Notification).where(Notification.channel == Channel.SMS)).one()
    code = str(message.secret["code"])
    page = visitor.sends("/register/mobile", code="1234567")
    assert page.status == 422 and "驗證碼錯誤" in page.told("code")
    page = visitor.sends("/register/mobile", code=code)
    assert page.path == "/portal/register/done" and "手機號碼驗證成功" in page.main
    end_reading()
    account = db.session.scalars(select(Applicant)).one()
    assert account.mobile_verified_at is not None and account.state == AccountState.UNVERIFIED


def test_whoever_types_a_known_id_number_reads_the_same_and_proves_nothing(app: Flask, visitor: Visitor) -> None:
    app.config["SMS_URL"] = "local"
    known = factories.applicant(id_bound_at=clock.now())
    page = registers(visitor, id_number=known.id_number)
    assert "以簡訊接收重要通知" in page.main
    page = visitor.sends("/register/mobile/send")
    assert page.path == "/portal/register/mobile"
    end_reading()
    assert not db.session.scalars(select(Notification).where(Notification.channel == Channel.SMS)).all()
    page = visitor.sends("/register/mobile", code="123456")
    assert page.status == 422 and "驗證碼錯誤" in page.told("code")
