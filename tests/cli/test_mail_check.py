"""``flask mail check`` says in words what works and what does not."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.adapters.smtp_mailer import SmtpMailer
from app.transaction import end_reading
from tests.adapters.certificates import certified
from tests.adapters.mail_servers import Keeping, closed_port, working_server


def checked(built: Callable[..., Flask], port: int, *words: str, **settings: object):  # type: ignore[no-untyped-def]
    end_reading()
    app = built(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, **settings)
    assert isinstance(app.extensions["mailer"], SmtpMailer)
    with app.app_context():
        return app.test_cli_runner().invoke(args=["mail", "check", *words])


def test_each_step_is_told_and_nothing_is_sent_unasked(built: Callable[..., Flask]) -> None:
    handler = Keeping()
    with working_server(handler) as port:
        result = checked(built, port)
    assert result.exit_code == 0, result.output
    for line in ("ok   connect: 127.0.0.1", "ok   greet", "TLS: not asked for", "ok   sender: 250", "No mail was sent"):
        assert line in result.output
    assert handler.envelopes == []


def test_a_test_mail_goes_where_it_is_asked_to(built: Callable[..., Flask]) -> None:
    handler = Keeping()
    with working_server(handler) as port:
        result = checked(built, port, "--to", "wang@example.org")
    assert result.exit_code == 0 and "ok   test mail" in result.output
    assert [envelope.rcpt_tos for envelope in handler.envelopes] == [["wang@example.org"]]


def test_a_refused_test_mail_is_told_without_the_address(built: Callable[..., Flask]) -> None:
    with working_server(Keeping(rcpt="550 no such user")) as port:
        result = checked(built, port, "--to", "wang@example.org")
    assert result.exit_code == 1 and "not accepted: 550 no such user" in result.output


def test_what_fails_is_named(built: Callable[..., Flask], tmp_path) -> None:  # type: ignore[no-untyped-def]
    result = checked(built, closed_port())
    assert result.exit_code == 1 and "FAIL connect: ConnectionRefusedError" in result.output
    with working_server(Keeping(), tls_context=certified(tmp_path)) as port:
        result = checked(built, port, MAIL_USE_TLS=True)
    assert result.exit_code == 1 and "FAIL TLS: the certificate is not trusted" in result.output
    with working_server(Keeping()) as port:
        result = checked(built, port, MAIL_USERNAME="portal", MAIL_PASSWORD="canary")
    assert result.exit_code == 1 and "FAIL sign in" in result.output and "canary" not in result.output


def test_without_a_server_there_is_nothing_to_check(built: Callable[..., Flask]) -> None:
    end_reading()
    result = built().test_cli_runner().invoke(args=["mail", "check"])
    assert result.exit_code == 1 and "local outbox" in result.output
