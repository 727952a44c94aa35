"""The code that proves a number: bound to its account, short-lived, counted, and in no log."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.adapters.sms_gateway import SmsFolder
from app.extensions import db
from app.rules.message_events import HIDDEN_CODE
from app.rules.person_looks import Purpose
from app.rules.vocabulary import Channel, MessageState
from app.services import account_merging, delivery, mobile_changes, mobile_codes, throttle
from app.services.mobile_changes import ProposalGone
from app.services.mobile_codes import CodeTooSoon, CodeWrong, NoSmsThere, SmsOff
from app.services.persons import Look
from app.transaction import end_reading
from models import Applicant, AttemptCounter, Notification, OneTimeToken
from tests import factories
from tests.services.conftest import ANYBODY
from tests.stillness import StoppedClock


@pytest.fixture
def folder(app: Flask, seeded: None, monkeypatch: pytest.MonkeyPatch) -> SmsFolder:
    """SMS go to a folder."""
    folder = SmsFolder(app.config["DATA_DIR"] / "outbox")
    monkeypatch.setitem(app.extensions, "sms_gateway", folder)
    app.config["SMS_URL"] = "local"
    return folder


def code_of(person: Applicant) -> str:
    """What the newest SMS to somebody says."""
    end_reading()
    mine = (Notification.applicant_id == person.id, Notification.channel == Channel.SMS)
    newest = select(Notification).where(*mine).order_by(Notification.queued_at.desc())
    return str(db.session.scalars(newest).first().secret["code"])  # type: ignore[union-attr]


def is_verified(person: Applicant) -> bool:
    end_reading()
    return db.session.get_one(Applicant, person.id).mobile_verified_at is not None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_number_is_proved_by_the_code_that_came(
    each_database: str, folder: SmsFolder, caplog: pytest.LogCaptureFixture
) -> None:
    person = factories.applicant(mobile="0912345678")
    with caplog.at_level(logging.DEBUG):
        mobile_codes.send_code(person.id, ANYBODY)
        code = code_of(person)
        delivery.deliver_due()
    sent = next(folder.messages())
    assert sent["number"] == "0912345678" and f"驗證碼為{code}，10分鐘內有效" in sent["text"] and len(code) == 6
    end_reading()
    message = db.session.scalars(select(Notification)).one()
    assert HIDDEN_CODE in message.body and code not in message.body + caplog.text and message.secret is None
    assert message.state == MessageState.SENT and message.parts == 1
    token = db.session.scalars(select(OneTimeToken)).one()
    assert code not in token.digest and token.value == "0912345678"
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code[3:])
    mobile_codes.confirm(person.id, f" {code[:3]} {full_width}", ANYBODY)
    assert is_verified(person)
    with pytest.raises(CodeWrong):
        mobile_codes.confirm(person.id, code, ANYBODY)


def test_another_accounts_an_older_or_a_late_code_is_worth_nothing(folder: SmsFolder, clock_at: StoppedClock) -> None:
    one, other = (factories.applicant(mobile="0912345678") for _ in range(2))
    mobile_codes.send_code(one.id, ANYBODY)
    first = code_of(one)
    with pytest.raises(CodeWrong):
        mobile_codes.confirm(other.id, first, ANYBODY)
    clock_at.passes(minutes=2)
    mobile_codes.send_code(one.id, ANYBODY)
    second = code_of(one)
    if first != second:
        with pytest.raises(CodeWrong):
            mobile_codes.confirm(one.id, first, ANYBODY)
    clock_at.passes(minutes=10)
    with pytest.raises(CodeWrong):
        mobile_codes.confirm(one.id, second, ANYBODY)
    assert not is_verified(one) and not is_verified(other)
    clock_at.passes(seconds=1)
    delivery.deliver_due()
    assert list(folder.messages()) == [], "a code that is late is not sent any more"


def test_guessing_ends_after_five_tries(each_database: str, folder: SmsFolder, clock_at: StoppedClock) -> None:
    person = factories.applicant(mobile="0912345678")
    mobile_codes.send_code(person.id, ANYBODY)
    code = code_of(person)
    for _try in range(5):
        with pytest.raises(CodeWrong):
            mobile_codes.confirm(person.id, wrong(code), ANYBODY)
    with pytest.raises(throttle.TooMany):
        mobile_codes.confirm(person.id, code, ANYBODY)
    assert not is_verified(person)


def test_sending_is_counted_per_account_per_number_and_per_sender(
    folder: SmsFolder, clock_at: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [factories.applicant(mobile="0912345678") for _ in range(6)]
    mobile_codes.send_code(people[0].id, ANYBODY)
    with pytest.raises(CodeTooSoon):
        mobile_codes.send_code(people[0].id, ANYBODY)
    for person in people[1:5]:
        mobile_codes.send_code(person.id, ANYBODY)
    with pytest.raises(throttle.TooMany):
        mobile_codes.send_code(people[5].id, ANYBODY)
    purposes = set(db.session.scalars(select(AttemptCounter.purpose)))
    assert {"recipient.sms", "recipient.sms_day", "sender.sms", "mobile_code.resend"} <= purposes


def test_no_code_goes_abroad_or_without_a_gateway(app: Flask, folder: SmsFolder) -> None:
    with pytest.raises(NoSmsThere):
        mobile_codes.send_code(factories.applicant(mobile="+819012345678").id, ANYBODY)
    app.config["SMS_URL"] = ""
    with pytest.raises(SmsOff):
        mobile_codes.send_code(factories.applicant().id, ANYBODY)
    assert db.session.scalars(select(Notification)).all() == []


def proposed(person: Applicant, number: str) -> None:
    mobile_changes.propose(person.id, number, Look(Purpose("correction", "公文1150001"), None), ANYBODY)


def test_another_number_counts_by_the_code_that_came_there(
    each_database: str, folder: SmsFolder, clock_at: StoppedClock
) -> None:
    person = factories.applicant(mobile="0912345678", mobile_verified_at=clock.now())
    proposed(person, "0987-654-321")
    mobile_changes.send_code(person.id, ANYBODY)
    code = code_of(person)
    delivery.deliver_due()
    assert [m["number"] for m in folder.messages()] == ["0987654321"], "the code goes to the new number only"
    with pytest.raises(CodeWrong):
        mobile_codes.confirm(person.id, code, ANYBODY)  # it proves the number that is to come, not the present one
    with pytest.raises(CodeWrong):
        mobile_changes.confirm_code(person.id, wrong(code), ANYBODY)
    with pytest.raises(CodeWrong):
        mobile_changes.confirm_password(
            person.id, factories.PASSWORD, ANYBODY
        )  # where a code can go, nothing else does
    end_reading()
    assert db.session.get_one(Applicant, person.id).mobile == "0912345678"
    clock_at.passes(minutes=1)
    mobile_changes.confirm_code(person.id, f"{code[:3]}-{code[3:]}", ANYBODY)
    end_reading()
    changed = db.session.get_one(Applicant, person.id)
    assert (changed.mobile, changed.mobile_verified_at) == ("0987654321", clock.now())
    told = db.session.scalars(select(Notification).where(Notification.event == "mobile_changed")).one()
    assert "0987***321" in told.body and told.recipient == changed.mail
    with pytest.raises(ProposalGone):
        mobile_changes.confirm_code(person.id, code, ANYBODY)


def test_a_code_for_a_number_that_is_no_longer_proposed_is_worth_nothing(
    folder: SmsFolder, clock_at: StoppedClock
) -> None:
    person = factories.applicant(mobile="0912345678")
    proposed(person, "0987654321")
    mobile_changes.send_code(person.id, ANYBODY)
    first = code_of(person)
    clock_at.passes(minutes=2)
    proposed(person, "0987654322")
    with pytest.raises(CodeWrong):
        mobile_changes.confirm_code(person.id, first, ANYBODY)
    mobile_changes.send_code(person.id, ANYBODY)
    second = code_of(person)
    clock_at.passes(minutes=10)
    with pytest.raises(CodeWrong):
        mobile_changes.confirm_code(person.id, second, ANYBODY)
    clock_at.passes(days=7)
    with pytest.raises(ProposalGone):
        mobile_changes.confirm_code(person.id, second, ANYBODY)
    end_reading()
    assert db.session.get_one(Applicant, person.id).mobile == "0912345678"


def test_merging_ends_a_change_of_number_that_waits(folder: SmsFolder) -> None:
    gone = factories.applicant(mobile="0912345678")
    kept = factories.applicant(id_number=gone.id_number)
    proposed(gone, "0987654321")
    mobile_changes.send_code(gone.id, ANYBODY)
    code = code_of(gone)
    mark = account_merging.preview(gone.id, kept.id).mark
    end_reading()
    look = Look(Purpose("correction", "公文1150001"), None)
    account_merging.merge(gone.id, kept.id, "重複註冊", False, mark, look, ANYBODY)
    with pytest.raises(ProposalGone):
        mobile_changes.confirm_code(gone.id, code, ANYBODY)
