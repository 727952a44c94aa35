"""A person at the portal: opens pages, fills in the forms that are on them, and reads what comes back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from PIL import Image
from werkzeug.test import TestResponse

from models import Applicant
from tests import factories


class Page:
    """What a browser shows."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.path = response.request.path
        self.address = response.request.full_path.rstrip("?")
        self.source = response.get_data(as_text=True)
        self.tree = html.document_fromstring(self.source)

    @property
    def title(self) -> str:
        return str(self.tree.findtext(".//title"))

    @property
    def main(self) -> str:
        """The words of the page itself, without its frame."""
        return " ".join(self.tree.get_element_by_id("main-content").text_content().split())

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Target and sentence of each line of the error summary."""
        lines = self.tree.find_class("govuk-error-summary__list")
        return [(a.get("href"), a.text_content().strip()) for line in lines for a in line.iter("a")]

    def told(self, field: str) -> str:
        """The error that stands beside a field."""
        found = self.tree.xpath(f"//*[@id='{field}-error']")
        return str(found[0].text_content()).replace("錯誤:", "").strip() if found else ""

    def form(self, action: str | None = None) -> Any:
        """The form of the page (or the one with this end of its action), with what stands in it."""
        forms = [f for f in self.tree.forms if "portal-inline" not in (f.get("class") or "") or action]
        return next(f for f in forms if action is None or (f.get("action") or "").split("#")[0].endswith(action))

    def value(self, field: str) -> str:
        """What stands in a field."""
        return str(dict(self.form().form_values()).get(field, ""))

    def row(self, head: str) -> str:
        """What stands beside the head of a table's row."""
        return "".join(cell.text_content() for cell in self.tree.xpath(f"//tr[th='{head}']/td"))

    def links(self, words: str) -> list[str]:
        return [a.get("href") for a in self.tree.iter("a") if words in a.text_content()]


class Visitor:
    """One browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: Page

    def opens(self, path: str) -> Page:
        self.page = Page(self.client.get(path, follow_redirects=True))
        return self.page

    def sends(self, action: str | None = None, to: str | None = None, **fields: Any) -> Page:
        """Send a form of the page as it stands there, with these fields typed over."""
        form = self.page.form(action)
        data = {**dict(form.form_values()), **fields}
        target = to or form.get("action") or self.page.address
        response = self.client.post(target, data=data, follow_redirects=True)
        self.page = Page(response)
        return self.page

    def in_session(self, name: str) -> Any:
        with self.client.session_transaction() as held:
            return held.get(name)

    def code(self) -> str:
        """What a person reads in the picture."""
        return str(self.in_session("captcha")["code"])

    def signs_in(self, applicant: Applicant) -> Page:
        identifier = applicant.mail
        self.opens("/portal/login")
        return self.sends(identifier=identifier, password=factories.PASSWORD, captcha=self.code())


@pytest.fixture
def visitor(app: Flask, reference_data: None) -> Visitor:
    """Somebody who has not signed in; reference data are there."""
    return Visitor(app.test_client())


@pytest.fixture
def lawyer(visitor: Visitor) -> Applicant:
    """A lawyer who has signed in with ``visitor``."""
    applicant = factories.applicant(name="李大同")
    visitor.signs_in(applicant)
    return applicant


@pytest.fixture
def stranger(app: Flask, reference_data: None) -> Visitor:
    """Another applicant, signed in on another machine."""
    other = Visitor(app.test_client())
    other.signs_in(factories.applicant(name="王別人"))
    return other


@pytest.fixture
def picture() -> Callable[[], tuple[BytesIO, str]]:
    """Makes an upload: a small picture of a card."""

    def make(name: str = "律師證.jpg") -> tuple[BytesIO, str]:
        content = BytesIO()
        Image.new("RGB", (80, 50), "white").save(content, "JPEG")
        return BytesIO(content.getvalue()), name

    return make
