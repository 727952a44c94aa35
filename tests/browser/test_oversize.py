"""A body that is too large still gets its sentence: through gunicorn, from Chromium and from plain sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from app.extensions import db
from app.oversize import DRAIN_BYTES
from models import Attachment
from tests import factories
from tests.browser.live import LiveServer
from tests.doors import Portal
from tests.factories import files

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
TOO_LARGE = 40 * MEGABYTE
SENTENCE = "送出的檔案太大，未能上傳：檔案合計以30 MB為限。"
NOBODY = "/portal/applications/draft/00000000-0000-0000-0000-000000000000/papers"
SILENCE_SECONDS = 30


@pytest.fixture
def papers_page(live: LiveServer, browser_page: Page) -> Page:
    """A lawyer's draft with one paper in it, open in Chromium."""
    with live.app.app_context():
        lawyer, inmate = factories.applicant(), factories.inmate()
        draft = factories.draft(lawyer, inmate, fields={"relation": "lawyer", "certificate_number": "1"})
        factories.attachment(draft, files.jpeg("律師證.jpg"))
        client = live.app.test_client()
        Portal(client).is_signed_in_as(lawyer)
        cookie = client.get_cookie("portal")
        assert cookie is not None
        browser_page.context.add_cookies([{"name": "portal", "value": cookie.value, "url": live.url}])
        address = f"{live.url}/portal/applications/draft/{draft.id}/papers"
    browser_page.goto(address)
    return browser_page


def chooses(page: Page, file: Path) -> None:
    """As somebody whose browser runs no script: nothing is weighed before it is sent."""
    page.evaluate("document.getElementById('mandate').dataset.bytesLeft = 1e12")
    page.set_input_files("#mandate", file)
    page.locator("#paper-mandate button", has_text="上傳檔案").click()


@pytest.mark.parametrize("megabytes", [33, 40])
def test_chromium_shows_the_sentence(papers_page: Page, live: LiveServer, tmp_path: Path, megabytes: int) -> None:
    file = tmp_path / "委任狀.pdf"
    file.write_bytes(b"%PDF-1.7\n" + b"x" * (megabytes * MEGABYTE))
    address = papers_page.url
    chooses(papers_page, file)
    papers_page.get_by_text(SENTENCE).wait_for()
    papers_page.goto(address)
    assert "律師證.jpg" in papers_page.inner_text("#paper-identity"), "the other files are kept"
    assert papers_page.inner_text("#meter-text").endswith("目前上傳 0.1 MB")


def test_the_browser_does_not_send_what_is_too_large(papers_page: Page, tmp_path: Path) -> None:
    file = tmp_path / "委任狀.pdf"
    file.write_bytes(b"%PDF-1.7\n" + b"x" * TOO_LARGE)
    papers_page.set_input_files("#mandate", file)
    told = papers_page.locator("#mandate-size")
    told.wait_for()
    assert "「委任狀.pdf」（40.1 MB）太大，未選取：合計以30 MB為限，尚可上傳29.9 MB。" in told.inner_text()
    assert papers_page.input_value("#mandate") == ""
    name, document = files.pdf()
    (tmp_path / name).write_bytes(document)
    papers_page.set_input_files("#mandate", tmp_path / name)
    assert not told.count() and papers_page.input_value("#mandate").endswith(name)


def test_chromium_shows_the_sum_beside_the_field(papers_page: Page, live: LiveServer, tmp_path: Path) -> None:
    """30.5 MB of a readable picture pass the limit of a request and not that of the papers."""
    name, photograph = files.jpeg("委任狀.jpg")
    (tmp_path / name).write_bytes(photograph + b"\0" * (30 * MEGABYTE + MEGABYTE // 2))
    chooses(papers_page, tmp_path / name)
    error = papers_page.locator("#mandate-error")
    error.wait_for()
    assert "檔案合計30.6 MB，超過上限30 MB" in error.inner_text()
    with live.app.app_context():
        assert db.session.query(Attachment).filter_by(kind="mandate").count() == 0


def test_chromium_puts_a_paper_into_the_draft(papers_page: Page, tmp_path: Path) -> None:
    name, document = files.pdf()
    (tmp_path / name).write_bytes(document)
    chooses(papers_page, tmp_path / name)
    papers_page.locator("#paper-mandate .portal-files").wait_for()
    assert name in papers_page.inner_text("#paper-mandate")


def head(*lines: str, to: str = NOBODY) -> bytes:
    return "\r\n".join([f"POST {to} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def counted(size: int) -> Iterator[bytes]:
    yield head("Content-Type: multipart/form-data; boundary=x", f"Content-Length: {size}")
    yield from pieces(size)


def chunked(size: int) -> Iterator[bytes]:
    yield head("Content-Type: multipart/form-data; boundary=x", "Transfer-Encoding: chunked")
    for piece in pieces(size):
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


def pieces(size: int) -> Iterator[bytes]:
    for start in range(0, size, MEGABYTE):
        yield b"x" * min(MEGABYTE, size - start)


def answer(live: LiveServer, request: Iterator[bytes]) -> str:
    """What somebody reads who sends everything first and only then listens, as browsers do."""
    with socket.create_connection(("127.0.0.1", urlsplit(live.url).port), SILENCE_SECONDS) as connection:
        for piece in request:
            connection.sendall(piece)
        received = b""
        with suppress(TimeoutError):
            while b"</html>" not in received and (piece := connection.recv(65536)):
                received += piece
    return received.decode("utf-8", "replace")


@pytest.mark.parametrize("size", [33 * MEGABYTE, TOO_LARGE, DRAIN_BYTES])
def test_a_socket_reads_the_sentence(live: LiveServer, size: int) -> None:
    told = answer(live, counted(size))
    assert told.startswith("HTTP/1.1 413") and SENTENCE in told


def test_a_body_without_a_length_reads_a_refusal_too(live: LiveServer) -> None:
    told = answer(live, chunked(TOO_LARGE))
    assert told.startswith("HTTP/1.1 4") and "</html>" in told


def test_a_body_for_an_address_that_does_not_exist_reads_its_answer(live: LiveServer) -> None:
    request = counted(TOO_LARGE)
    next(request)
    first = head("Content-Type: text/plain", f"Content-Length: {TOO_LARGE}", to="/portal/nothing-here")
    told = answer(live, (piece for part in ([first], request) for piece in part))
    assert told.startswith("HTTP/1.1 4") and "</html>" in told


def test_beyond_the_bound_nobody_is_kept_busy(live: LiveServer) -> None:
    """A flood ends for the sender at the latest when the bound is reached, and the next person is served."""
    with suppress(ConnectionError):
        answer(live, counted(3 * DRAIN_BYTES))
    request = iter([b"GET /portal/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"])
    assert answer(live, request).startswith("HTTP/1.1 200")
