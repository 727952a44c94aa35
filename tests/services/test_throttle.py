"""Counted attempts: exactly five, fifteen minutes, the same for everybody."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
from flask import Flask

from app.security import Actor
from app.services import accounts, staff, throttle
from app.transaction import transaction
from models import AttemptCounter
from tests import factories

ANYBODY = Actor("anonymous", remote_address="192.0.2.7")
WRONG = "wrong password"


def fails(identifier: str, times: int) -> list[type[Exception]]:
    """What that many wrong passwords in a row are answered with."""
    answers: list[type[Exception]] = []
    for _ in range(times):
        with pytest.raises((accounts.SignInFailed, throttle.Locked)) as refused:
            accounts.sign_in(identifier, WRONG, ANYBODY)
        answers.append(refused.type)
    return answers


def test_the_fifth_failure_locks_for_fifteen_minutes(each_database: str, app: Flask, clock_at) -> None:  # type: ignore[no-untyped-def]
    applicant = factories.applicant()
    assert fails(applicant.mail, 5) == [accounts.SignInFailed] * 4 + [throttle.Locked]
    with pytest.raises(throttle.Locked) as refused:
        accounts.sign_in(applicant.mail, factories.PASSWORD, ANYBODY)
    assert "09:15" in str(refused.value)
    clock_at.passes(minutes=15, seconds=-1)
    with pytest.raises(throttle.Locked):
        accounts.sign_in(applicant.mail, factories.PASSWORD, ANYBODY)
    clock_at.passes(seconds=1)
    assert accounts.sign_in(applicant.mail, factories.PASSWORD, ANYBODY).id == applicant.id


def test_a_name_that_nobody_has_behaves_the_same(app: Flask) -> None:
    factories.applicant(mail="known@example.com")
    assert fails("nobody@example.com", 6) == fails("known@example.com", 6)


def test_the_right_password_forgets_four_failures(app: Flask) -> None:
    applicant = factories.applicant()
    for _ in range(3):
        fails(applicant.mail, 4)
        accounts.sign_in(applicant.mail, factories.PASSWORD, ANYBODY)


def test_staff_are_locked_too_and_apart_from_applicants(each_database: str, app: Flask) -> None:
    officer = factories.officer()
    for _ in range(5):
        with pytest.raises((staff.SignInFailed, throttle.Locked)):
            staff.sign_in(officer.username, WRONG, ANYBODY)
    with pytest.raises(throttle.Locked):
        staff.sign_in(officer.username, factories.PASSWORD, ANYBODY)
    fails(officer.username, 1)


def test_the_table_does_not_hold_the_name(app: Flask) -> None:
    fails("A123456789", 1)
    with transaction() as session:
        rows = [vars(row) for row in session.query(AttemptCounter)]
    assert rows and "A123456789" not in str(rows)


def test_a_window_starts_afresh_when_it_is_over(each_database: str, app: Flask, clock_at) -> None:  # type: ignore[no-untyped-def]
    limit = throttle.Limit("test", 3, timedelta(minutes=10))
    assert [throttle.claim(limit, "x") for _ in range(3)] == [1, 2, 3]
    with pytest.raises(throttle.TooMany) as refused:
        throttle.claim(limit, "x")
    assert "09:10" in str(refused.value)
    assert throttle.claim(limit, "y") == 1
    clock_at.passes(minutes=10)
    assert throttle.claim(limit, "x") == 1
    clock_at.passes(minutes=10)
    assert throttle.sweep() == 2


def test_twenty_at_once_are_still_five(each_database: str, app: Flask) -> None:
    limit = throttle.Limit("race", 5, timedelta(minutes=10))
    passed: list[int] = []

    def attempt() -> None:
        with app.app_context(), contextlib.suppress(throttle.TooMany):
            passed.append(throttle.claim(limit, "one name"))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [1, 2, 3, 4, 5]
