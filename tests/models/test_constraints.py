"""What the database itself refuses, whoever writes into it: unknown states, contradictions, doubles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import clock
from app.rules.vocabulary import ApplicationState, InmateStatus, ReservationState, ServiceItem
from app.transaction import transaction
from models import Applicant, Inmate
from tests import factories

pytestmark = pytest.mark.usefixtures("app", "each_database")

WORD_COLUMNS: dict[str, tuple[Callable[[], Any], str]] = {
    "applicant.state": (factories.applicant, "state"),
    "applicant.id_kind": (factories.applicant, "id_kind"),
    "inmate.status": (factories.inmate, "status"),
    "service_application.state": (factories.application, "state"),
    "service_application.item": (factories.application, "item"),
    "service_application.relation": (factories.application, "relation"),
    "service_grant.state": (factories.granted, "state"),
    "reservation.state": (factories.reservation, "state"),
    "reservation.kind": (factories.reservation, "kind"),
    "reservation.source": (factories.reservation, "source"),
    "notification.state": (factories.notification, "state"),
    "notification.channel": (factories.notification, "channel"),
}


def write(row: Any, assignment: str) -> None:
    """Change a row by SQL, past the models."""
    with transaction() as session:
        session.execute(text(f"UPDATE {row.__tablename__} SET {assignment}"))


@pytest.mark.parametrize("column", WORD_COLUMNS)
def test_an_unknown_word_is_refused(column: str) -> None:
    make, name = WORD_COLUMNS[column]
    row = make()
    for word in ("", "nonsense", "PENDING", "待審核"):
        with pytest.raises(IntegrityError):
            write(row, f"{name} = '{word}'")


@pytest.mark.parametrize("state", ["approved", "rejected", "partly_approved"])
def test_an_application_is_not_decided_without_a_time(state: str) -> None:
    with pytest.raises(IntegrityError):
        write(factories.application(), f"state = '{state}', decided_at = NULL")


@pytest.mark.parametrize("state", ["pending", "withdrawn", "expired"])
def test_an_undecided_application_has_no_time_of_decision(state: str) -> None:
    with pytest.raises(IntegrityError):
        write(factories.application(state=ApplicationState.APPROVED), f"state = '{state}'")


@pytest.mark.parametrize("state", ["approved", "rejected", "checked_in", "completed", "no_show", "awaiting_new_date"])
def test_a_reservation_does_not_get_past_review_without_a_decision(state: str) -> None:
    with pytest.raises(IntegrityError):
        write(factories.reservation(), f"state = '{state}', decided_at = NULL")


def test_a_paper_belongs_to_a_draft_or_to_an_application() -> None:
    case, half = factories.application(), factories.draft()
    with pytest.raises(IntegrityError):
        factories.attachment(case, draft_id=half.id)
    with pytest.raises(IntegrityError):
        factories.attachment(case, application_id=None)


def test_a_grant_does_not_end_before_it_begins() -> None:
    with pytest.raises(IntegrityError):
        factories.granted(until_on=clock.today() - timedelta(days=1))
    assert factories.granted(from_on=clock.today(), until_on=clock.today())


def test_one_request_is_pending_once_and_can_come_again_after_it_ended() -> None:
    first = factories.application()
    again = {"applicant_id": first.applicant_id, "inmate_id": first.inmate_id, "agency_id": first.agency_id}
    with pytest.raises(IntegrityError):
        factories.application(**again)
    factories.application(**again, item=ServiceItem.FAMILY_BOOK)
    with transaction():
        first.move("withdraw")
    assert factories.application(**again).id != first.id


def test_one_button_pressed_twice_is_one_application() -> None:
    first = factories.application(state=ApplicationState.WITHDRAWN, idempotency_key="k")
    with pytest.raises(IntegrityError):
        factories.application(applicant_id=first.applicant_id, idempotency_key="k")
    factories.application(idempotency_key="k")  # another person's key is another key


def test_a_verified_address_belongs_to_one_account() -> None:
    factories.applicant(mail="a@example.com")
    rival = factories.unverified_applicant(mail="A@example.com ")
    with pytest.raises(IntegrityError), transaction():
        rival.mail_verified_at = clock.now()


def test_rival_accounts_may_hold_an_identity_number_until_it_is_bound() -> None:
    number = factories.id_number()
    first, second = (factories.applicant(id_number=number) for _ in range(2))
    with transaction():
        first.id_bound_at = clock.now()
    with pytest.raises(IntegrityError), transaction():
        second.id_bound_at = clock.now()


def test_an_inmate_number_is_unique_among_those_present_and_used_again_later() -> None:
    first = factories.inmate(number="0609")
    with pytest.raises(IntegrityError):
        factories.inmate(agency_id=first.agency_id, number="0609")
    factories.inmate(number="0609")  # another agency
    with transaction():
        first.status = InmateStatus.RELEASED
    factories.inmate(agency_id=first.agency_id, number="0609")


def test_one_arrival_is_announced_once_and_again_after_it_was_cancelled() -> None:
    grant = factories.granted()
    first = factories.reservation(grant)
    with pytest.raises(IntegrityError):
        factories.reservation(grant)
    factories.reservation(grant, arrives_at=first.arrives_at + timedelta(minutes=5))
    with transaction():
        first.move("cancel")
    assert factories.reservation(grant).state is ReservationState.PENDING


def test_a_row_points_to_rows_that_exist() -> None:
    person = factories.inmate()
    with pytest.raises(IntegrityError):
        write(person, "agency_id = '00000000000040008000000000000000'")
    application = factories.application()
    with pytest.raises(IntegrityError), transaction() as session:
        session.delete(session.get_one(Applicant, application.applicant_id))
    with pytest.raises(IntegrityError), transaction() as session:
        session.delete(session.get_one(Inmate, application.inmate_id))
