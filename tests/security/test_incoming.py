"""What an address or a form may hold beyond what a database keeps: no error, and the rest of what was typed stays."""

from __future__ import annotations

import pytest
from flask import Flask, request

from app.extensions import db
from models import AgencyBookEntry
from tests import factories
from tests.doors import Office
from tests.factories import files
from views.portal.booking_time import TimeForm


@pytest.mark.parametrize("number", ["9" * 30, "9223372036854775808", "3000000000", "-1", "²", "١"])
def test_a_number_beyond_every_column_is_no_address(app: Flask, number: str) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    case = factories.application()
    paper = factories.attachment(case, files.jpeg()).id
    office = Office(app.test_client()).is_signed_in_as(factories.officer(case.agency))
    office.opens(f"/backoffice/applications/paper/{paper}/{number}", expect=404)


def test_a_nul_is_dropped_and_the_rest_is_kept(app: Flask, each_database: str) -> None:
    agency = factories.agency()
    office = Office(app.test_client()).is_signed_in_as(factories.officer(agency))
    office.opens("/backoffice/agency-book/add")
    office.submits({"title": "通\0知", "text": "第一\0段"}, button="確認")
    entry = db.session.query(AgencyBookEntry).one()
    assert (entry.title, entry.text) == ("通知", "第一段")


def test_several_values_stay_several(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"a": ["1\0", "2"], "b": "3"}):
        assert request.form.getlist("a") == ["1", "2"] and request.form["b"] == "3"


def test_an_hour_beyond_a_clock_is_no_arrival(app: Flask) -> None:
    for hour in ("9" * 30, "3000000000", "24", "x", ""):
        typed = {"half": "morning", "morning_hour": hour, "morning_minute": "0"}
        with app.test_request_context(method="POST", data=typed):
            assert TimeForm().arrival() is None
