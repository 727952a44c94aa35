"""What lapses by itself, and the worker's hourly round."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.extensions import db
from app.rules.vocabulary import MessageState
from app.services import attachments, lapses, registration, verification
from app.transaction import transaction
from models import (
    Applicant,
    ApplicationDraft,
    Attachment,
    AuditEntry,
    BrowserSession,
    Consent,
    Notification,
    OneTimeToken,
    SessionKind,
    new_id,
)
from tests import factories
from tests.factories import files
from tests.services.conftest import ANYBODY
from tests.services.test_passwords import opened
from tests.services.test_registration import filled, link_of, only_message
from tests.stillness import StoppedClock


def count(model: type) -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_an_account_waits_seven_days_for_its_mail(each_database: str, seeded: None, clock_at: StoppedClock) -> None:
    receipt = registration.register(filled(), ANYBODY)
    opened(SessionKind.APPLICANT, str(receipt.applicant_id))
    clock_at.passes(days=7, seconds=-1)
    assert lapses.lapse_unverified() == 0
    clock_at.passes(seconds=1)
    assert lapses.lapse_unverified() == 1
    assert [count(m) for m in (Applicant, OneTimeToken, Consent, Notification, BrowserSession)] == [0, 0, 0, 0, 0]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "applicant.lapse")).one()
    assert entry.subject_id == receipt.applicant_id
    assert registration.register(filled(), ANYBODY).applicant_id, "the ID number is free again"
    assert lapses.lapse_unverified() == 0


def test_an_account_that_was_verified_stays(each_database: str, seeded: None, clock_at: StoppedClock) -> None:
    registration.register(filled(), ANYBODY)
    verification.verify(link_of(only_message()), ANYBODY)
    clock_at.passes(days=400)
    assert lapses.lapse_unverified() == 0


def test_more_than_one_batch(seeded: None, clock_at: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lapses, "BATCH", 2)
    for _ in range(5):
        factories.unverified_applicant()
    clock_at.passes(days=7)
    assert lapses.lapse_unverified() == 5


def test_a_message_that_is_being_sent_is_settled_first(seeded: None, clock_at: StoppedClock) -> None:
    registration.register(filled(), ANYBODY)
    clock_at.passes(days=8)
    with transaction() as session:
        session.scalars(select(Notification)).one().state = MessageState.SENDING
    assert lapses.lapse_unverified() == 0


def test_a_draft_goes_with_its_files(each_database: str, app: Flask, clock_at: StoppedClock) -> None:
    lawyer, inmate = factories.applicant(), factories.inmate()
    draft = factories.draft(lawyer, inmate)
    key = factories.attachment(draft, files.jpeg()).storage_key
    other = factories.draft(factories.applicant(), inmate, expires_at=clock.now().replace(year=2030)).id
    clock_at.passes(days=7)
    assert lapses.lapse_drafts() == 1
    assert count(Attachment) == 0
    assert list(db.session.scalars(select(ApplicationDraft.id))) == [other]
    with pytest.raises(Exception, match=r"\w*"):
        attachments.store().get(key)
    assert lapses.lapse_drafts() == 0


def test_sessions_that_are_over_go(each_database: str, app: Flask, clock_at: StoppedClock) -> None:
    live, ended, anonymous = (opened(SessionKind.APPLICANT, new_id()) for _ in range(3))
    with transaction() as session:
        for number in (ended, anonymous):
            session.get_one(BrowserSession, number).revoked_at = clock.now()
        session.get_one(BrowserSession, anonymous).subject_id = None
    assert lapses.lapse_sessions() == 1
    clock_at.passes(days=30)
    assert lapses.lapse_sessions() == 1
    assert list(db.session.scalars(select(BrowserSession.id))) == [live]
    clock_at.passes(days=366)
    assert lapses.lapse_sessions() == 1


def test_the_command_tells_what_it_did(app: Flask, seeded: None, clock_at: StoppedClock) -> None:
    factories.unverified_applicant()
    clock_at.passes(days=7)
    result = app.test_cli_runner().invoke(args=["lapse"])
    assert result.exit_code == 0 and "unverified accounts: 1" in result.output
