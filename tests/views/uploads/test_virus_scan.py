"""The virus scan on the applicant's way: a configured clamd sees every upload first; silence shuts the door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.transaction import end_reading
from models import ApplicationDraft
from tests import factories
from tests.adapters.fake_clamd import EICAR, FakeClamd
from tests.doors import Page, Portal
from tests.factories import files

pytestmark = pytest.mark.usefixtures("reference_data")


@pytest.fixture
def lawyer(app: Flask, client: FlaskClient) -> Portal:
    by, about = factories.applicant(), factories.inmate()
    draft = factories.draft(by, about, fields={"relation": "lawyer", "certificate_number": "1"})
    person = Portal(client).is_signed_in_as(by)
    person.opens(f"/portal/applications/draft/{draft.id}/papers")
    return person


@pytest.fixture
def configured(app: Flask, built: Callable[..., Flask]) -> Callable[[str], None]:
    """Gives this test's program the scanner that the factory makes for an address."""

    def configure(address: str) -> None:
        app.extensions["scanner"] = built(CLAMD=address).extensions["scanner"]

    return configure


@pytest.fixture(autouse=True)
def _scanner_back(app: Flask):  # type: ignore[no-untyped-def]
    before = app.extensions["scanner"]
    yield
    app.extensions["scanner"] = before


def kept() -> int:
    end_reading()
    return len(db.session.query(ApplicationDraft).one().attachments)


def told(page: Page) -> str:
    return page.words("#mandate-error")


def test_a_clean_paper_comes_in_and_an_infected_one_does_not(lawyer: Portal, configured: Callable[[str], None]) -> None:
    name, document = files.pdf()
    with FakeClamd().listening() as clamd:
        configured(clamd.address)
        assert "惡意內容" in told(lawyer.uploads("mandate", (name, document + EICAR), expect=422))
        assert kept() == 0
        lawyer.uploads("mandate", (name, document))
    assert kept() == 1 and clamd.asked == [document + EICAR, document], "it sees the bytes as they were sent"


def test_without_the_scanner_nothing_comes_in_and_with_it_again_everything(
    lawyer: Portal, configured: Callable[[str], None]
) -> None:
    with FakeClamd().listening() as clamd:
        configured(clamd.address)
    assert "系統暫時無法檢查上傳檔案" in told(lawyer.uploads("mandate", files.pdf(), expect=422))
    assert kept() == 0
    with FakeClamd().listening() as clamd:
        configured(clamd.address)
        lawyer.uploads("mandate", files.pdf())
    assert kept() == 1


def test_with_none_configured_uploads_go_their_way(lawyer: Portal) -> None:
    lawyer.uploads("mandate", files.pdf())
    assert kept() == 1
