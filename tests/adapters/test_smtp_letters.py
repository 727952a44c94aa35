"""What the real mailer sends, and what it refuses to send."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from flask import Flask

from app import clock
from app.adapters.mailer import Mail, MailAttachment, PermanentFailure
from app.adapters.smtp_mailer import SmtpMailer
from tests.adapters.mail_servers import MAIL, Keeping, ScriptedServer, mailer, working_server


def delivered(mail: Mail):
    """The envelope and the letter that a real server gets."""
    handler = Keeping()
    with working_server(handler) as port:
        mailer(port).send(mail)
    (envelope,) = handler.envelopes
    return envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)


def lines(text: str) -> list[str]:
    return text.rstrip("\r\n").replace("\r\n", "\n").split("\n")


def test_a_chinese_letter_arrives_as_it_was_written():
    moment = datetime(2026, 3, 9, 0, 59, 33, tzinfo=UTC)
    with clock.frozen(moment):
        envelope, letter = delivered(MAIL)
    assert envelope.mail_from == "no-reply@portal.example"
    assert envelope.rcpt_tos == ["wang@example.org"]
    assert letter["Subject"] == MAIL.subject
    assert letter["From"].addresses[0].display_name == "法務部矯正署"
    assert letter["From"].addresses[0].addr_spec == "no-reply@portal.example"
    assert letter["To"] == "wang@example.org"
    assert letter["Message-ID"] == MAIL.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == moment
    assert letter.get_content_type() == "text/plain"
    assert lines(letter.get_content()) == lines(MAIL.text)


@pytest.mark.parametrize("length", [1, 20, 60, 200])
def test_long_headers_are_folded_and_read_back_whole(length):
    mail = replace(MAIL, subject="審" * length + " 𠮷", sender=f"{'署' * length} <no-reply@portal.example>")
    envelope, letter = delivered(mail)
    assert letter["Subject"] == mail.subject
    # Read by RFC 2047; Python 3.11's newer parser puts a space between two encoded words of a name.
    raw = email.message_from_bytes(envelope.content, policy=email.policy.compat32)
    assert parseaddr(str(make_header(decode_header(raw["From"])))) == ("署" * length, "no-reply@portal.example")
    assert envelope.content.isascii()
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 998
    assert b"\n" not in envelope.content.replace(b"\r\n", b"")


def test_the_same_mail_sent_twice_has_the_same_message_id_and_nothing_else_changes_it():
    assert {delivered(MAIL)[1]["Message-ID"] for _ in range(2)} == {MAIL.message_id}


def test_html_and_attachments_arrive():
    calendar = MailAttachment("接見預約.ics", "text/calendar; method=PUBLISH; charset=utf-8", "接見".encode())
    picture = MailAttachment('slip "1".pdf', "application/pdf", b"%PDF-\0\xff")
    mail = replace(MAIL, html="<p>審核通過</p>", reply_to="客服 <help@portal.example>", attachments=(calendar, picture))
    letter = delivered(mail)[1]
    assert lines(letter.get_body(("plain",)).get_content()) == lines(MAIL.text)
    assert letter.get_body(("html",)).get_content().strip() == "<p>審核通過</p>"
    assert letter["Reply-To"].addresses[0].addr_spec == "help@portal.example"
    first, second = letter.iter_attachments()
    assert (first.get_filename(), first.get_content_type(), first.get_param("method")) == (
        "接見預約.ics", "text/calendar", "PUBLISH",
    )  # fmt: skip
    assert first.get_payload(decode=True) == "接見".encode()
    assert (second.get_filename(), second.get_payload(decode=True)) == ('slip "1".pdf', b"%PDF-\0\xff")


def test_a_chinese_domain_goes_out_in_its_ascii_form():
    assert delivered(replace(MAIL, recipient="wang@例子.台灣"))[0].rcpt_tos == ["wang@xn--fsqu00a.xn--kpry57d"]


def test_a_mail_can_be_sent_within_an_app_context_too():
    handler = Keeping()
    with working_server(handler) as port:
        sender = mailer(port)
        with sender._app.app_context():
            sender.send(MAIL)
    assert len(handler.envelopes) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "通知\r\nBcc: all@example.org"},
        {"subject": "通知\r\n folded"},
        {"subject": "通知\n"},
        {"subject": "a\u2028b"},
        {"subject": "\ud800"},
        {"recipient": "wang@example.org\r\nRCPT TO:<evil@example.org>"},
        {"recipient": "wang@example.org, evil@example.org"},
        {"recipient": "Wang <wang@example.org>"},
        {"recipient": "wang"},
        {"recipient": "@example.org"},
        {"recipient": ""},
        {"recipient": "王@example.org"},
        {"recipient": "wang@exa mple.org"},
        {"recipient": "wang@" + "a" * 70 + "例.org"},
        {"sender": "x\r\nBcc: all@example.org <a@b.example>"},
        {"sender": "矯正署"},
        {"reply_to": "a@b.example\r\nX: y"},
        {"reply_to": "nobody"},
        {"message_id": "<a@b>\r\nX: y"},
        {"message_id": "a@b"},
        {"message_id": ""},
        {"attachments": (MailAttachment("a\r\nb.pdf", "application/pdf", b""),)},
        {"attachments": (MailAttachment("a.pdf", "application/pdf\r\nX: y", b""),)},
        {"attachments": (MailAttachment("a.pdf", "pdf", b""),)},
        {"text": "\ud800"},
    ],
)
def test_what_could_smuggle_is_refused_for_good(change):
    with ScriptedServer() as server, pytest.raises(PermanentFailure):
        mailer(server.port).send(replace(MAIL, **change))
    assert not server.texts
    assert not any(command.startswith((b"RCPT", b"DATA")) for command in server.commands)


def test_a_mailer_that_would_send_nothing_is_not_made():
    app = Flask(__name__)
    app.config["TESTING"] = True
    with pytest.raises(ValueError, match="MAIL_SUPPRESS_SEND"):
        SmtpMailer(app)
