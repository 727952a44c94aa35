"""The second factor: a code works once, recovery codes replace it once."""

from __future__ import annotations

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.security import Actor
from app.services import accounts, second_factor, throttle
from models import Notification, RecoveryCode, SecondFactor, SessionKind
from tests import factories

STAFF, WHO, ACTOR = SessionKind.STAFF, "7", Actor("staff", "7", "王小明")


def code_now(secret: str, shift: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + shift)


@pytest.fixture
def secret(app: Flask) -> str:
    """A confirmed second factor, half a minute ago."""
    secret, address = second_factor.propose("wang")
    assert address.startswith("otpauth://totp/")
    assert not second_factor.is_set_up(STAFF, WHO)
    second_factor.adopt(STAFF, WHO, secret, code_now(secret, -30), None, ACTOR)
    return secret


def test_setting_up_needs_a_code_that_fits(each_database: str, app: Flask) -> None:
    secret, _ = second_factor.propose("wang")
    assert second_factor.propose("wang", secret)[0] == secret  # the page may be opened again
    with pytest.raises(second_factor.CodeWrong):
        second_factor.adopt(STAFF, WHO, secret, "000000", None, ACTOR)
    assert not second_factor.is_set_up(STAFF, WHO)
    codes = second_factor.adopt(STAFF, WHO, secret, code_now(secret), None, ACTOR)
    assert len(set(codes)) == 10 and second_factor.is_set_up(STAFF, WHO)
    sealed = db.session.scalars(select(SecondFactor.secret_sealed)).one()
    assert secret.encode() not in sealed


def test_a_code_works_once(each_database: str, secret: str) -> None:
    second_factor.check(STAFF, WHO, code_now(secret), ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, WHO, code_now(secret), ACTOR)


@pytest.mark.parametrize(("shift", "accepted"), [(-60, False), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(secret: str, shift: int, accepted: bool) -> None:
    if accepted:
        second_factor.check(STAFF, WHO, code_now(secret, shift), ACTOR)
    else:
        with pytest.raises(second_factor.CodeWrong):
            second_factor.check(STAFF, WHO, code_now(secret, shift), ACTOR)


def test_five_wrong_codes_lock(secret: str, clock_at) -> None:  # type: ignore[no-untyped-def]
    for _ in range(4):
        with pytest.raises(second_factor.CodeWrong):
            second_factor.check(STAFF, WHO, "000000", ACTOR)
    for code in ("000000", code_now(secret)):
        with pytest.raises(throttle.Locked):
            second_factor.check(STAFF, WHO, code, ACTOR)
    clock_at.passes(minutes=15)
    second_factor.check(STAFF, WHO, code_now(secret), ACTOR)


def test_a_recovery_code_works_once(each_database: str, app: Flask) -> None:
    secret, _ = second_factor.propose("wang")
    codes = second_factor.adopt(STAFF, WHO, secret, code_now(secret), None, ACTOR)
    second_factor.check(STAFF, WHO, codes[3].lower().replace("-", " "), ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, WHO, codes[3], ACTOR)
    fresh = second_factor.renew_codes(STAFF, WHO, ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, WHO, codes[4], ACTOR)
    second_factor.check(STAFF, WHO, fresh[0], ACTOR)
    assert not set(codes) & set(db.session.scalars(select(RecoveryCode.digest)))


def test_anothers_code_does_not_fit(secret: str) -> None:
    other, _ = second_factor.propose("lin")
    second_factor.adopt(STAFF, "8", other, code_now(other), None, ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, "8", code_now(secret), ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(SessionKind.APPLICANT, WHO, code_now(secret), ACTOR)


def test_an_applicant_is_told_by_mail_what_was_done(each_database: str, seeded: None) -> None:
    owner = factories.applicant(mail="chen@example.com")
    kind, actor = SessionKind.APPLICANT, Actor("applicant", owner.id)
    for _time in range(2):  # switched on again after it was off: told again
        secret, _ = second_factor.propose("chen")
        second_factor.adopt(kind, owner.id, secret, code_now(secret), None, actor)
        second_factor.renew_codes(kind, owner.id, actor)
        accounts.switch_second_factor_off(owner.id, actor)
    told = list(db.session.scalars(select(Notification).where(Notification.applicant_id == owner.id)))
    events = ["second_factor_codes", "second_factor_off", "second_factor_on"]
    assert sorted(message.event for message in told) == sorted(events * 2)
    assert {message.recipient for message in told} == {"chen@example.com"}
    assert all("2026年3月3日" in message.body for message in told)


def test_staff_are_told_by_nobody_but_the_trail(secret: str) -> None:
    second_factor.renew_codes(STAFF, WHO, ACTOR)
    assert not db.session.scalars(select(Notification)).all()
