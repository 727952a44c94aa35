"""Mails that come back: only what names our own message counts, and nothing in a report can stop the others."""

from __future__ import annotations

import io

import pytest
from click.testing import Result
from flask import Flask

from app import clock
from app.adapters.bounce_reports import LARGEST, Unreadable, mails, read
from app.extensions import db
from app.rules.vocabulary import MessageState as State
from app.services import bounces
from app.transaction import end_reading
from models import Applicant, AuditEntry, Notification, new_id
from tests import factories


def report(
    message_id: str, action: str = "failed", status: str = "5.1.1", returned: str = "text/rfc822-headers"
) -> bytes:
    """A delivery report as mail servers write them."""
    return f"""From: MAILER-DAEMON@mx.example
To: no-reply@portal.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

您的信件無法送達。
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; somebody@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {returned}

From: no-reply@portal.example
To: somebody@example.org
Message-ID: {message_id}
Subject: x

--b--
""".encode()


def sent(**columns: object) -> Notification:
    return factories.notification(**{"state": State.SENT, **columns})  # type: ignore[arg-type]


def named(message: Notification) -> str:
    return f"<{message.id}@portal.example>"


def state_of(message: Notification) -> State:
    end_reading()
    return db.session.get_one(Notification, message.id).state


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_final_report_makes_the_message_undelivered(each_database: str, app: Flask, returned: str) -> None:
    message = sent()
    assert bounces.take_in([report(named(message), returned=returned)]) == {"returned": 1}
    assert state_of(message) is State.FAILED
    again = db.session.get_one(Notification, message.id)
    assert again.last_error == "returned: 5.1.1"
    assert db.session.get_one(Applicant, message.applicant_id).mail_bounced_at == clock.now()
    assert db.session.query(AuditEntry).filter_by(event="notification.returned", subject_id=message.id).count() == 1
    assert bounces.take_in([report(named(message))]) == {"known": 1}


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_what_is_not_final_changes_nothing(app: Flask, action: str) -> None:
    message = sent()
    assert bounces.take_in([report(named(message), action, "4.4.1")]) == {"not final": 1}
    assert state_of(message) is State.SENT
    assert db.session.get_one(Applicant, message.applicant_id).mail_bounced_at is None


def test_a_server_that_gave_up_does_not_blame_the_address(app: Flask) -> None:
    message = sent()
    assert bounces.take_in([report(named(message), "failed", "4.4.7")]) == {"returned": 1}
    assert state_of(message) is State.FAILED
    assert db.session.get_one(Applicant, message.applicant_id).mail_bounced_at is None


def test_an_address_that_was_changed_since_is_not_blamed(app: Flask) -> None:
    message = sent(recipient="old@example.org")
    bounces.take_in([report(named(message))])
    assert state_of(message) is State.FAILED
    assert db.session.get_one(Applicant, message.applicant_id).mail_bounced_at is None


@pytest.mark.parametrize("state", [State.TOLD_BY_PHONE, State.REPLACED, State.QUEUED])
def test_what_somebody_settled_stays(app: Flask, state: State) -> None:
    message = sent(state=state)
    assert bounces.take_in([report(named(message))]) == {"known": 1}
    assert state_of(message) is state


def test_neither_an_address_nor_a_strange_id_is_believed(app: Flask) -> None:
    message = sent(recipient="somebody@example.org")
    nobodys = f"<{new_id()}@portal.example>"
    strange = [f"<{message.id}@elsewhere.example>", "<abc@portal.example>", nobodys]
    assert bounces.take_in([report(name) for name in strange]) == {"unknown": 3}
    assert state_of(message) is State.SENT


HOSTILE = [
    b"",
    b"\xff\xfe\x00",
    b"Subject: hello\n\nno report",
    b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nAction\n\n--b--",
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 500,
    report("<a@b>").replace(b"Action: failed", b"Action: \xff\x00"),
    report("no id at all"),
    report("<a@b>")[:300],
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_mail_is_passed_over(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


def test_the_others_are_taken_in_all_the_same(app: Flask) -> None:
    message = sent()
    assert bounces.take_in([*HOSTILE, None, report(named(message))]) == {"unreadable": len(HOSTILE) + 1, "returned": 1}


def test_an_mbox_is_taken_apart_and_a_huge_mail_is_not_kept() -> None:
    mbox = b"From a\nSubject: 1\n\nx\n\nFrom b\nSubject: 2\n\n" + b"y" * (LARGEST + 5) + b"\n\nFrom c\nSubject: 3\n"
    assert [mail and mail[:10] for mail in mails(io.BytesIO(mbox))] == [b"Subject: 1", None, b"Subject: 3"]
    single = b"Subject: 1\n\nFrom here on it is text\n"
    assert list(mails(io.BytesIO(single))) == [single]
    assert list(mails(io.BytesIO(b""))) == []


def test_the_command_says_what_it_did(app: Flask, tmp_path) -> None:  # type: ignore[no-untyped-def]
    message = sent()
    box = tmp_path / "bounces.mbox"
    box.write_bytes(b"From x\n" + report(named(message)) + b"\nFrom y\nnonsense\n")
    end_reading()
    result: Result = app.test_cli_runner().invoke(args=["mail", "bounces", str(box)])
    assert result.exit_code == 0, result.output
    assert "1 returned: did not arrive" in result.output and "1 unreadable" in result.output
    end_reading()
    piped = app.test_cli_runner().invoke(args=["mail", "bounces"], input=report(named(message)))
    assert "1 known" in piped.output
