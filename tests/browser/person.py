"""Somebody with a browser at one of the doors, who presses and fills in what a person would, by the words on it."""

from __future__ import annotations

import re
import time
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2
from flask.json.tag import TaggedJSONSerializer
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.extensions import db
from app.session import digest_of
from models import BrowserSession, Officer
from tests.browser.driver import check_state, pictures
from tests.browser.live import LiveServer, MailSink, text_of
from tests.doors import Office
from tests.factories.files import Upload

MAIL_WITHIN_SECONDS = 60
_LINK = re.compile(r"https?://\S+")
_serializer = TaggedJSONSerializer()


class Person:
    """A person's browser; ``chapter`` begins the names of the states that are checked on the way."""

    cookie = "portal"

    def __init__(self, live: LiveServer, page: Page, chapter: str) -> None:
        self.live, self.page, self.chapter = live, page, chapter

    def opens(self, path: str) -> None:
        """Type an address of this installation."""
        self.page.goto(f"{self.live.url}{path}")

    def follows(self, words: str) -> None:
        """Press the first link with these words, in the page before the frame around it."""
        anywhere = self.page.get_by_role("link", name=words)
        anywhere.first.wait_for(state="attached")
        inside = self.page.locator("main").get_by_role("link", name=words)
        (inside if inside.count() else anywhere).first.click()

    def presses(self, words: str) -> None:
        """Press the button with these words; of several the last, which stands below its form's fields."""
        self.page.get_by_role("button", name=words).last.click()

    def fills(self, **fields: Any) -> None:
        """Fill in fields by name: texts, dates, drop-downs (by value or words), radio buttons (by value), ticks."""
        for name, value in fields.items():
            controls = self.page.locator(f"main [name='{name}']")
            match controls.first.evaluate("control => control.type"):
                case "radio":
                    self.page.locator(f"main [name='{name}'][value='{value}']").check()
                case "checkbox":
                    controls.first.set_checked(value)
                case "select-one":
                    controls.first.select_option(value)
                case _:
                    controls.first.fill(value)

    def chooses_file(self, name: str, paper: Upload) -> None:
        """Choose a file of one's own for a file field."""
        file_name, content = paper
        kind = "application/octet-stream"
        self.page.set_input_files(f"[name='{name}']", {"name": file_name, "mimeType": kind, "buffer": content})

    def paper(self, words: str, name: str) -> str:
        """Fetch the PDF behind the link with these words; its text, without blanks. Its pages are kept as pictures."""
        link = self.page.locator("main").get_by_role("link", name=words).first
        answer = self.page.context.request.get(f"{self.live.url}{link.get_attribute('href')}")
        assert answer.ok and answer.headers["content-type"] == "application/pdf", f"{words}: {answer.status}"
        return paper_text(answer.body(), f"{self.chapter}-{name}")

    def sees(self, *words: str) -> None:
        """Wait until the page shows each of these."""
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one)

    def heading(self, words: str) -> None:
        """Wait until the page with this first heading stands there."""
        expect(self.page.locator("h1").first).to_contain_text(words)

    def checks(self, state: str) -> None:
        """Look at the page as it stands, as ``driver.check_state`` does."""
        check_state(self.page, f"{self.chapter}-{state}")

    @property
    def words(self) -> str:
        """Every word that can be read on the page."""
        return self.page.inner_text("body")

    def row(self, words: str) -> Locator:
        """The row of a table that has these words."""
        return self.page.locator("tbody tr").filter(has_text=words)

    def captcha_answer(self) -> str:
        """What this person reads in the picture of the page that is open."""
        number = next(c["value"] for c in self.page.context.cookies() if c["name"] == self.cookie)
        with self.live.app.app_context():
            query = select(BrowserSession).where(BrowserSession.digest == digest_of(number))
            content = db.session.scalars(query).one().content
        return str(_serializer.loads(content or "{}")["captcha"]["code"])


def paper_text(content: bytes, name: str) -> str:
    """The text of a PDF without blanks; its pages go to the other pictures under this name."""
    if folder := pictures():
        for number, page in enumerate(pypdfium2.PdfDocument(content), start=1):
            page.render(scale=1.5).to_pil().save(folder / f"{name}-page{number}.png")
    reader = pypdf.PdfReader(BytesIO(content))
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


class Applicant(Person):
    """Somebody at 便民服務入口網."""

    def signs_in(self, mail: str, password: str) -> None:
        """Fill in 登入系統, with the code of its picture, and press the button."""
        self.opens("/portal/login")
        self.fills(identifier=mail, password=password, captcha=self.captcha_answer())
        self.presses("登入")
        expect(self.page.locator(".portal-header__who")).to_be_visible()

    def uploads(self, kind: str, paper: Upload) -> None:
        """Put a paper of one kind into the draft that is open."""
        self.chooses_file(kind, paper)
        with self.page.expect_navigation():
            self.page.locator("form", has=self.page.locator(f"[name='{kind}']")).locator("button").click()

    def reads_mail(self, sink: MailSink, address: str, subject: str) -> str:
        """Wait for the newest mail with this subject; its text."""
        patience = time.monotonic() + MAIL_WITHIN_SECONDS
        while time.monotonic() < patience:
            for letter in reversed(sink.messages):
                if address in str(letter["To"]) and letter["Subject"] == subject:
                    return text_of(letter)
            time.sleep(0.05)
        had = [str(letter["Subject"]) for letter in sink.messages if address in str(letter["To"])]
        raise AssertionError(f"no mail {subject!r} to {address}, only {had}; the log:\n{self.live.log.read_text()}")

    def link_of(self, text: str) -> str:
        """The link in a mail, as a path of this installation."""
        found = _LINK.search(text)
        assert found and found[0].startswith(self.live.url), f"no link of ours in the mail: {text}"
        return found[0].removeprefix(self.live.url)


class Staff(Person):
    """Somebody at 便民服務後臺管理系統 or 便民服務稽核查詢系統."""

    cookie = "staff"

    def signs_in(self, username: str, password: str) -> None:
        """Fill in 登入系統, with the code of its picture, then the code of the telephone."""
        self.opens("/backoffice/")
        self.gives_password(username, password)
        self.gives_code(username)

    def gives_password(self, username: str, password: str) -> None:
        """The first step of signing in only."""
        self.fills(username=username, password=password, captcha=self.captcha_answer())
        self.page.locator("main").get_by_role("button", name="登入").click()
        expect(self.page).to_have_url(re.compile("/login/code/"))

    def gives_code(self, username: str) -> None:
        """The second step of signing in."""
        with self.live.app.app_context():
            officer = db.session.scalars(select(Officer).where(Officer.username == username)).one()
            code = Office.code_of(officer)
        self.fills(code=code)
        self.presses("驗證")
        expect(self.page).not_to_have_url(re.compile("/login/"))

    def opens_menu(self, menu: str, entry: str) -> None:
        """Unfold an entry of the main menu and press a line below it."""
        bar = self.page.get_by_role("navigation", name="主選單")
        bar.locator("summary", has_text=menu).click()
        bar.get_by_role("link", name=entry).click()
