"""Session and trail add at most 3 statements to a page (``bench/README.md``), counted on the dearest one."""

from __future__ import annotations

import pytest
from flask import Flask

from bench import page
from tests import factories
from tests.doors import Office

pytestmark = pytest.mark.usefixtures("reference_data")
MOST = 3


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
