"""``flask applicant``: a telephone and its recovery codes are lost, and the owner stands before somebody."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.security import Actor
from app.services import accounts, second_factor
from app.transaction import end_reading
from models import Applicant, AuditEntry, AuditValues, BrowserSession, Notification, SessionKind
from tests import factories
from tests.doors import Portal

pytestmark = pytest.mark.usefixtures("reference_data")
SAID = ("--by", "操作員", "--note", "本人持身分證到署")


def run(app: Flask, mail: str, *words: str, typed: str = "") -> tuple[int, str]:
    line = ["applicant", "second-factor-off", *SAID, "--mail", mail, *words]
    result = app.test_cli_runner().invoke(args=line, input=typed)
    return result.exit_code, result.output


@pytest.fixture
def guarded(app: Flask) -> Applicant:
    """An applicant with a second factor, signed in somewhere."""
    owner = factories.applicant(mail="chen@example.com", name="陳大文")
    secret, _address = second_factor.propose("chen")
    import pyotp

    from app import clock

    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    second_factor.adopt(SessionKind.APPLICANT, owner.id, secret, code, None, Actor("applicant", owner.id))
    Portal(app.test_client()).is_signed_in_as(owner)
    return owner


def test_it_is_off_the_sessions_end_and_the_owner_is_told(app: Flask, guarded: Applicant) -> None:
    code, said = run(app, "chen@example.com", typed="y\n")
    assert code == 0 and "陳○○" in said and "陳大文" not in said
    end_reading()
    assert not accounts.has_second_factor(guarded.id)
    assert all(row.revoked_at for row in db.session.scalars(select(BrowserSession)))
    told = db.session.scalars(select(Notification).where(Notification.event == "second_factor_off")).one()
    assert (told.recipient, told.applicant_id) == ("chen@example.com", guarded.id)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "second_factor.remove")).one()
    assert (entry.actor_kind, entry.actor_name, entry.subject_id) == ("system", "操作員", guarded.id)
    values = db.session.scalars(select(AuditValues).where(AuditValues.entry_seq == entry.seq)).one()
    assert values.facts == {"note": "本人持身分證到署"}


def test_nothing_happens_without_a_yes_an_account_or_a_second_factor(app: Flask, guarded: Applicant) -> None:
    assert run(app, "chen@example.com", typed="n\n")[0] == 1
    assert run(app, "nobody@example.com", "--yes")[0] == 1
    plain = factories.applicant(mail="plain@example.com")
    code, said = run(app, plain.mail, "--yes")
    assert code == 1 and "沒有開啟兩步驟驗證" in said
    assert accounts.has_second_factor(guarded.id)
