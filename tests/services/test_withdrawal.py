"""An application is taken back while it waits, and not a moment longer."""

from __future__ import annotations

from types import NoneType

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import NotFound, Stale
from app.extensions import db
from app.rules.vocabulary import ApplicationState, AttachmentKind
from app.security import Actor
from app.services import application_review, applications, drafts
from app.services.application_review import AlreadyDecided, Decision
from app.services.applications import NoLongerWaiting
from app.transaction import end_reading, locked, transaction
from models import AuditEntry, ServiceApplication, ServiceGrant, StateMove
from tests import factories
from tests.concurrency.contest import contest
from tests.factories import files

WITHDRAWN = ApplicationState.WITHDRAWN


def pending() -> tuple[str, str, int, Actor]:
    """A waiting application: whose, which, its version, and the person as an actor."""
    application = factories.application(factories.applicant(), factories.inmate(number="0609"))
    by = Actor("applicant", application.applicant_id, "李大同")
    return application.applicant_id, application.id, application.version, by


def state_of(application_id: str) -> ApplicationState:
    end_reading()
    return db.session.get_one(ServiceApplication, application_id).state


def test_it_is_taken_back_and_the_way_is_free(each_database: str, app: object) -> None:
    applicant_id, application_id, version, by = pending()
    applications.withdraw(applicant_id, application_id, version, by)
    assert state_of(application_id) is WITHDRAWN
    move = db.session.scalars(select(StateMove)).one()
    assert (move.move, move.from_state, move.to_state, move.actor_id) == (
        "withdraw",
        "pending",
        "withdrawn",
        applicant_id,
    )
    assert db.session.scalars(select(AuditEntry.event)).all() == ["service_application.withdraw"]
    agency_id = db.session.get_one(ServiceApplication, application_id).agency_id
    draft_id = drafts.start(applicant_id, agency_id, "0609", by)
    drafts.save(applicant_id, draft_id, relation="lawyer", certificate_number="1")
    for kind in (AttachmentKind.IDENTITY, AttachmentKind.MANDATE):
        drafts.add_paper(applicant_id, draft_id, kind, *files.jpeg())
    again = applications.submit(applicant_id, draft_id, by)
    assert state_of(again) is ApplicationState.PENDING and state_of(application_id) is WITHDRAWN


def test_pressed_twice_it_is_taken_back_once(app: object) -> None:
    applicant_id, application_id, version, by = pending()
    for _ in range(2):
        applications.withdraw(applicant_id, application_id, version, by)
    assert len(db.session.scalars(select(StateMove)).all()) == 1


def test_officer_and_applicant_at_once(each_database: str, app: Flask, seeded: None) -> None:
    applicant_id, application_id, version, by = pending()
    officer_id = factories.officer().id
    decision = Decision("approve", version=version)
    staff = Actor("staff", str(officer_id))
    outcomes = contest(
        app,
        lambda: applications.withdraw(applicant_id, application_id, version, by),
        lambda: application_review.review(application_id, decision, officer_id, staff),
    )
    assert [type(o) for o in outcomes] in ([NoneType, AlreadyDecided], [NoLongerWaiting, NoneType])
    withdrawn = outcomes[0] is None
    assert state_of(application_id) is (WITHDRAWN if withdrawn else ApplicationState.APPROVED)
    assert len(db.session.scalars(select(StateMove)).all()) == 1
    assert db.session.query(ServiceGrant).count() == (0 if withdrawn else 1)


@pytest.mark.parametrize("state", [ApplicationState.APPROVED, ApplicationState.REJECTED, ApplicationState.EXPIRED])
def test_a_decision_between_stands(each_database: str, app: object, state: ApplicationState) -> None:
    applicant_id, application_id, version, by = pending()
    with transaction() as session:
        row = locked(session, ServiceApplication, application_id)
        row.state = state
        row.decided_at = None if state is ApplicationState.EXPIRED else clock.now()
    with pytest.raises(NoLongerWaiting) as refused:
        applications.withdraw(applicant_id, application_id, version, by)
    assert refused.value.status == 409 and f"「{state.label}」" in str(refused.value)
    assert state_of(application_id) is state


def test_what_was_decided_and_undone_has_to_be_looked_at_again(app: object) -> None:
    applicant_id, application_id, version, by = pending()
    with transaction() as session:
        locked(session, ServiceApplication, application_id).certificate_number = "2"
    with pytest.raises(Stale):
        applications.withdraw(applicant_id, application_id, version, by)


def test_a_strangers_application_does_not_exist(app: object) -> None:
    _, application_id, version, _ = pending()
    stranger = factories.applicant()
    with pytest.raises(NotFound):
        applications.withdraw(stranger.id, application_id, version, Actor("applicant", stranger.id))
    assert state_of(application_id) is ApplicationState.PENDING
