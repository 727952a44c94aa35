"""簡訊通知設定 as its reader meets it, and the receipts of the gateway."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import Channel
from app.rules.vocabulary import MessageState as State
from app.services.sms_receipts import REFUSED, WINDOW_SECONDS, signature_of
from app.transaction import end_reading
from models import Applicant, AuditEntry, Notification
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Visitor

SECRET = "a secret that only the gateway and this program know"


@pytest.fixture
def on(app: Flask) -> None:
    """SMS are on."""
    app.config["SMS_URL"] = "local"


def test_a_number_is_verified_and_the_preference_kept(on: None, visitor: Visitor, lawyer: Applicant) -> None:
    page = visitor.opens("/portal/my/sms")
    assert "未驗證" in page.main and lawyer.mobile not in page.source
    page = visitor.sends("/my/sms/send")
    assert page.path == "/portal/my/sms/code"
    end_reading()
    message = db.session.scalars(select(Notification).where(Notification.channel == Channel.SMS)).one()
    code = str(message.secret["code"])
    page = visitor.sends("/my/sms/code", code=f"{(int(code) + 1) % 10**6:06d}")
    assert page.status == 422 and "驗證碼錯誤" in page.told("code") and page.value("code") == ""
    page = visitor.sends("/my/sms/code", code=code)
    assert page.path == "/portal/my/sms" and "手機號碼驗證成功" in page.main and "已驗證" in page.main
    page = visitor.sends("/my/sms", prefers_sms="y")
    assert "設定已儲存" in page.main and page.value("prefers_sms") == "y"
    visitor.opens("/portal/my/sms")
    form = {name: value for name, value in visitor.page.form("/my/sms").form_values() if name != "prefers_sms"}
    visitor.client.post("/portal/my/sms", data=form)
    end_reading()
    assert db.session.get_one(Applicant, lawyer.id).prefers_sms is False
    log = visitor.opens("/portal/messages")
    assert "［驗證碼不顯示］" in log.main and code not in log.source


def test_asking_again_at_once_is_told_on_the_page(on: None, visitor: Visitor, lawyer: Applicant) -> None:
    visitor.opens("/portal/my/sms")
    visitor.sends("/my/sms/send")
    visitor.opens("/portal/my/sms/code")
    page = visitor.sends("/my/sms/send")
    assert page.status == 429 and "驗證碼剛剛寄出" in page.source


def test_without_sms_the_page_says_so(visitor: Visitor, lawyer: Applicant) -> None:
    page = visitor.opens("/portal/my/sms")
    assert "目前未提供簡訊服務" in page.main and "寄送驗證碼" not in page.main


@pytest.fixture
def sent(app: Flask) -> Notification:
    app.config["SMS_RECEIPT_SECRET"] = SECRET
    columns = {"channel": Channel.SMS, "state": State.SENT, "provider_id": "A-77", "sent_at": clock.now()}
    return factories.notification(recipient="0912345678", **columns)


def report(
    client: FlaskClient, content: object, at: int | None = None, signature: str | None = None, **headers: str
) -> int:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    stamp = str(at if at is not None else int(clock.now().timestamp()))
    signed = signature if signature is not None else signature_of(body, stamp, SECRET)
    headers = {"X-Sms-Timestamp": stamp, "X-Sms-Signature": signed, **headers}
    return client.post("/portal/sms-receipts", data=body, headers=headers).status_code


def state_of(message: Notification) -> State:
    end_reading()
    return db.session.get_one(Notification, message.id).state


@pytest.mark.parametrize(
    ("content", "state"),
    [
        ({"id": "A-77", "status": "delivered"}, State.DELIVERED),
        (b"id=A-77&status=DELIVERED", State.DELIVERED),
        ({"id": "A-77", "status": "Undeliverable"}, State.FAILED),
        ({"id": "A-77", "status": "queued"}, State.SENT),
        ({"id": "A-78", "status": "delivered"}, State.SENT),
    ],
)
def test_a_receipt_tells_what_became_of_an_sms(client: FlaskClient, sent: Notification, content, state: State) -> None:  # type: ignore[no-untyped-def]
    assert report(client, content) == 200 and state_of(sent) == state
    assert report(client, {"id": "A-77", "status": "failed"} if state == State.DELIVERED else content) == 200
    assert state_of(sent) == state, "what is settled stays"
    if state == State.FAILED:
        events = list(db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject_id == sent.id)))
        assert events == ["notification.returned"]


def test_what_is_not_signed_now_is_refused_in_one_way(
    app: Flask, client: FlaskClient, sent: Notification, clock_at: StoppedClock
) -> None:
    good, now = {"id": "A-77", "status": "delivered"}, int(clock.now().timestamp())
    body = json.dumps(good).encode()
    assert report(client, good, signature="0" * 64) == 403
    assert report(client, good, signature="") == 403
    assert report(client, good, signature="密") == 403
    assert report(client, good, signature=signature_of(body, str(now), "another secret")) == 403
    assert report(client, good, signature=signature_of(body, str(now - 1), SECRET)) == 403, "the time is signed, too"
    for away in (-WINDOW_SECONDS - 1, WINDOW_SECONDS + 1):
        assert report(client, good, at=now + away) == 403
    for junk in (b"{", b"[1]", b"\xff", b"", b"{}", b"{" * 5000, b"x" * 20000):
        assert report(client, junk) == 403
    app.config["SMS_RECEIPT_SECRET"] = ""
    assert report(client, good, signature=signature_of(body, str(now), "")) == 403
    assert state_of(sent) == State.SENT
    app.config["SMS_RECEIPT_SECRET"] = SECRET
    assert report(client, good, at=now - WINDOW_SECONDS) == 200 and state_of(sent) == State.DELIVERED


def test_whoever_guesses_signatures_is_slowed_down(client: FlaskClient, sent: Notification) -> None:
    answers = [report(client, {"id": "A-77", "status": "delivered"}, signature="0") for _ in range(REFUSED.most + 1)]
    assert answers == [403] * REFUSED.most + [429]
    assert report(client, {"id": "A-77", "status": "delivered"}) == 200
