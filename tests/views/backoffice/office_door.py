"""An officer at a browser: signs in, opens pages, sends forms; answers are what the program said."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import Officer
from tests import factories
from tests.doors import Office

HOME = "/backoffice/"
SIGN_IN = "/backoffice/login/"
ASKS_CODE = "/backoffice/login/code/"
#: What the CAPTCHA asks for in these tests.
CODE = "5K2T"


class OfficeDoor:
    """One browser at the back office."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str, **query: str) -> TestResponse:
        """Open a page."""
        return self._read(self.client.get(path, query_string=query or None))

    def post(self, path: str, with_token: bool = True, **fields: str | list[str]) -> TestResponse:
        """Send a form with the token of the page that was last seen."""
        token = {"csrf_token": self.token} if with_token else {}
        return self._read(self.client.post(path, data={**fields, **token}))

    def sign_in(self, officer: Officer, password: str = factories.PASSWORD, **more: str) -> TestResponse:
        """Go through the sign-in pages."""
        name, code = officer.username, Office.code_of(officer)
        self.get(SIGN_IN)
        answer = self.post(SIGN_IN, username=name, password=password, captcha=CODE, **more)
        if answer.status_code == 302 and answer.location == ASKS_CODE:
            self.get(ASKS_CODE)
            answer = self.post(ASKS_CODE, code=code)
        if answer.status_code == 302 and answer.location.startswith(HOME):
            self.get(HOME)  # a new session has a new token
        return answer

    def _read(self, answer: TestResponse) -> TestResponse:
        is_page = answer.mimetype == "text/html"
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text) if is_page else None
        self.token = found[1] if found else self.token
        return answer


def words(answer: TestResponse) -> str:
    """What a reader sees of a page, without the markup."""
    body = answer.text.partition("<main")[2].partition("</main>")[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def table(answer: TestResponse) -> list[list[str]]:
    """The rows of a list, cell by cell, without the column 操作."""
    rows = re.findall(r"<tr>(.*?)</tr>", answer.text, re.S)
    cells = [re.findall(r"<td data-label[^>]*>(.*?)</td>", row, re.S) for row in rows]
    return [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", c)).split()) for c in row] for row in cells if row]


def link(answer: TestResponse, text: str) -> str | None:
    """The address behind the first link of the page itself that begins with these words."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{re.escape(text)}', answer.text.partition("<main")[2])
    return html.unescape(found[1]) if found else None
