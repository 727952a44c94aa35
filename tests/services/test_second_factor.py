"""The second factor: a code works once, recovery codes replace it once."""

from __future__ import annotations

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.security import Actor
from app.services import second_factor, throttle
from models import RecoveryCode, SecondFactor, SessionKind

STAFF, WHO, ACTOR = SessionKind.STAFF, "7", Actor("staff", "7", "王小明")


def code_now(secret: str, shift: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + shift)


@pytest.fixture
def secret(app: Flask) -> str:
    """A confirmed second factor, half a minute ago."""
    secret, address = second_factor.begin(STAFF, WHO, "wang")
    assert address.startswith("otpauth://totp/")
    assert not second_factor.is_set_up(STAFF, WHO)
    second_factor.confirm(STAFF, WHO, code_now(secret, -30), ACTOR)
    return secret


def test_setting_up_needs_a_code_that_fits(each_database: str, app: Flask) -> None:
    secret, _ = second_factor.begin(STAFF, WHO, "wang")
    assert second_factor.begin(STAFF, WHO, "wang")[0] == secret  # the page may be opened again
    with pytest.raises(second_factor.CodeWrong):
        second_factor.confirm(STAFF, WHO, "000000", ACTOR)
    codes = second_factor.confirm(STAFF, WHO, code_now(secret), ACTOR)
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
    secret, _ = second_factor.begin(STAFF, WHO, "wang")
    codes = second_factor.confirm(STAFF, WHO, code_now(secret), ACTOR)
    second_factor.check(STAFF, WHO, codes[3].lower().replace("-", " "), ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, WHO, codes[3], ACTOR)
    fresh = second_factor.renew_codes(STAFF, WHO, ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, WHO, codes[4], ACTOR)
    second_factor.check(STAFF, WHO, fresh[0], ACTOR)
    assert not set(codes) & set(db.session.scalars(select(RecoveryCode.digest)))


def test_anothers_code_does_not_fit(secret: str) -> None:
    other, _ = second_factor.begin(STAFF, "8", "lin")
    second_factor.confirm(STAFF, "8", code_now(other), ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(STAFF, "8", code_now(secret), ACTOR)
    with pytest.raises(second_factor.CodeWrong):
        second_factor.check(SessionKind.APPLICANT, WHO, code_now(secret), ACTOR)
