"""Officers at work: texts and reasons as seeded, a browser for each of them, a photograph for a paper."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from app.seeds import reference
from app.transaction import transaction
from models import Agency, Officer
from tests import factories
from tests.doors import Office

Desk = Callable[[Officer], Office]


@pytest.fixture
def seeded(app: Flask) -> None:
    """Texts, reasons and calendar, as a new installation has them."""
    with transaction() as session:
        reference.texts(session)
        reference.reasons(session)
        reference.calendar(session)


@pytest.fixture
def agency(seeded: None) -> Agency:
    """One agency."""
    return factories.agency(name="桃園女子監獄", full_name="法務部矯正署桃園女子監獄")


@pytest.fixture
def browser_of(app: Flask) -> Desk:
    """A browser in which a member of staff has signed in: ``browser_of(officer)``."""
    return lambda officer: Office(app.test_client()).is_signed_in_as(officer)


@pytest.fixture
def officer(agency: Agency, browser_of: Desk) -> Office:
    """The browser of the agency's 機關專責人員 王小明."""
    return browser_of(factories.officer(agency))


@pytest.fixture
def desk(agency: Agency, browser_of: Desk) -> Office:
    """The browser of the agency's 接見室人員 林美玲."""
    return browser_of(factories.desk(agency, last_name="林", first_name="美玲"))


@pytest.fixture(scope="session")
def photograph() -> bytes:
    """A small upright photograph (60 by 80), as it stands in the file store."""
    kept = BytesIO()
    Image.new("RGB", (60, 80), "navy").save(kept, "JPEG")
    return kept.getvalue()


@pytest.fixture(scope="session")
def scan() -> bytes:
    """A PDF of two pages."""
    kept = BytesIO()
    pages = [Image.new("RGB", (600, 800), colour) for colour in ("white", "grey")]
    pages[0].save(kept, "PDF", save_all=True, append_images=pages[1:])
    return kept.getvalue()
