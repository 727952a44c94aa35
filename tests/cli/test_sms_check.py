"""``flask sms check`` says in words what works and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.transaction import end_reading
from tests.adapters.mail_servers import closed_port
from tests.adapters.sms_servers import Gateway, answer, serving, settings


def checked(built: Callable[..., Flask], port: int, *words: str):  # type: ignore[no-untyped-def]
    end_reading()
    app = built(**settings(port))
    with app.app_context():
        return app.test_cli_runner().invoke(args=["sms", "check", *words])


def test_each_step_is_told_and_nothing_is_sent_unasked(built: Callable[..., Flask]) -> None:
    gateway = Gateway(answer(200, "msgid=A-1"))
    with serving(gateway) as port:
        result = checked(built, port)
    assert result.exit_code == 0, result.output
    for line in (
        "ok   settings: POST",
        "ok   connect: 127.0.0.1",
        "ok   receipts: SMS_RECEIPT_SECRET is empty",
        "No SMS",
    ):
        assert line in result.output
    assert "canary-password" not in result.output and not any(b"smbody" in request for request in gateway.requests)


def test_a_test_sms_goes_where_it_is_asked_to(built: Callable[..., Flask]) -> None:
    gateway = Gateway(answer(200, "msgid=A-1"))
    with serving(gateway) as port:
        result = checked(built, port, "--to", "0912 345 678")
    assert result.exit_code == 0 and "ok   test SMS: accepted by the gateway, number A-1" in result.output
    assert b"dstaddr=0912345678" in gateway.requests[-1]


def test_what_fails_is_named_without_the_number(built: Callable[..., Flask]) -> None:
    with serving(Gateway(answer(200, "statuscode=v"))) as port:
        result = checked(built, port, "--to", "0912345678")
    assert result.exit_code == 1 and "FAIL test SMS: 200 refused" in result.output and "0912345678" not in result.output
    result = checked(built, closed_port())
    assert result.exit_code == 1 and "FAIL connect: ConnectionRefusedError" in result.output


def test_without_a_gateway_there_is_nothing_to_check(built: Callable[..., Flask]) -> None:
    end_reading()
    assert "SMS_URL is empty" in built().test_cli_runner().invoke(args=["sms", "check"]).output
    with (app := built(SMS_URL="local")).app_context():
        assert "local outbox" in app.test_cli_runner().invoke(args=["sms", "check"]).output


def test_a_wrong_setting_stops_the_start_and_is_named(built: Callable[..., Flask]) -> None:
    end_reading()
    with pytest.raises(RuntimeError, match="SMS_SUCCESS"):
        built(**{**settings(1), "SMS_SUCCESS": ""})
