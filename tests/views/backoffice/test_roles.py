"""Who opens which of these screens; ``tests/guards/test_routes.py`` keeps the table of all addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from models import Officer, new_id
from tests import factories
from tests.views.backoffice.office_door import SIGN_IN, OfficeDoor
from views.backoffice.access import PUBLIC

#: What each person gets: officer, desk, headquarters, auditor. ``{…}`` are keys of rows of the officer's agency.
EXPECTED = {
    "/backoffice/": (200, 200, 200, 302),
    "/backoffice/parameters/list/": (200, 403, 200, 403),
    "/backoffice/parameters/edit/{parameter}": (200, 403, 200, 403),
    "/backoffice/agencies/list/": (403, 403, 200, 403),
    "/backoffice/agencies/show/{agency}": (403, 403, 200, 403),
    "/backoffice/agencies/edit/{agency}": (403, 403, 200, 403),
    "/backoffice/applications/list/": (200, 403, 200, 403),
    "/backoffice/util/back": (302, 302, 302, 302),
    "/backoffice/staff/list/": (403, 403, 200, 403),
    "/backoffice/staff/add": (403, 403, 302, 403),
    "/backoffice/account/": (200, 200, 200, 200),
    "/backoffice/account/password/": (200, 200, 200, 200),
    "/backoffice/account/second-factor/": (200, 200, 200, 200),
    "/backoffice/account/sessions/": (200, 200, 200, 200),
}
PEOPLE = ("officer", "desk", "headquarters", "auditor")


@pytest.mark.parametrize("person", PEOPLE)
def test_each_kind_of_staff_opens_what_is_theirs(signed_in: Callable[[Officer], OfficeDoor], person: str) -> None:
    agency = factories.agency()
    keys = {"agency": agency.id, "parameter": factories.parameter(agency, "A").id}
    staff = {
        "officer": lambda: factories.officer(agency),
        "desk": lambda: factories.desk(agency),
        "headquarters": factories.headquarters,
        "auditor": factories.auditor,
    }
    door = signed_in(staff[person]())
    got = {path: door.get(path.format(**keys)).status_code for path in EXPECTED}
    assert got == {path: answers[PEOPLE.index(person)] for path, answers in EXPECTED.items()}


def test_a_stranger_gets_the_sign_in_page_everywhere(app: Flask, door: OfficeDoor) -> None:
    for path in _pages(app):
        answer = door.get(path)
        assert answer.status_code == 302 and answer.location.startswith(SIGN_IN), path


def test_only_these_are_open_to_strangers(app: Flask) -> None:
    assert set(app.view_functions) >= PUBLIC, "a list of what is open names nothing that is gone"
    assert len(PUBLIC) == 10, "opening another page to strangers is a decision: say why here"


def _pages(app: Flask) -> list[str]:
    """Every address under /backoffice that answers GET to somebody who has signed in, with keys of nothing."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/backoffice")]
    pages = [r.rule for r in rules if "GET" in (r.methods or ()) and r.endpoint not in PUBLIC]
    return [re.sub("<[^>]+>", new_id(), re.sub("<int:[^>]+>", "1", page)) for page in pages]
