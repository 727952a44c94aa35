"""Which role opens which of these screens; strangers are shown the way in."""

from __future__ import annotations

import pytest
from flask import Flask

from app.rules.vocabulary import StaffRole
from models import Agency
from tests import factories
from tests.views.desk.conftest import Desk

NOBODY = "00000000-0000-0000-0000-000000000000"
#: Address → what a role that may go there gets (an unknown record is a 404, but only for those who may ask).
REVIEW = {f"/backoffice/applications/review/{NOBODY}": 404, f"/backoffice/applications/paper/{NOBODY}/1": 404}
DESK = {
    "/backoffice/desk/bookings/": 200,
    "/backoffice/desk/rosters/": 200,
    f"/backoffice/desk/rosters/{NOBODY}": 404,
    f"/backoffice/desk/rosters/{NOBODY}.pdf": 404,
}
MAY = {
    StaffRole.OFFICER: REVIEW,
    StaffRole.VISIT_DESK: DESK,
    StaffRole.HEADQUARTERS: {**REVIEW, **DESK},
    StaffRole.AUDITOR: {},
}


@pytest.mark.parametrize("role", list(StaffRole))
def test_each_role_opens_its_own_screens_only(role: StaffRole, agency: Agency, browser_of: Desk) -> None:
    agencies = [agency] if role in (StaffRole.OFFICER, StaffRole.VISIT_DESK) else []
    office = browser_of(factories.officer(*agencies, kind=role))
    for address in {**REVIEW, **DESK}:
        assert office.client.get(address).status_code == MAY[role].get(address, 403), (role, address)


@pytest.mark.parametrize("address", ["/backoffice/desk/bookings/", "/backoffice/desk/rosters/"])
def test_nobody_posts_without_permission_or_token(address: str, agency: Agency, browser_of: Desk) -> None:
    other = browser_of(factories.officer(agency))
    token = other.opens("/backoffice/").form("logout").filled({})["csrf_token"]
    assert other.client.post(address, data={"csrf_token": token}).status_code == 403
    assert browser_of(factories.desk(agency)).client.post(address).status_code == 400


def test_strangers_are_shown_the_way_in(app: Flask) -> None:
    for address in {**REVIEW, **DESK}:
        answer = app.test_client().get(address)
        assert answer.status_code == 302 and "/backoffice/login/" in answer.headers["Location"]
