"""The factories make rows that the real schema takes, on every database."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.rules.identity_numbers import normalise
from app.rules.vocabulary import IdentityKind, StaffRole
from app.transaction import transaction
from tests import factories

pytestmark = pytest.mark.usefixtures("app", "each_database")


def test_every_factory_makes_a_row_that_the_database_takes() -> None:
    case = factories.application()
    factories.attachment(case)
    factories.attachment(factories.draft())
    booking = factories.reservation()
    factories.companion(booking)
    factories.restriction(factories.inmate())
    factories.rejection_reason()
    factories.message_template("any")
    factories.notification()
    factories.privacy_notice()
    factories.calendar_day(booking.visit_on)
    factories.unverified_applicant()
    factories.application_item(case)
    factories.book_attachment(factories.entry())
    factories.book_attachment(factories.agency_entry())
    for kind in (factories.officer, factories.desk, factories.headquarters, factories.auditor):
        assert kind().roles
    assert booking.agency.name and booking.applicant and booking.applicant.id_number


def test_a_factory_joins_the_transaction_that_it_is_called_in() -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        agency_id = factories.agency().id
        raise ZeroDivisionError
    from models import Agency

    assert db.session.get(Agency, agency_id) is None


def test_identity_numbers_have_their_check_digit(clock_at: object) -> None:
    from app import clock

    for serial in range(200):
        number = factories.id_number(serial)
        assert normalise(IdentityKind.NATIONAL_ID, number, clock.today()) == number
        resident = factories.id_number(serial, letter="F", second="8")
        assert normalise(IdentityKind.RESIDENT_ID, resident, clock.today()) == resident


def test_an_officer_without_an_agency_gets_one_and_headquarters_none() -> None:
    assert len(factories.officer().agencies) == 1
    assert factories.headquarters().agencies == []
    assert [role.name for role in factories.desk().roles] == [StaffRole.VISIT_DESK.value]
