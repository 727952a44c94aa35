"""The harmless mailer writes each mail once, as a file that a mail program can open."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from app.adapters.mailer import Mail, MailAttachment, OutboxFolder, PermanentFailure

MAIL = Mail("<1@portal.example>", "法務部矯正署 <a@portal.example>", "wang@example.org", "註冊通知", "您好：\n𠮷田\n")
TEXT = MAIL.text.replace("\n", "\r\n")


@pytest.fixture
def outbox(tmp_path):
    return OutboxFolder(tmp_path / "outbox")


def test_a_mail_becomes_a_file_for_its_owner_only(outbox):
    outbox.send(MAIL)
    (path,) = outbox.root.iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    (letter,) = outbox.letters()
    assert letter["Subject"] == "註冊通知"
    assert letter["From"].addresses[0].display_name == "法務部矯正署"
    assert letter["To"] == "wang@example.org"
    assert letter["Message-ID"] == MAIL.message_id
    assert letter.get_content() == TEXT


def test_the_same_message_id_is_written_once(outbox):
    outbox.send(MAIL)
    outbox.send(replace(MAIL, text="another try"))
    assert [letter.get_content() for letter in outbox.letters()] == [TEXT]
    outbox.send(replace(MAIL, message_id="<2@portal.example>"))
    assert len(list(outbox.letters())) == 2
    assert {path.suffix for path in outbox.root.iterdir()} == {".eml"}


def test_the_newest_comes_first(outbox):
    for number in range(3):
        outbox.send(replace(MAIL, message_id=f"<{number}@x.example>", subject=str(number)))
    for age, path in enumerate(sorted(outbox.root.iterdir())):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    by_time = sorted(outbox.root.iterdir(), key=lambda path: -path.stat().st_mtime)
    wanted = [next(s for s in "012" if f"Subject: {s}".encode() in path.read_bytes()) for path in by_time]
    assert [letter["Subject"] for letter in outbox.letters()] == wanted


def test_everything_of_a_rich_mail_is_there(outbox):
    paper = MailAttachment("接見.ics", "text/calendar; method=PUBLISH", b"BEGIN:VCALENDAR")
    outbox.send(replace(MAIL, html="<p>您好</p>", reply_to="客服 <b@portal.example>", attachments=(paper,)))
    (letter,) = outbox.letters()
    assert letter.get_body(("plain",)).get_content() == TEXT
    assert letter.get_body(("html",)).get_content().strip() == "<p>您好</p>"
    assert letter["Reply-To"].addresses[0].addr_spec == "b@portal.example"
    (attached,) = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("接見.ics", paper.content)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "a\r\nBcc: x@y.example"},
        {"recipient": "a@b.example\nX: y"},
        {"recipient": ""},
        {"recipient": "王@example.org"},
        {"message_id": "../../x"},
        {"text": "\ud800"},
    ],
)
def test_what_smtp_would_refuse_is_refused_here_too(outbox, change):
    with pytest.raises(PermanentFailure):
        outbox.send(replace(MAIL, **change))
    assert not outbox.root.exists() or not list(outbox.root.iterdir())


def test_a_chinese_domain_and_full_width_spaces_are_fine(outbox):
    outbox.send(replace(MAIL, recipient="wang@例子.台灣", subject="審核\u3000通知"))
    assert len(list(outbox.letters())) == 1


def test_an_empty_outbox_has_no_letters(outbox):
    assert list(outbox.letters()) == []
