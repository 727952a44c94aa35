"""兩步驟驗證 of an applicant: set up, signing in with it, recovery codes, switching off."""

from __future__ import annotations

import pytest
from flask import Flask

from app.rules.vocabulary import AccountState
from app.services import second_factor
from app.transaction import end_reading, transaction
from models import Applicant, SessionKind
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Page, Visitor

ROOT = "/portal/my/second-factor"


def confirms(visitor: Visitor, place: str) -> Page:
    page = visitor.opens(place)
    return visitor.sends(password=factories.PASSWORD) if page.path == "/portal/my/confirm" else page


def code_now(applicant_id: str) -> str:
    end_reading()
    code = second_factor.current_code(SessionKind.APPLICANT, applicant_id)
    assert code is not None
    return code


def proposed_code(visitor: Visitor) -> str:
    import pyotp

    from app import clock

    return pyotp.TOTP(visitor.in_session("proposed_secret")).at(int(clock.now().timestamp()))


@pytest.fixture
def guarded(app: Flask, visitor: Visitor, lawyer: Applicant, clock_at: StoppedClock) -> tuple[str, str, list[str]]:
    """A lawyer with a second factor, signed out: id, mail and recovery codes."""
    applicant_id, mail = lawyer.id, lawyer.mail
    confirms(visitor, f"{ROOT}/set-up")
    page = visitor.sends(code=proposed_code(visitor))
    codes = [str(item.text_content()) for item in page.tree.xpath("//ul[contains(@class,'portal-codes')]/li")]
    assert len(codes) == 10 and "僅顯示這一次" in page.main
    visitor.sends("/portal/logout")
    clock_at.passes(seconds=30)
    return applicant_id, mail, codes


def half(visitor: Visitor, mail: str, wanted: str = "") -> Page:
    visitor.opens(f"/portal/login?next={wanted}")
    return visitor.sends(identifier=mail, password=factories.PASSWORD, captcha=visitor.code())


def test_setting_up_shows_a_picture_and_the_key(visitor: Visitor, lawyer: object) -> None:
    page = confirms(visitor, f"{ROOT}/set-up")
    assert page.path == f"{ROOT}/set-up"
    assert visitor.in_session("proposed_secret") in page.main.replace(" ", "")
    picture = visitor.client.get(f"{ROOT}/qr.svg")
    assert picture.mimetype == "image/svg+xml" and picture.headers["Cache-Control"] == "no-store"
    page = visitor.sends(code="000000")
    assert page.status == 422 and "驗證碼不正確" in page.told("code")
    assert "未開啟" in visitor.opens(ROOT).main


def test_without_a_proposal_there_is_no_picture(visitor: Visitor, lawyer: object) -> None:
    assert visitor.client.get(f"{ROOT}/qr.svg").status_code == 404


def test_signing_in_asks_for_the_code(visitor: Visitor, guarded: tuple[str, str, list[str]]) -> None:
    applicant_id, mail, _codes = guarded
    visitor.opens("/portal/login")
    before = visitor.client.get_cookie("portal")
    page = half(visitor, mail, "/portal/messages")
    after = visitor.client.get_cookie("portal")
    assert page.path == "/portal/login/code" and before and after and before.value != after.value
    for closed in ("/portal/messages", "/portal/my/sessions", "/portal/my/password", ROOT, "/portal/applications/new"):
        assert visitor.opens(closed).path == "/portal/login"
    visitor.opens("/portal/login/code")
    page = visitor.sends(code="123456" if code_now(applicant_id) != "123456" else "654321")
    assert page.status == 422 and "驗證碼不正確或已使用過" in page.told("code")
    assert visitor.sends(code=code_now(applicant_id)).path == "/portal/messages"


def test_a_code_works_once(app: Flask, visitor: Visitor, guarded: tuple[str, str, list[str]]) -> None:
    applicant_id, mail, _codes = guarded
    code = code_now(applicant_id)
    half(visitor, mail)
    assert visitor.sends(code=code).path == "/portal/"
    other = Visitor(app.test_client())
    half(other, mail)
    assert other.sends(code=code).status == 422


def test_a_recovery_code_works_once(app: Flask, visitor: Visitor, guarded: tuple[str, str, list[str]]) -> None:
    _applicant_id, mail, codes = guarded
    half(visitor, mail)
    assert visitor.sends(code=codes[0].lower()).path == "/portal/"
    assert "備用碼尚有9組未使用" in visitor.opens(ROOT).main
    other = Visitor(app.test_client())
    half(other, mail)
    assert other.sends(code=codes[0]).status == 422


def test_five_wrong_codes_lock(visitor: Visitor, guarded: tuple[str, str, list[str]]) -> None:
    applicant_id, mail, _codes = guarded
    half(visitor, mail)
    for _ in range(5):
        page = visitor.sends(code="not a code")
    assert page.status == 429
    assert visitor.sends(code=code_now(applicant_id)).status == 429


def test_the_half_way_lives_ten_minutes(
    visitor: Visitor, guarded: tuple[str, str, list[str]], clock_at: StoppedClock
) -> None:
    applicant_id, mail, _codes = guarded
    half(visitor, mail)
    clock_at.passes(minutes=10)
    assert visitor.sends(code=code_now(applicant_id)).path == "/portal/login"
    assert visitor.opens("/portal/messages").path == "/portal/login"


@pytest.mark.parametrize("change", ["disabled", "new password"])
def test_the_half_way_dies_with_the_account(visitor: Visitor, guarded: tuple[str, str, list[str]], change: str) -> None:
    applicant_id, mail, _codes = guarded
    half(visitor, mail)
    with transaction() as session:
        applicant = session.get_one(Applicant, applicant_id)
        if change == "disabled":
            applicant.state = AccountState.DISABLED
        else:
            applicant.password_hash = "scrypt:another"
    assert visitor.sends(code=code_now(applicant_id)).path == "/portal/login"


def test_who_has_given_no_password_sees_no_code_page(visitor: Visitor) -> None:
    assert visitor.opens("/portal/login/code").path == "/portal/login"


def test_new_recovery_codes_and_switching_off(
    visitor: Visitor, guarded: tuple[str, str, list[str]], clock_at: StoppedClock
) -> None:
    applicant_id, mail, codes = guarded
    half(visitor, mail)
    visitor.sends(code=code_now(applicant_id))
    assert visitor.opens(f"{ROOT}/off").path == "/portal/my/confirm", "the password is asked again"
    confirms(visitor, f"{ROOT}/codes")
    page = visitor.sends()
    assert "僅顯示這一次" in page.main and codes[0] not in page.main

    confirms(visitor, f"{ROOT}/off")
    assert "兩步驟驗證已關閉。" in visitor.sends().main
    visitor.sends("/portal/logout")
    assert half(visitor, mail).path == "/portal/"


def test_a_set_up_factor_is_not_replaced_by_opening_the_page(
    visitor: Visitor, guarded: tuple[str, str, list[str]]
) -> None:
    applicant_id, mail, _codes = guarded
    half(visitor, mail)
    code = code_now(applicant_id)
    visitor.sends(code=code)
    assert confirms(visitor, f"{ROOT}/set-up").path == ROOT
    assert code_now(applicant_id) == code


def test_asking_for_the_head_of_a_page_is_looking(visitor: Visitor, guarded: tuple[str, str, list[str]]) -> None:
    applicant_id, mail, _codes = guarded
    half(visitor, mail)
    visitor.sends(code=code_now(applicant_id))
    confirms(visitor, f"{ROOT}/off")
    for place in ("off", "codes"):
        assert visitor.client.head(f"{ROOT}/{place}").status_code == 200
    assert "已開啟" in visitor.opens(ROOT).main and "備用碼尚有10組" in visitor.page.main
    for path in ("/portal/applications/new", "/portal/my/password", "/portal/my/confirm", "/portal/bookings/new"):
        assert visitor.client.head(path).status_code == 200
