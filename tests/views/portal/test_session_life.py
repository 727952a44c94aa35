"""A session lives as long as somebody is at work; what that costs the database is bounded."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.transaction import end_reading
from bench.page import counting
from tests import factories
from tests.doors import Office, Portal, Visitor
from tests.stillness import StoppedClock

pytestmark = pytest.mark.usefixtures("reference_data")


def seconds_ago(visitor: Visitor) -> float:
    """How long ago the browser was seen, as its row says."""
    end_reading()
    row = visitor.session_row()
    assert row is not None
    return (clock.now() - row.seen_at).total_seconds()


def test_who_works_stays_signed_in_and_is_written_down_once_a_minute(
    client: FlaskClient, clock_at: StoppedClock
) -> None:
    person = Portal(client).is_signed_in_as(factories.applicant())
    person.opens("/portal/applications")  # the first page puts the token of its forms into the session
    clock_at.passes(seconds=59)
    person.opens("/portal/applications")
    assert seconds_ago(person) == 59
    clock_at.passes(seconds=1)
    person.opens("/portal/applications")
    assert seconds_ago(person) == 0
    for _page in range(3):
        clock_at.passes(minutes=29, seconds=59)
        person.opens("/portal/applications")
    clock_at.passes(minutes=30)
    assert person.client.get("/portal/applications").status_code == 302, "half an hour without a page"


def test_a_page_that_has_written_a_look_leaves_the_session_to_the_next_one(app: Flask, clock_at: StoppedClock) -> None:
    case = factories.application()
    officer = Office(app.test_client()).is_signed_in_as(factories.officer(case.agency))
    officer.opens("/backoffice/applications/list/")
    clock_at.passes(minutes=2)
    officer.opens(f"/backoffice/applications/review/{case.id}")
    assert seconds_ago(officer) == 120
    officer.opens("/backoffice/applications/list/")
    assert seconds_ago(officer) == 0
    other = factories.application(about=factories.inmate(case.agency))
    clock_at.passes(minutes=5)
    officer.opens(f"/backoffice/applications/review/{other.id}")
    assert seconds_ago(officer) == 0, "for five minutes at the most"


def test_a_stylesheet_asks_the_database_nothing(client: FlaskClient) -> None:
    person = Portal(client).is_signed_in_as(factories.applicant())
    with counting() as seen:
        assert person.client.get("/static/portal/portal.css").status_code == 200
    assert len(seen) == 0
