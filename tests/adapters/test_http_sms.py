"""The SMS gateway's adapter against a real HTTP server that misbehaves: what is certain, what is not, what is said."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from app.adapters.http_sms import LARGEST_ANSWER
from app.adapters.mailer import DeliveryFailure, PermanentFailure, TemporaryFailure, UnknownOutcome
from app.adapters.sms_gateway import NoGateway, Sms, SmsFolder, refuse_unsendable
from app.adapters.sms_settings import SettingsWrong, check_address
from tests.adapters.certificates import certified
from tests.adapters.mail_servers import closed_port
from tests.adapters.sms_servers import DROP, SILENCE, Gateway, answer, sender, serving

SMS = Sms("0f3b", "0912345678", "【便民服務入口網】您的手機驗證碼為123456。")
ACCEPTED = answer(200, "statuscode=1\nmsgid=A-77\n")


def test_an_sms_is_handed_over_and_its_number_kept() -> None:
    gateway = Gateway(ACCEPTED)
    with serving(gateway) as port:
        assert sender(port).send(SMS) == "A-77"
    head, _gap, body = gateway.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /send?version=1 HTTP/1.1")
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert fields == {
        "dstaddr": "0912345678",
        "smbody": SMS.text,
        "clientid": "0f3b",
        "username": "portal",
        "password": "canary-password",
    }


def test_the_other_ways_of_asking() -> None:
    gateway = Gateway(ACCEPTED)
    with serving(gateway) as port:
        sender(port, SMS_METHOD="JSON", SMS_NUMBERS="e164", SMS_HEADERS='{"Authorization": "Bearer x"}').send(SMS)
        sender(port, SMS_METHOD="GET", SMS_NUMBERS="international").send(SMS)
    head, _gap, body = gateway.requests[0].partition(b"\r\n\r\n")
    assert json.loads(body)["dstaddr"] == "+886912345678" and b"Authorization: Bearer x" in head
    assert gateway.requests[1].startswith(b"GET /send?version=1&") and b"dstaddr=886912345678" in gateway.requests[1]


@pytest.mark.parametrize(
    ("says", "error", "is_channel"),
    [
        (answer(500, "oops"), TemporaryFailure, True),
        (answer(401), TemporaryFailure, True),
        (answer(429), TemporaryFailure, True),
        (answer(422, "later"), TemporaryFailure, False),
        (answer(504), UnknownOutcome, False),
        (answer(302, "", "Location: http://127.0.0.1:1/elsewhere"), TemporaryFailure, True),
        (answer(200, "statuscode=v\n"), PermanentFailure, False),
        (answer(400, "statuscode=v\n"), PermanentFailure, False),
        (answer(200, "statuscode=1\n"), UnknownOutcome, False),
        (answer(200, "x" * (LARGEST_ANSWER + 1) + "\nmsgid=1"), UnknownOutcome, False),
        (b"this is no HTTP\r\n\r\n", UnknownOutcome, False),
        (DROP, UnknownOutcome, False),
    ],
    ids=[
        "500",
        "401",
        "429",
        "422",
        "504",
        "redirect",
        "refused",
        "refused 400",
        "no word",
        "large",
        "no HTTP",
        "drop",
    ],
)
def test_what_a_failure_means(
    says: bytes | None, error: type[DeliveryFailure], is_channel: bool, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = Gateway(says)
    with caplog.at_level(logging.DEBUG), serving(gateway) as port, pytest.raises(error) as failed:
        sender(port).send(SMS)
    assert failed.value.is_channel is is_channel and len(gateway.requests) == 1
    said = failed.value.reason + caplog.text
    assert not any(secret in said for secret in ("0912345678", "912345678", "123456", "canary-password"))


@pytest.mark.parametrize("gateway", [Gateway(SILENCE), Gateway(ACCEPTED, drips=0.2)], ids=["silence", "drips"])
def test_a_slow_answer_is_not_waited_for_for_ever(gateway: Gateway) -> None:
    with serving(gateway) as port, pytest.raises(UnknownOutcome, match="in time"):
        sender(port, seconds=0.5).send(SMS)


def test_nobody_there_is_the_channels_fault() -> None:
    with pytest.raises(TemporaryFailure) as failed:
        sender(closed_port()).send(SMS)
    assert failed.value.is_channel


@pytest.mark.parametrize(
    "number", ["+819012345678", "0287654321", "09123456789", "", "０９１２３４５６７８", "0912345678\n"]
)
def test_to_no_mobile_of_taiwan_nothing_is_sent(number: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    gateway = Gateway(ACCEPTED)
    with serving(gateway) as port:
        for way in (sender(port), SmsFolder(tmp_path)):
            with pytest.raises(PermanentFailure):
                way.send(Sms("1", number, "text"))
    assert gateway.requests == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://sms.example/", "ftp://127.0.0.1/", "https://user:word@sms.example/", "https://", "x"]
)
def test_only_a_safe_address_is_taken(url: str) -> None:
    with pytest.raises(SettingsWrong):
        check_address(url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMS_FIELDS": "{}"},
        {"SMS_SUCCESS": ""},
        {"SMS_SUCCESS": "("},
        {"SMS_METHOD": "PUT"},
        {"SMS_FIXED": '{"a": "b\\r\\nc"}'},
    ],
)
def test_a_wrong_setting_is_named_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsWrong, match=next(iter(wrong))):
        sender(1, **wrong)


def test_what_agencies_write_with_wide_spaces_is_sent() -> None:
    refuse_unsendable(Sms("1", "0912345678", "颱風　停止辦理接見\n請改選其他時段"))
    for text in (" ", "a\0", "\u202eabc"):
        with pytest.raises(PermanentFailure):
            refuse_unsendable(Sms("1", "0912345678", text))


def test_the_folder_keeps_each_sms_once(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = SmsFolder(tmp_path / "outbox")
    assert folder.send(SMS) == folder.send(SMS)
    assert [(one["number"], one["text"]) for one in folder.messages()] == [(SMS.number, SMS.text)]
    assert [path.stat().st_mode & 0o777 for path in folder.root.iterdir()] == [0o600]


def test_without_a_gateway_everything_waits() -> None:
    with pytest.raises(TemporaryFailure) as failed:
        NoGateway().send(SMS)
    assert failed.value.is_channel


def test_a_gateway_whose_certificate_nobody_signed_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Gateway(ACCEPTED)
    with serving(gateway, certified(tmp_path)) as port:
        asked = sender(port, SMS_URL=f"https://localhost:{port}/send")
        with pytest.raises(TemporaryFailure, match="SSLCert") as failed:
            asked.send(SMS)
        assert failed.value.is_channel and not gateway.requests
        # The control: whoever trusts the certificate is answered.
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        assert asked.send(SMS) == "A-77"
        # Right certificate, wrong name.
        with pytest.raises(TemporaryFailure, match="SSLCert"):
            sender(port, SMS_URL=f"https://127.0.0.1:{port}/send").send(SMS)
    assert len(gateway.requests) == 1
