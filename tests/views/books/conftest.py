"""A relative with a telephone and officers at work, texts and reasons as seeded."""

from __future__ import annotations

import pytest
from flask import Flask

from models import Agency, Applicant, Inmate, ServiceGrant
from tests import factories
from tests.doors import Portal
from tests.views.desk.conftest import agency, browser_of, officer, seeded

__all__ = ["agency", "browser_of", "officer", "seeded"]


@pytest.fixture
def inmate(agency: Agency) -> Inmate:
    """收容人 0609."""
    return factories.inmate(agency, number="0609", name="黃大明", unit="忠一舍")


@pytest.fixture
def wife(agency: Agency) -> Applicant:
    """The inmate's wife."""
    return factories.applicant(name="林小美")


@pytest.fixture
def grant(wife: Applicant, inmate: Inmate) -> ServiceGrant:
    """She may write to him."""
    return factories.family_grant(wife, inmate)


@pytest.fixture
def family(app: Flask, wife: Applicant, grant: ServiceGrant) -> Portal:
    """Her browser."""
    return Portal(app.test_client()).is_signed_in_as(wife)
