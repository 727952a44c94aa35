"""The drivers themselves: they go through the real pages, and notice when something is not as they say."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.extensions import db
from app.rules.vocabulary import AccountState, ApplicationState, BookingSource
from models import Applicant, Reservation, ServiceApplication
from tests import factories
from tests.doors import Office, Portal

pytestmark = pytest.mark.usefixtures("reference_data")


def test_somebody_registers_verifies_and_signs_in(client: FlaskClient) -> None:
    person = Portal(client)
    assert "註冊成功" in person.registers("new@example.com").text
    assert "驗證成功" in person.verifies("new@example.com").text
    applicant = db.session.query(Applicant).one()
    assert applicant.state is AccountState.ACTIVE
    assert applicant.name in person.signs_in(applicant).text
    row = person.session_row()
    assert row and row.subject_id == applicant.id
    person.signs_out()
    assert "登入" in person.opens("/portal/bookings").title


def test_a_lawyer_applies_and_books(client: FlaskClient) -> None:
    lawyer, inmate = factories.applicant(), factories.inmate()
    person = Portal(client).is_signed_in_as(lawyer)
    person.applies(inmate)
    application = db.session.query(ServiceApplication).one()
    assert application.state is ApplicationState.PENDING and len(application.attachments) == 2
    grant = factories.granted(lawyer, inmate)
    person.books(grant, clock.today().replace(day=5), "09:30")
    booking = db.session.query(Reservation).one()
    assert booking.source is BookingSource.ONLINE and f"{booking.arrives_local:%d %H:%M}" == "05 09:30"


def test_an_officer_signs_in_decides_and_signs_out(client: FlaskClient) -> None:
    staff = factories.officer()
    cases = [factories.application(about=factories.inmate(staff.agencies[0])) for _ in range(2)]
    person = Office(client)
    assert "王小明" in person.signs_in(staff).text
    person.approves(cases[0])
    person.rejects(cases[1], "委任狀未簽名或未載明案由")
    assert [case.state for case in cases] == [ApplicationState.APPROVED, ApplicationState.REJECTED]
    assert "登入" in person.signs_out().title
    assert person.session_row() is None or not person.session_row().subject_id


def test_a_driver_notices_what_is_not_there(app: Flask, client: FlaskClient) -> None:
    person = Portal(client)
    person.opens("/portal/login")
    with pytest.raises(AssertionError, match="no fields"):
        person.submits({"no_such_field": "1"})
    with pytest.raises(AssertionError, match="no link"):
        person.follows("不存在的連結")
    with pytest.raises(AssertionError, match="no form"):
        person.submits(button="不存在的按鈕")
    with pytest.raises(AssertionError, match="expected 200"):
        person.signs_in(factories.applicant(), "wrong password")
    assert person.page.errors


def test_two_people_have_two_browsers(app: Flask) -> None:
    one, other = (Portal(app.test_client()).is_signed_in_as(factories.applicant()) for _ in range(2))
    assert one.session_row() is not other.session_row()
    assert one.opens("/portal/applications").status == other.opens("/portal/applications").status == 200


def test_a_forgotten_password_is_replaced(client: FlaskClient) -> None:
    applicant = factories.applicant()
    mail, person = applicant.mail, Portal(client)
    assert "如該帳號存在" in person.forgets_password(mail).text
    assert "請以新密碼登入" in person.resets_password(mail, "另一個很長的密碼 9").text
    person.signs_in(db.session.merge(applicant), "另一個很長的密碼 9")
    assert "密碼已變更" in person.changes_password(factories.PASSWORD, "另一個很長的密碼 9").text
