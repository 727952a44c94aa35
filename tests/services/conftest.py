"""What acts need before anybody can do anything: texts, reasons, the notice, the calendar."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.security import Actor
from app.seeds import reference
from app.transaction import transaction
from models import Applicant
from tests import factories

ANYBODY = Actor("anonymous", remote_address="192.0.2.7")


@pytest.fixture
def seeded(app: object) -> None:
    """Texts, reasons, notice and calendar, as a new installation has them."""
    with transaction() as session:
        reference.texts(session)
        reference.reasons(session)
        reference.notice(session)
        reference.calendar(session)


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """A small photograph."""
    kept = BytesIO()
    Image.new("RGB", (60, 80), "navy").save(kept, "JPEG")
    return kept.getvalue()


@pytest.fixture
def people(seeded: None) -> tuple[Applicant, str, Actor]:
    """A lawyer, the agency of inmate 0609, and the lawyer as an actor."""
    inmate = factories.inmate(number="0609", name="黃小萍")
    lawyer = factories.applicant()
    return lawyer, inmate.agency_id, Actor("applicant", lawyer.id, lawyer.name)
