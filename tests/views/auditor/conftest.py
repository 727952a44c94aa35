"""Staff at the auditors' door, signed in already."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import Officer
from tests import factories
from tests.doors import Office

Browser = Callable[[Officer], FlaskClient]


@pytest.fixture
def browser_of(app: Flask) -> Browser:
    """A browser in which this member of staff has signed in: ``browser_of(officer)``."""
    return lambda officer: Office(app.test_client()).is_signed_in_as(officer).client


@pytest.fixture
def auditor(browser_of: Browser) -> FlaskClient:
    """The browser of an auditor."""
    return browser_of(factories.auditor())
