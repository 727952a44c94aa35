"""Forgotten, changed and expired passwords."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, select

from app import clock
from app.extensions import db
from app.rules import passwords as rules
from app.security import Actor
from app.services import accounts, passwords, throttle
from app.services.registration import PasswordsDiffer
from app.transaction import transaction
from models import Applicant, BrowserSession, Notification, Officer, OneTimeToken, SessionKind, new_id
from tests import factories
from tests.services.conftest import ANYBODY
from tests.services.test_registration import link_of

NEW = "另一個很長的密碼 8"


def opened(kind: SessionKind, subject_id: str) -> str:
    """A live browser session of a person."""
    with transaction() as session:
        now = clock.now()
        row = BrowserSession(
            digest=new_id(),
            kind=kind,
            subject_id=subject_id,
            created_at=now,
            seen_at=now,
            expires_at=now.replace(year=now.year + 1),
        )
        session.add(row)
        session.flush()
        return row.id


def is_live(session_id: str) -> bool:
    db.session.expire_all()
    return db.session.get_one(BrowserSession, session_id).revoked_at is None


def reset_link() -> str:
    message = db.session.scalars(select(Notification).where(Notification.event == "password")).one()
    return link_of(message)


def test_a_forgotten_password_is_replaced_by_a_link_once(each_database: str, seeded: None) -> None:
    applicant = factories.applicant()
    elsewhere = opened(SessionKind.APPLICANT, applicant.id)
    passwords.request_reset(applicant.mail, ANYBODY)
    raw = reset_link()
    assert passwords.reset_is_live(raw)
    passwords.reset(raw, NEW, NEW, ANYBODY)
    assert accounts.sign_in(applicant.mail, NEW, ANYBODY).id == applicant.id
    assert not is_live(elsewhere)
    with pytest.raises(passwords.ResetLinkInvalid):
        passwords.reset(raw, NEW, NEW, ANYBODY)
    events = db.session.scalars(select(Notification.event)).all()
    assert sorted(events) == ["password", "password_changed"]


def test_a_link_lives_half_an_hour(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    passwords.request_reset(factories.applicant().mail, ANYBODY)
    raw = reset_link()
    clock_at.passes(minutes=30)
    with pytest.raises(passwords.ResetLinkInvalid):
        passwords.reset(raw, NEW, NEW, ANYBODY)


def test_a_refused_password_does_not_use_the_link_up(seeded: None) -> None:
    passwords.request_reset(factories.applicant().mail, ANYBODY)
    raw = reset_link()
    with pytest.raises(rules.PasswordTooShort):
        passwords.reset(raw, "short", "short", ANYBODY)
    with pytest.raises(PasswordsDiffer):
        passwords.reset(raw, NEW, "something else", ANYBODY)
    passwords.reset(raw, NEW, NEW, ANYBODY)


def test_a_locked_account_gets_in_by_the_link(seeded: None) -> None:
    applicant = factories.applicant()
    for _ in range(5):
        with pytest.raises((accounts.SignInFailed, throttle.Locked)):
            accounts.sign_in(applicant.mail, "wrong", ANYBODY)
    passwords.request_reset(applicant.mail, ANYBODY)
    passwords.reset(reset_link(), NEW, NEW, ANYBODY)
    assert accounts.sign_in(applicant.mail, NEW, ANYBODY)


def test_nobody_learns_who_has_an_account(seeded: None) -> None:
    factories.unverified_applicant(mail="unverified@example.com")
    for identifier in ("nobody@example.com", "A199999999", "unverified@example.com", ""):
        passwords.request_reset(identifier, ANYBODY)
    assert db.session.scalars(select(Notification)).all() == []


def test_an_unknown_name_takes_as_much_work_as_a_known_one(each_database: str, seeded: None) -> None:
    known = factories.applicant(mail="known@example.com").mail
    sent: dict[str, list[str]] = {}
    for name in (known, "never@example.com"):
        seen = sent.setdefault(name, [])
        listener = partial(_note_statement, seen)
        event.listen(db.engine, "before_cursor_execute", listener)
        passwords.request_reset(name, ANYBODY)
        event.remove(db.engine, "before_cursor_execute", listener)
    for kind in ("INSERT", "UPDATE"):
        counts = {name: sum(statement.startswith(kind) for statement in seen) for name, seen in sent.items()}
        assert counts[known] == counts["never@example.com"] > 0, (kind, counts)
    assert [row.recipient for row in db.session.scalars(select(Notification))] == [known]
    assert len(db.session.scalars(select(OneTimeToken)).all()) == 1


def _note_statement(seen: list[str], connection: object, cursor: object, statement: str, *rest: object) -> None:
    seen.append(statement)


def test_nobody_is_flooded_with_mails(seeded: None) -> None:
    applicant = factories.applicant()
    for n in range(8):
        passwords.request_reset(applicant.mail, Actor("anonymous", remote_address=f"192.0.2.{n}"))
    assert len(db.session.scalars(select(Notification)).all()) == throttle.RECIPIENT_MAIL.most


def test_changing_ends_the_other_sessions(each_database: str, seeded: None) -> None:
    applicant = factories.applicant()
    this, other = (opened(SessionKind.APPLICANT, applicant.id) for _ in range(2))
    actor = Actor("applicant", applicant.id)
    with pytest.raises(passwords.CurrentPasswordWrong):
        passwords.change(applicant.id, "wrong", NEW, NEW, this, actor)
    passwords.change(applicant.id, factories.PASSWORD, NEW, NEW, this, actor)
    assert (is_live(this), is_live(other)) == (True, False)
    assert db.session.get_one(Applicant, applicant.id).password_hash.startswith("scrypt:")


def test_weak_new_passwords_do_not_count_as_wrong_ones(seeded: None) -> None:
    applicant = factories.applicant()
    for _ in range(7):
        with pytest.raises(rules.PasswordTooShort):
            passwords.change(applicant.id, factories.PASSWORD, "short", "short", None, Actor("applicant", applicant.id))


def test_the_password_asked_again_counts_its_failures(seeded: None) -> None:
    applicant = factories.applicant()
    actor = Actor("applicant", applicant.id)
    passwords.confirm(SessionKind.APPLICANT, applicant.id, factories.PASSWORD, actor)
    for _ in range(5):
        with pytest.raises(passwords.CurrentPasswordWrong):
            passwords.confirm(SessionKind.APPLICANT, applicant.id, "wrong", actor)
    with pytest.raises(throttle.Locked):
        passwords.confirm(SessionKind.APPLICANT, applicant.id, factories.PASSWORD, actor)


class TestStaff:
    """The annex's rules: first sign-in, age, history, kinds of characters."""

    FIRST, SECOND, THIRD, FOURTH = (f"矯正署的密碼-Abc-{n}" for n in range(4))

    @pytest.fixture
    def officer(self, seeded: None) -> Officer:
        officer = factories.officer()
        with transaction() as session:
            passwords.set_staff(session, session.get_one(Officer, officer.id), self.FIRST, must_change=True)
        return db.session.get_one(Officer, officer.id)

    def change(self, officer: Officer, current: str, new: str) -> None:
        passwords.change_staff(officer.id, current, new, new, None, Actor("staff", str(officer.id)))

    def test_it_must_be_changed_at_first_and_after_ninety_days(self, officer: Officer, clock_at) -> None:  # type: ignore[no-untyped-def]
        assert passwords.must_change(officer)
        self.change(officer, self.FIRST, self.SECOND)
        assert not passwords.must_change(officer)
        clock_at.passes(days=90)
        assert not passwords.must_change(officer)
        clock_at.passes(seconds=1)
        assert passwords.must_change(officer)

    def test_the_last_three_do_not_come_back(self, officer: Officer, clock_at) -> None:  # type: ignore[no-untyped-def]
        clock_at.passes(minutes=1)
        self.change(officer, self.FIRST, self.SECOND)
        clock_at.passes(days=1)
        for former in (self.FIRST, self.SECOND):
            with pytest.raises(rules.PasswordReused):
                self.change(officer, self.SECOND, former)
        self.change(officer, self.SECOND, self.THIRD)
        clock_at.passes(days=1)
        with pytest.raises(rules.PasswordReused):
            self.change(officer, self.THIRD, self.FIRST)
        self.change(officer, self.THIRD, self.FOURTH)
        clock_at.passes(days=1)
        self.change(officer, self.FOURTH, self.FIRST)

    def test_it_is_kept_for_a_day(self, officer: Officer, clock_at) -> None:  # type: ignore[no-untyped-def]
        self.change(officer, self.FIRST, self.SECOND)
        with pytest.raises(rules.PasswordTooYoung):
            self.change(officer, self.SECOND, self.THIRD)
        clock_at.passes(days=1)
        self.change(officer, self.SECOND, self.THIRD)

    @pytest.mark.parametrize(
        ("password", "error"),
        [
            ("Ab3-Ab3-Ab3", rules.StaffPasswordTooShort),
            ("alllowercase", rules.StaffPasswordKinds),
            ("lowerandUPPER", rules.StaffPasswordKinds),
        ],
    )
    def test_what_is_too_simple_is_refused(self, officer: Officer, password: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            self.change(officer, self.FIRST, password)


def test_outside_of_tests_hashing_is_dear() -> None:
    source = Path(accounts.__file__).read_text(encoding="utf-8")
    assert '\nMETHOD = "scrypt"\n' in source, "the library's own rounds (32768), not those of tests"
