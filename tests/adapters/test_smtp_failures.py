"""What the real mailer says about each way in which a server can fail."""

from __future__ import annotations

import contextlib
import time

import pytest
from flask import Flask

from app.adapters.mailer import PermanentFailure, TemporaryFailure, UnknownOutcome
from app.adapters.smtp_mailer import SmtpMailer
from tests.adapters.certificates import certified
from tests.adapters.mail_servers import (
    DROP,
    MAIL,
    SILENCE,
    Keeping,
    ScriptedServer,
    closed_port,
    mailer,
    working_server,
)


def outcome(limit: float = 5.0, **script):
    """What sending raised, and the server that was talked to."""
    with ScriptedServer(**script) as server:
        try:
            mailer(server.port, limit).send(MAIL)
        except (TemporaryFailure, PermanentFailure, UnknownOutcome) as failure:
            return failure, server
    return None, server


def test_the_control_goes_well():
    failure, server = outcome()
    assert failure is None
    assert len(server.texts) == 1


@pytest.mark.parametrize(
    ("script", "kind", "is_channel"),
    [
        pytest.param({"greeting": b"421 too busy"}, TemporaryFailure, True, id="greeting 421"),
        pytest.param({"greeting": b"554 no service"}, TemporaryFailure, True, id="greeting 554"),
        pytest.param({"greeting": b"\xff\x00 garbage"}, TemporaryFailure, True, id="greeting garbage"),
        pytest.param({"greeting": DROP}, TemporaryFailure, True, id="dropped at once"),
        pytest.param({"EHLO": b"500 what", "HELO": b"500 what"}, TemporaryFailure, True, id="hello refused"),
        pytest.param({"EHLO": DROP}, TemporaryFailure, True, id="dropped at hello"),
        pytest.param({"MAIL": b"451 later"}, TemporaryFailure, True, id="sender 451"),
        pytest.param({"MAIL": b"550 relaying denied"}, TemporaryFailure, True, id="sender 550: our setting is wrong"),
        pytest.param({"MAIL": b"552 too big"}, PermanentFailure, False, id="sender 552: this mail is too big"),
        pytest.param({"RCPT": b"450 mailbox busy"}, TemporaryFailure, False, id="recipient 450"),
        pytest.param({"RCPT": b"421 going down"}, TemporaryFailure, False, id="recipient 421"),
        pytest.param({"RCPT": b"550 5.1.1 unknown"}, PermanentFailure, False, id="recipient 550"),
        pytest.param({"RCPT": b"553 bad name"}, PermanentFailure, False, id="recipient 553"),
        pytest.param({"RCPT": b"garbage"}, TemporaryFailure, False, id="recipient garbage"),
        pytest.param({"RCPT": DROP}, TemporaryFailure, True, id="dropped at recipient"),
        pytest.param({"DATA": b"451 later"}, TemporaryFailure, False, id="data 451"),
        pytest.param({"DATA": b"554 no"}, PermanentFailure, False, id="data 554"),
        pytest.param({"DATA": DROP}, TemporaryFailure, True, id="dropped before the text"),
        pytest.param({"dot": b"451 try again"}, TemporaryFailure, False, id="text 451"),
        pytest.param({"dot": b"421 going down"}, TemporaryFailure, False, id="text 421"),
        pytest.param({"dot": b"554 spam"}, PermanentFailure, False, id="text 554"),
        pytest.param({"dot": DROP}, UnknownOutcome, False, id="dropped after the text"),
        pytest.param({"dot": b"garbage"}, UnknownOutcome, False, id="garbage after the text"),
        pytest.param({"dot": b"250 " + b"x" * 9000}, UnknownOutcome, False, id="endless answer after the text"),
    ],
)
def test_each_failure_has_its_name(script, kind, is_channel):
    failure, _server = outcome(**script)
    assert (type(failure), failure.is_channel) == (kind, is_channel), failure
    assert failure.reason


@pytest.mark.parametrize(
    ("step", "kind"),
    [("greeting", TemporaryFailure), ("RCPT", TemporaryFailure), ("dot", UnknownOutcome)],
)
def test_a_silent_server_is_left_in_time(step, kind):
    begun = time.perf_counter()
    failure, _server = outcome(limit=0.2, **{step: SILENCE})
    assert type(failure) is kind
    assert time.perf_counter() - begun < 30, "it waited until the server hung up"


def test_the_limits_are_ten_seconds_and_thirty():
    with working_server(Keeping()) as port:
        app = Flask(__name__)
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        with SmtpMailer(app)._mail.connect() as connection:
            assert connection.host.sock.gettimeout() == 10
            connection.host.data_seconds = 30
            with contextlib.suppress(Exception):
                connection.host.data(b"x")
            assert connection.host.sock.gettimeout() == 30


@pytest.mark.parametrize("farewell", [DROP, b"554 go away", SILENCE])
def test_a_bad_farewell_does_not_unsend_a_mail(farewell):
    failure, server = outcome(limit=0.3, QUIT=farewell)
    assert failure is None
    assert len(server.texts) == 1


def test_a_server_that_cannot_reconnect_does_not_unsend_a_mail():
    with ScriptedServer(QUIT=DROP) as server:
        mailer(server.port, MAIL_MAX_EMAILS=1).send(MAIL)
    assert len(server.texts) == 1


def test_nobody_listening_is_temporary():
    with pytest.raises(TemporaryFailure) as failure:
        mailer(closed_port()).send(MAIL)
    assert failure.value.is_channel


def test_a_real_server_refusing_the_recipient():
    handler = Keeping(rcpt="550 5.1.1 <wang@example.org>: no such user")
    with working_server(handler) as port, pytest.raises(PermanentFailure) as failure:
        mailer(port).send(MAIL)
    assert failure.value.reason == "550 5.1.1 <<recipient>>: no such user"
    assert "wang" not in str(failure.value).lower()


def test_a_login_is_never_sent_in_the_clear_and_its_refusal_is_the_channels_fault():
    with working_server(Keeping()) as port, pytest.raises(TemporaryFailure) as failure:  # offers no login without TLS
        mailer(port, MAIL_USERNAME="portal", MAIL_PASSWORD="canary").send(MAIL)
    assert failure.value.is_channel
    assert "canary" not in failure.value.reason


def test_a_server_whose_certificate_nobody_signed_gets_nothing(tmp_path):
    handler = Keeping()
    with working_server(handler, tls_context=certified(tmp_path)) as port:
        mailer(port).send(MAIL)  # the control: without TLS it is accepted
        with pytest.raises(TemporaryFailure, match="certificate") as failure:
            mailer(port, MAIL_USE_TLS=True).send(MAIL)
    assert failure.value.is_channel
    assert len(handler.envelopes) == 1


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for():
    with ScriptedServer() as server, pytest.raises(TemporaryFailure):
        mailer(server.port, MAIL_USE_TLS=True).send(MAIL)
    assert not server.texts


def test_nothing_of_the_talk_is_printed_when_the_app_debugs(capfd):
    with ScriptedServer() as server:
        app = Flask(__name__)
        app.debug = True
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port)
        SmtpMailer(app).send(MAIL)
    assert "wang" not in "".join(capfd.readouterr())
