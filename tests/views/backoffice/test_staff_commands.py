"""``flask staff``: the first account, and the code for demonstrations, which production refuses to tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import clock
from app.extensions import db
from app.rules.closure_words import Answer
from app.rules.office_vocabulary import ImportState, RecognitionVerdict, WorkKind
from app.rules.vocabulary import ApplicationState, ReservationState, ServiceItem, VisitKind
from app.seeds import demo, demo_people, reference
from app.services import closure_answers, passwords, second_factor, staff
from models import (
    AuditEntry,
    AuditValues,
    InmateImport,
    Officer,
    RecognitionResult,
    Reservation,
    ServiceApplication,
    SessionKind,
    VisitClosure,
    WorkItem,
)
from tests import factories
from tests.doors import Office
from tests.stillness import StoppedClock


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["staff", *words])
    return result.exit_code, result.output


def test_the_first_account_is_made_on_the_command_line(app: Flask) -> None:
    staff.ensure_roles()
    words = ("create", "first", "陳", "志強", "--role", "Headquarters", "--password", "Starting-Pass-1")
    assert run(app, *words)[0] == 0
    assert db.session.scalars(select(Officer)).one().must_change_password
    code, said = run(app, *words)
    assert code == 1 and "已有相同帳號" in said, "a sentence, not a stack trace"
    assert run(app, "create", "x", "陳", "志強", "--role", "Admin", "--password", "Starting-Pass-1")[0] == 2


def test_a_code_is_told_to_demonstrations(app: Flask) -> None:
    officer = factories.officer()
    code = second_factor.current_code(SessionKind.STAFF, str(officer.id))
    assert run(app, "code", officer.username) == (0, f"{code}\n")
    assert run(app, "code", "nobody")[0] == 1


def test_production_tells_no_code(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    officer = factories.officer()
    name = officer.username
    app.config["TELL_CODES"] = False
    code, said = run(app, "code", name)
    assert code == 1 and "does not tell codes" in said
    settings = {
        "SECRET_KEY": "k" * 40,
        "KEY_FILE": str(tmp_path / "keys.json"),
        "BASE_URL": "https://portal.example",
        "TRUSTED_HOSTS": "portal.example",
        "MAIL_SERVER": "mail.example",
        "SHOW_OUTBOX": "0",
        "DATA_DIR": str(tmp_path),
    }
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    assert config.Production().TELL_CODES is False


def test_the_demonstration_can_be_entered(app: Flask) -> None:
    reference.seed()
    demo.fill()
    demo.fill()
    for username, *_names in demo_people.STAFF:
        officer = db.session.scalars(select(Officer).where(Officer.username == username)).one()
        assert not passwords.must_change(officer)
        person = Office(app.test_client())
        page = person.signs_in(officer, demo_people.STAFF_PASSWORD)
        assert page.address in ("/backoffice/", "/auditor/")
    states = sorted(db.session.scalars(select(InmateImport.state)))
    assert states == [ImportState.APPLIED, ImportState.FAULTY, ImportState.READY], "once, however often it is filled"
    assert set(db.session.scalars(select(WorkItem.kind))) == {WorkKind.RESTRICTED, WorkKind.RELEASED}
    assert set(db.session.scalars(select(RecognitionResult.verdict))) == set(RecognitionVerdict)
    today = select(Reservation.state).where(Reservation.visit_on == clock.today())
    assert {ReservationState.CHECKED_IN, ReservationState.IN_PROGRESS} <= set(db.session.scalars(today))
    _finds_work()


def _finds_work() -> None:
    """Something of every kind waits for an officer of the demonstration."""
    waiting = (Reservation.state == ReservationState.PENDING, Reservation.session_id.is_not(None))
    kinds = set(db.session.scalars(select(Reservation.kind).where(*waiting)))
    assert kinds == {VisitKind.FAMILY_ON_SITE, VisitKind.FAMILY_MOBILE, VisitKind.LAWYER_MOBILE}
    families = select(func.count()).where(
        ServiceApplication.item == ServiceItem.FAMILY, ServiceApplication.state == ApplicationState.PENDING
    )
    assert db.session.scalar(families) == 3
    closure = db.session.scalars(select(VisitClosure)).one()
    answered = {one.answer for one in closure_answers.answers(closure)}
    assert answered == {Answer.WAITING, Answer.CHOSEN, Answer.CANCELLED}


SAID = ("--by", "操作員", "--note", "見過身分證與獄政公文")


def test_the_last_of_headquarters_is_rescued(app: Flask, clock_at: StoppedClock) -> None:
    chief = factories.headquarters()
    factories.headquarters(active=False)
    username, other = chief.username, Office(app.test_client())
    other.is_signed_in_as(chief)
    for _time in range(5):
        Office(app.test_client()).gives_password(chief, "wrong", expect=None)
    clock_at.passes(days=100)  # idle: nobody but headquarters could open it
    code, said = run(app, "rescue", username, *SAID)
    password = said.splitlines()[0].removeprefix(f"{username}: ")
    assert code == 0 and len(password) == 16
    person = Office(app.test_client())
    assert person.gives_password(chief, password).address == "/backoffice/login/code/", "the telephone is still asked"
    assert other.opens("/backoffice/").address == "/backoffice/login/"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "officer.rescue")).one()
    values = db.session.scalars(select(AuditValues).where(AuditValues.entry_seq == entry.seq)).one()
    assert (entry.actor_kind, entry.actor_name) == ("system", "操作員")
    assert values.facts == {"note": "見過身分證與獄政公文", "second_factor": "kept"}


def test_with_a_lost_telephone_the_rescued_account_sets_up_another(app: Flask) -> None:
    chief = factories.headquarters(active=False)
    assert run(app, "rescue", chief.username, "--lost-telephone", *SAID)[0] == 0
    assert not second_factor.is_set_up(SessionKind.STAFF, str(chief.id))


def test_nobody_is_rescued_whom_headquarters_can_help(app: Flask) -> None:
    chief, officer = factories.headquarters(), factories.officer()
    colleague = factories.headquarters()
    code, said = run(app, "rescue", chief.username, *SAID)
    assert code == 1 and colleague.username in said and "帳號權限管理" in said
    assert run(app, "rescue", officer.username, *SAID)[0] == 1
    assert run(app, "rescue", "nobody", *SAID)[0] == 1
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.event == "officer.rescue")).all()
