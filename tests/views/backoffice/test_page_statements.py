"""Session and trail add at most 3 statements to a page (``bench/README.md``), counted on the dearest one."""

from __future__ import annotations

import pytest
from flask import Flask

from bench import page
from tests import factories
from tests.doors import Office
from tests.factories.deliveries import delivered, delivery

pytestmark = pytest.mark.usefixtures("reference_data")
MOST = 3
#: What a list of any length may cost, session and trail apart.
MOST_OF_A_LIST = 10


def test_the_first_look_at_a_case_costs_three_statements_at_most(app: Flask) -> None:
    agency = factories.agency()
    case = factories.application(factories.applicant(), factories.inmate(agency))
    office = Office(app.test_client()).is_signed_in_as(factories.officer(agency))
    address = f"/backoffice/applications/review/{case.id}"
    office.opens(address)
    page.nobody_has_looked()
    with page.without_session_and_trail(app, office):
        plain = page.statements(office, address)
    assert plain < page.statements(office, address) <= plain + MOST


def test_these_lists_cost_ten_statements_however_long_they_are(app: Flask) -> None:
    agency = factories.agency()
    officer = factories.officer(agency)
    lists = ("inmates", "work-items", "inmate-imports", "recognitions")
    pages = [f"/backoffice/{name}/list/" for name in lists]
    for places in (1, 4):
        for _place in range(places):
            inmate = factories.inmate(agency)
            visit = factories.reservation(factories.granted(about=inmate))
            for thing in (factories.application(factories.applicant(), inmate), visit, visit.grant):
                factories.work_item(inmate, subject_kind=thing.__tablename__, subject_id=thing.id)
            delivery(agency, delivered())
            factories.recognition(inmate, reservation_id=visit.id)
        office = Office(app.test_client()).is_signed_in_as(officer)
        for address in pages:
            office.opens(address)
            with page.without_session_and_trail(app, office), page.counting() as seen:
                rows = len(office.opens(address).rows())
            assert rows >= places and len(seen) <= MOST_OF_A_LIST, seen
