"""未送達通知處理: sent again, told by telephone, another address; each once, each with its trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules import undelivered_refusals
from app.rules.vocabulary import AccountState, MessageState
from app.security import Actor
from app.services import mail_changes, passwords, throttle, undelivered
from app.services.notifications import HIDDEN_LINK
from app.transaction import transaction
from models import Applicant, AuditEntry, Notification, Officer
from tests import factories
from tests.concurrency.contest import contest
from tests.services.conftest import ANYBODY
from tests.stillness import StoppedClock

FAILED = MessageState.FAILED


def actor_of(officer: Officer) -> Actor:
    return Actor("staff", str(officer.id), officer.full_name)


@pytest.fixture
def officer(app: Flask) -> Officer:
    return factories.officer(factories.agency())


def failed(officer: Officer, **columns: object) -> Notification:
    return factories.notification(**{"state": FAILED, "agency_id": officer.agencies[0].id, "attempts": 8, **columns})


def again(message_id: str) -> Notification:
    db.session.rollback()
    return db.session.get_one(Notification, message_id)


def test_what_failed_and_was_not_handled_is_counted_in_scope(each_database: str, officer: Officer) -> None:
    own = frozenset({officer.agencies[0].id})
    failed(officer)
    failed(officer, state=MessageState.UNKNOWN)
    failed(officer, agency_id=None)
    failed(officer, event="mail_changed")
    for state in (MessageState.SENT, MessageState.RETRYING, MessageState.TOLD_BY_PHONE, MessageState.REPLACED):
        failed(officer, state=state)
    failed(officer, handled_at=clock.now())
    factories.notification(state=FAILED, agency_id=factories.agency().id)
    assert undelivered.count(own) == 2
    assert undelivered.count(None) == 4
    assert undelivered.count(frozenset()) == 0


def test_sent_again_it_begins_anew_at_the_present_address(each_database: str, officer: Officer) -> None:
    lawyer = factories.applicant()
    message_id, own = failed(officer, to=lawyer, recipient="old@example.com").id, frozenset({officer.agencies[0].id})
    mail = lawyer.mail
    undelivered.send_again(message_id, own, actor_of(officer))
    message = again(message_id)
    assert (message.state, message.attempts, message.recipient) == (MessageState.QUEUED, 0, mail)
    assert message.due_at == clock.now() and message.give_up_at == clock.now() + timedelta(days=3)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "notification.sent_again")).one()
    assert entry.agency_id in own
    assert undelivered.count(None) == 0


def test_about_a_visit_it_is_tried_until_the_arrival(officer: Officer) -> None:
    visit = factories.reservation()
    about = {"subject_kind": "reservation", "subject_id": visit.id}
    message_id = failed(officer, **about).id
    assert undelivered.visits([again(message_id)])[message_id].arrives_at == visit.arrives_at
    undelivered.send_again(message_id, None, actor_of(officer))
    assert again(message_id).give_up_at == visit.arrives_at


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"event": "verify"}, undelivered_refusals.LinkGone),
        ({"event": "other", "body": f"點此 {HIDDEN_LINK}"}, undelivered_refusals.LinkGone),
        ({"event": "reminder", "subject_kind": "reservation"}, undelivered_refusals.VisitOver),
    ],
)
def test_what_would_help_nobody_is_not_sent_again(
    officer: Officer, columns: dict[str, object], error: type[Exception]
) -> None:
    message_id = failed(officer, **columns).id
    with pytest.raises(error):
        undelivered.send_again(message_id, None, actor_of(officer))
    assert again(message_id).state == FAILED


def test_an_older_message_does_not_follow_a_newer_one(officer: Officer, clock_at: StoppedClock) -> None:
    lawyer, visit_id = factories.applicant(), factories.reservation().id
    about = {"to": lawyer, "subject_kind": "reservation", "subject_id": visit_id}
    old = failed(officer, event="booking_approved", **about).id
    clock_at.passes(minutes=1)
    failed(officer, event="reminder", **about)
    undelivered.send_again(old, None, actor_of(officer))  # a reminder changes nothing
    with transaction() as session:
        session.get_one(Notification, old).state = FAILED
    failed(officer, event="booking_cancelled", state=MessageState.SENT, **about)
    with pytest.raises(undelivered_refusals.NewerSent):
        undelivered.send_again(old, None, actor_of(officer))


def test_told_by_telephone_with_a_note(each_database: str, officer: Officer) -> None:
    message_id = failed(officer, secret={"link": "http://x/1"}).id
    for note in ("", "  ", "長" * 201):
        with pytest.raises(undelivered_refusals.NoteNeeded):
            undelivered.tell_by_phone(message_id, note, None, officer.id, actor_of(officer))
    undelivered.tell_by_phone(message_id, " 本人接聽 ", None, officer.id, actor_of(officer))
    message = again(message_id)
    assert (message.state, message.handled_note, message.handled_by_id) == ("told_by_phone", "本人接聽", officer.id)
    assert message.secret is None and undelivered.count(None) == 0


def test_two_officers_at_once(each_database: str, app: Flask, officer: Officer) -> None:
    colleague = factories.officer(officer.agencies[0], last_name="林", first_name="美玲")
    message_id, pairs = failed(officer).id, [(one.id, actor_of(one)) for one in (officer, colleague)]
    db.session.rollback()

    def tells(pair: tuple[int, Actor]) -> Callable[[], None]:
        return lambda: undelivered.tell_by_phone(message_id, "已告知", None, *pair)

    outcomes = contest(app, tells(pairs[0]), tells(pairs[1]))
    [late] = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(late, undelivered_refusals.AlreadyHandled)
    assert "已電話告知" in str(late) and ("王小明" in str(late) or "林美玲" in str(late))
    with pytest.raises(undelivered_refusals.AlreadyHandled):
        undelivered.send_again(message_id, None, pairs[0][1])


def test_another_agencys_message_does_not_exist(officer: Officer) -> None:
    foreign, nobodys = (
        factories.notification(state=FAILED, agency_id=factories.agency().id),
        failed(officer, agency_id=None),
    )
    own = frozenset({officer.agencies[0].id})
    for message_id in (foreign.id, nobodys.id):
        with pytest.raises(NotFound):
            undelivered.send_again(message_id, own, actor_of(officer))
        with pytest.raises(NotFound):
            undelivered.get(message_id, own)
    with pytest.raises(NotFound):  # it has not failed
        undelivered.get(failed(officer, state=MessageState.SENT).id, None)


def link_to(mail: str) -> str:
    """The token of the newest link mailed to an address."""
    db.session.rollback()
    found = [m for m in db.session.scalars(select(Notification)) if m.recipient == mail and m.secret]
    return str(max(found, key=lambda m: m.queued_at).secret["link"]).rpartition("/")[2]


def test_a_new_address_counts_when_its_owner_confirms_it(
    each_database: str, seeded: None, officer: Officer, clock_at: StoppedClock
) -> None:
    lawyer = factories.applicant(mail_bounced_at=clock.now())
    lawyer_id, old = lawyer.id, lawyer.mail
    message_id = failed(officer, to=lawyer).id
    agency_id = officer.agencies[0].id
    clock_at.passes(minutes=1)
    mail_changes.propose(lawyer_id, "New@Example.com", agency_id, actor_of(officer))
    events = {m.event: m.recipient for m in db.session.scalars(select(Notification))}
    assert events["mail_change"] == "New@example.com" and events["mail_change_told"] == old
    assert db.session.get_one(Applicant, lawyer_id).mail == old and again(message_id).state == FAILED
    raw = link_to("New@example.com")
    assert mail_changes.proposed(raw) == "Ne*****@example.com"
    with pytest.raises(passwords.CurrentPasswordWrong):
        mail_changes.confirm(raw, "wrong", ANYBODY)
    assert mail_changes.proposed(raw), "a wrong password uses nothing up"
    mail_changes.confirm(raw, factories.PASSWORD, ANYBODY)
    db.session.rollback()
    account = db.session.get_one(Applicant, lawyer_id)
    assert (account.mail, account.mail_bounced_at) == ("New@example.com", None)
    assert (again(message_id).state, again(message_id).recipient) == (MessageState.QUEUED, "New@example.com")
    told = db.session.scalars(select(Notification).where(Notification.event == "mail_changed")).one()
    assert told.recipient == old and "Ne*****@example.com" in told.body
    with pytest.raises(mail_changes.ChangeLinkInvalid):
        mail_changes.confirm(raw, factories.PASSWORD, ANYBODY)


def test_links_die_by_age_and_by_a_newer_one(seeded: None, officer: Officer, clock_at: StoppedClock) -> None:
    lawyer_id = factories.applicant().id
    mail_changes.propose(lawyer_id, "one@example.com", None, actor_of(officer))
    first = link_to("one@example.com")
    mail_changes.propose(lawyer_id, "two@example.com", None, actor_of(officer))
    second = link_to("two@example.com")
    assert mail_changes.proposed(first) is None and mail_changes.proposed(second)
    clock_at.passes(hours=72)
    assert mail_changes.proposed(second) is None


def test_an_address_of_another_account_is_told_to_nobody_but_its_owner(seeded: None, officer: Officer) -> None:
    lawyer, owner = factories.applicant(), factories.applicant(mail="owner@example.com")
    mail_changes.propose(lawyer.id, "owner@example.com", None, actor_of(officer))
    db.session.rollback()
    [message] = db.session.scalars(select(Notification)).all()
    assert (message.event, message.applicant_id) == ("address_known", owner.id)


def test_what_cannot_be_proposed(seeded: None, officer: Officer) -> None:
    lawyer = factories.applicant()
    with pytest.raises(mail_changes.SameMail):
        mail_changes.propose(lawyer.id, lawyer.mail, None, actor_of(officer))
    for waiting in (factories.unverified_applicant(), factories.applicant(state=AccountState.DISABLED)):
        with pytest.raises(mail_changes.AccountNotOpen):
            mail_changes.propose(waiting.id, "x@example.com", None, actor_of(officer))
    for _ in range(throttle.RECIPIENT_MAIL.most):
        mail_changes.propose(factories.applicant().id, "crowd@example.com", None, actor_of(officer))
    with pytest.raises(throttle.TooMany):
        mail_changes.propose(factories.applicant().id, "crowd@example.com", None, actor_of(officer))
