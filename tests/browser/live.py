"""A live server for browser tests: gunicorn on loopback with a database, a data folder and mail of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask

from app.extensions import db
from config import ROOT
from tests.adapters.mail_servers import AnyPort
from tests.databases import Databases, build_app, key_file
from tests.stillness import STOPPED_AT, USUAL_TIME, taiwan

STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 20


def text_of(letter: EmailMessage) -> str:
    """What a mail says, read as plain text; it may have an HTML part and a calendar file beside."""
    body = letter.get_body(preferencelist=("plain",))
    assert body is not None, f"no plain text in {letter['Subject']}"
    return str(body.get_content())


class MailSink:
    """A mail server that keeps what it is given: ``messages``, in the order of arrival."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._controller = AnyPort(self, hostname="127.0.0.1", port=0)

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return int(self._controller.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one message; aiosmtpd calls this."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def to(self, address: str) -> list[str]:
        """The texts of the mails to one address, oldest first."""
        return [text_of(m) for m in self.messages if address in str(m["To"])]

    @contextmanager
    def listening(self) -> Iterator[MailSink]:
        """Listen for a block."""
        self._controller.start()
        try:
            yield self
        finally:
            self._controller.stop()


@dataclass
class LiveServer:
    """The program, served: ``url`` for the browser, ``app`` for making and reading rows in the test's own process."""

    url: str
    app: Flask
    environment: dict[str, str]
    log: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *command: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start a process of this installation; it ends with the server."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **options,
            )
        self._processes.append(process)
        return process

    def starts_worker(self) -> None:
        """Deliver messages in the background from now on."""
        self.run("tests.browser.served", "worker")

    def delivers(self) -> None:
        """Deliver what is due now, and wait for it."""
        code = self.run("tests.browser.served", "worker", "--once").wait(STARTS_WITHIN_SECONDS)
        assert code == 0, f"the worker failed:\n{self.log.read_text()}"

    def stop(self) -> None:
        """End every process of this installation."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def served(databases: Databases, folder: Path, dialect: str = "sqlite", **settings: str) -> Iterator[LiveServer]:
    """Serve the program on a fresh database with reference data; ``settings`` are environment variables."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    database = databases.fresh(dialect, name="live", seeded=True)
    environment = {
        "PATH": os.environ["PATH"],
        "APP_CONFIG": "testing",
        "DATABASE_URL": database,
        "DATA_DIR": str(folder),
        "KEY_FILE": str(key_file()),
        "BASE_URL": url,
        "LOG_LEVEL": "WARNING",
        STOPPED_AT: taiwan(USUAL_TIME).isoformat(),
        **settings,
    }
    app = build_app(database, folder, BASE_URL=url)
    server = LiveServer(url, app, environment, folder / "server.log")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        bind = f"fd://{listener.fileno()}"
        gunicorn = ["gunicorn", "--bind", bind, "--workers", "2", "--threads", "4", "--log-level", "warning"]
        web = server.run(*gunicorn, "tests.browser.served:app", pass_fds=(listener.fileno(),))
        _wait_until_answering(server, web)
        yield server
    finally:
        server.stop()
        listener.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _wait_until_answering(server: LiveServer, web: subprocess.Popen[bytes]) -> None:
    patience = time.monotonic() + STARTS_WITHIN_SECONDS
    while web.poll() is None and time.monotonic() < patience:
        try:
            with urllib.request.urlopen(f"{server.url}/portal/", timeout=STARTS_WITHIN_SECONDS) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start; it said:\n{server.log.read_text()}")
