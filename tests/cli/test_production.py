"""What the real installation refuses: default secrets, and telling second factors."""

from __future__ import annotations

import pytest
from flask import Flask

import config
from tests import factories
from tests.cli.conftest import Run

GOOD = {
    "SECRET_KEY": "x" * 40,
    "KEY_FILE": "/etc/portal/keys.json",
    "BASE_URL": "https://visit.example",
    "TRUSTED_HOSTS": "visit.example",
    "MAIL_SERVER": "mail.example",
    "SHOW_OUTBOX": "0",
}


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a well-kept installation."""
    monkeypatch.delenv("KEYRING", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_code_is_told_where_it_may_be(app: Flask, run: Run) -> None:
    app.config["TELL_CODES"] = True
    officer = factories.officer()
    result = run("staff", "code", officer.username)
    assert result.exit_code in (0, 1)
    assert "does not tell codes" not in result.output


def test_production_tells_no_code(app: Flask, run: Run, set_up: pytest.MonkeyPatch) -> None:
    app.config["TELL_CODES"] = config.Production().TELL_CODES
    result = run("staff", "code", factories.officer().username)
    assert result.exit_code == 1
    assert "this installation does not tell codes" in result.output


def test_production_starts_when_everything_is_set(set_up: pytest.MonkeyPatch) -> None:
    settings = config.Production()
    assert (settings.SESSION_COOKIE_SECURE, settings.CREATE_KEYS, settings.SHOW_OUTBOX) == (True, False, False)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("SECRET_KEY", "testing", "SECRET_KEY"),
        ("KEY_FILE", "", "KEY_FILE"),
        ("BASE_URL", "http://visit.example", "BASE_URL"),
        ("TRUSTED_HOSTS", "", "TRUSTED_HOSTS"),
        ("MAIL_SERVER", "", "MAIL_SERVER"),
        ("SHOW_OUTBOX", "1", "SHOW_OUTBOX"),
    ],
)
def test_production_refuses_defaults(set_up: pytest.MonkeyPatch, name: str, value: str, word: str) -> None:
    set_up.setenv(name, value)
    with pytest.raises(RuntimeError, match=word):
        config.Production()


def test_an_account_made_here_has_a_password_that_was_typed_twice(app: Flask, run: Run) -> None:
    words = ("staff", "create", "first", "王", "小明", "--role", "headquarters")
    assert run(*words, input="one\ntwo\n").exit_code != 0
