"""Parameters, records, staff, the home page's figures, the trail."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.errors import NotFound, Stale
from app.extensions import db
from app.rules.parameters import DEFINITIONS, ParameterNotTime, ParameterOutOfRange, ParameterRange
from app.rules.vocabulary import StaffRole
from app.security import SYSTEM, Actor
from app.seeds import reference
from app.services import agencies, office, parameters, records, staff
from app.services.parameters import ParameterBreaks
from models import Agency, AgencyParameter, AuditEntry, AuditValues, Officer
from tests import factories

STAFF = Actor("staff", "1", "王小明")


def parameter(agency: Agency, code: str) -> AgencyParameter:
    """The row of a setting, made with its default where the agency has none yet."""
    found = db.session.scalars(
        select(AgencyParameter).where(AgencyParameter.agency_id == agency.id, AgencyParameter.code == code)
    ).one_or_none()
    return found or factories.parameter(agency, code)


def test_a_parameter_is_changed_and_stands_in_the_trail(each_database: str, app: object) -> None:
    agency = factories.agency()
    row = parameter(agency, "RAS")
    parameters.change(row.id, "8:30", row.version, STAFF)
    assert parameter(agency, "RAS").value == "08:30"
    entry = db.session.scalars(select(AuditEntry)).one()
    values = db.session.scalars(select(AuditValues)).one()
    assert (entry.event, entry.agency_id) == ("parameter.change", agency.id)
    assert values.facts == {"code": "RAS", "value": ["09:00", "08:30"]}


@pytest.mark.parametrize(
    ("code", "value", "error"),
    [("RAS", "25:00", ParameterNotTime), ("RAS", "11:00", ParameterRange), ("RAE", "14:00", ParameterRange),
     ("C", "0", ParameterOutOfRange)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(app: object, code: str, value: str, error: type[Exception]) -> None:
    agency = factories.agency()
    row = parameter(agency, code)
    before = row.value
    with pytest.raises(error):
        parameters.change(row.id, value, row.version, STAFF)
    assert parameter(agency, code).value == before


def test_a_change_that_would_strand_bookings_is_refused(seeded: None) -> None:
    visit = factories.reservation()  # tomorrow at 09:30
    row = parameter(visit.agency, "RAS")
    with pytest.raises(ParameterBreaks) as refused:
        parameters.change(row.id, "10:00", row.version, STAFF)
    assert "1件" in str(refused.value)
    parameters.change(row.id, "09:30", row.version, STAFF)


def test_a_stale_parameter_is_not_saved(app: object) -> None:
    row = parameter(factories.agency(), "A")
    parameters.change(row.id, "25", 1, STAFF)
    with pytest.raises(Stale):
        parameters.change(row.id, "30", 1, STAFF)


def test_an_agency_is_edited_with_before_and_after_in_the_trail(each_database: str, app: object) -> None:
    agency = factories.agency(phone="03-1111111")
    records.save(agency, {"phone": "03-2222222"}, agency.version, STAFF)
    assert db.session.get_one(Agency, agency.id).phone == "03-2222222"
    assert db.session.scalars(select(AuditValues)).one().facts == {"phone": ["03-1111111", "03-2222222"]}
    with pytest.raises(Stale):
        records.save(db.session.get_one(Agency, agency.id), {"phone": "1"}, 1, STAFF)


def test_two_agencies_cannot_have_one_code(each_database: str, app: object) -> None:
    factories.agency(code="2477")
    other = factories.agency(code="2478")
    with pytest.raises(records.AlreadyExists):
        records.save(other, {"code": "2477"}, other.version, STAFF)
    factories.inmate(other)
    with pytest.raises(records.StillUsed):
        records.delete(other, STAFF)  # an inmate is held there


def test_an_officer_sees_own_agencies_and_their_sub_units(app: object) -> None:
    host, stranger = factories.agency(), factories.agency()
    part = factories.agency(host_id=host.id)
    assert agencies.scope_of(factories.officer(host)) == {host.id, part.id}
    assert agencies.scope_of(factories.headquarters()) is None
    assert stranger.id not in (agencies.scope_of(factories.officer(part)) or set())


def test_staff_sign_in_with_a_live_account_only(each_database: str, app: object) -> None:
    staff.ensure_roles()
    staff.ensure_roles()
    agency = factories.agency()
    number = staff.create(
        "wang", "王", "小明", "密碼很長 7", [StaffRole.OFFICER], [agency.id], SYSTEM, date(2026, 3, 3)
    )
    assert staff.sign_in("wang", "密碼很長 7", Actor("anonymous")).id == number
    assert db.session.get_one(Officer, number).full_name == "王小明"
    for username, password in (("wang", "wrong"), ("nobody", "密碼很長 7")):
        with pytest.raises(staff.SignInFailed):
            staff.sign_in(username, password, Actor("anonymous"))


def test_an_expired_staff_account_is_shut(app: object, clock_at) -> None:  # type: ignore[no-untyped-def]
    officer = factories.officer(valid_until=date(2026, 3, 3))
    username = officer.username
    clock_at("2026-03-04 00:00")
    with pytest.raises(staff.SignInFailed):
        staff.sign_in(username, factories.PASSWORD, Actor("anonymous"))


def test_the_home_page_counts_what_waits_in_scope(seeded: None) -> None:
    agency = factories.agency()
    factories.application(about=factories.inmate(agency))
    factories.application()
    factories.reservation(factories.granted(about=factories.inmate(agency)))
    own = office.waiting(frozenset({agency.id}))
    assert (own.applications, own.bookings, own.next_day_visits) == (1, 1, 1)
    assert own.next_day == date(2026, 3, 4)
    assert office.waiting(None).applications == 2
    assert office.waiting(frozenset()).applications == 0


def test_reference_data_go_in_twice_without_harm(each_database: str, app: object) -> None:
    reference.seed()
    agency = db.session.scalars(select(Agency).where(Agency.code == "2477")).one()
    records.save(agency, {"phone": "03-2222222"}, None, STAFF)
    reference.seed()
    assert db.session.get_one(Agency, agency.id).phone == "03-2222222"
    names = db.session.scalars(select(Agency.name)).all()
    assert (len(names), len(set(names))) == (61, 61)
    assert len(db.session.scalars(select(AgencyParameter)).all()) == 61 * len(DEFINITIONS)


def test_nothing_is_found_under_a_wrong_id(app: object) -> None:
    with pytest.raises(NotFound):
        parameters.change("00000000-0000-0000-0000-000000000000", "1", 1, STAFF)
