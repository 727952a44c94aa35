"""A person with a browser: opens pages, follows links, fills in forms."""

from __future__ import annotations

import io
import secrets
from typing import Any

from flask.json.tag import TaggedJSONSerializer
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.session import digest_of
from app.transaction import end_reading, transaction
from models import BrowserSession, SessionKind
from tests.doors.page import Fields, Form, Page

_serializer = TaggedJSONSerializer()


class Visitor:
    """Somebody at one of the doors, who has not said who it is."""

    kind = SessionKind.APPLICANT
    cookie = "portal"

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """The page that this person looks at."""
        assert self._page is not None, "open a page first"
        return self._page

    def opens(self, address: str, expect: int | None = 200, **options: Any) -> Page:
        """Go to an address and wherever it leads; ``expect`` is the status at the end (None: whatever comes)."""
        return self._shown(self.client.get(address, follow_redirects=True, **options), expect)

    def follows(self, words: str, expect: int | None = 200) -> Page:
        """Press the link with these words."""
        return self.opens(self.page.link(words), expect)

    def submits(
        self,
        fields: Fields | None = None,
        form: str | None = None,
        button: str | None = None,
        expect: int | None = 200,
    ) -> Page:
        """Fill in a form of this page and press the button with these words, else its first one, as Enter does."""
        return self.sends(self.page.form(form, button), fields, button or "", expect)

    def sends(self, form: Form, fields: Fields | None = None, button: str = "", expect: int | None = 200) -> Page:
        """As :meth:`submits`, for a form that the caller has found."""
        pressed = form.button(button)
        action = (pressed.get("formaction") if pressed is not None else None) or form.action
        sent = form.filled(fields or {}, button)
        if form.method == "GET":
            return self._shown(self.client.get(action, query_string=sent, follow_redirects=True), expect)
        is_upload = any(isinstance(v, tuple) and isinstance(v[0], io.IOBase) for vs in sent.values() for v in vs)
        content_type = "multipart/form-data" if is_upload else None
        answer = self.client.post(action, data=sent, content_type=content_type, follow_redirects=True)
        return self._shown(answer, expect)

    def _shown(self, answer: Any, expect: int | None) -> Page:
        self._page = Page(answer)
        return self._expected(expect)

    def _expected(self, expect: int | None) -> Page:
        assert expect is None or self.page.status == expect, f"expected {expect}: {self.page.errors} {self.page!r}"
        return self.page

    def session_row(self) -> BrowserSession | None:
        """This browser's session at this door, as the server keeps it."""
        cookie = self.client.get_cookie(self.cookie)
        end_reading()
        if cookie is None:
            return None
        return db.session.scalar(select(BrowserSession).where(BrowserSession.digest == digest_of(cookie.value)))

    def session_content(self) -> dict[str, Any]:
        """What the server remembers about this browser."""
        row = self.session_row()
        return _serializer.loads(row.content) if row and row.content else {}

    def captcha_answer(self) -> str:
        """What a person would read in the picture of the page that is open."""
        return str(self.session_content()["captcha"]["code"])

    def _arrive_signed_in(self, subject_id: str, content: dict[str, Any]) -> None:
        number, now = secrets.token_urlsafe(16), clock.now()
        lives = self.client.application.config["SESSION_ABSOLUTE"]
        with transaction() as session:
            row = BrowserSession(digest=digest_of(number), kind=self.kind, subject_id=subject_id)
            row.created_at = row.seen_at = now
            row.expires_at = now + lives
            row.content = _serializer.dumps(content)
            session.add(row)
        self.client.set_cookie(self.cookie, number)
